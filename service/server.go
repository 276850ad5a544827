package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

// A Server is the service.
type Server struct {
	compilev1.UnimplementedCompileServiceServer
	config  Config
	log     *slog.Logger
	metrics *metrics
	tracer  trace.Tracer
	gate    *gate
	health  *health.Server
	grpc    *grpc.Server

	calls       atomic.Int64 // under way
	connections atomic.Int64 // open

	draining chan struct{} // closed when the server goes down
	drain    sync.Once
}

// The windows are what gRPC reads ahead of us, in bytes. They do not grow.
const (
	streamWindow     = 256 << 10
	connectionWindow = 1 << 20
)

// maxHeaders is the greatest length of a call's headers in bytes.
const maxHeaders = 16 << 10

// handshakeTimeout is the longest time that a connection takes to be made ready.
const handshakeTimeout = 10 * time.Second

// New returns a server that does not listen yet.
func New(config Config) (*Server, error) {
	config, err := config.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{
		config:   config,
		log:      config.Log,
		metrics:  newMetrics(config.Version),
		tracer:   noop.Tracer{},
		health:   health.NewServer(),
		draining: make(chan struct{}),
	}
	s.gate = newGate(config.Limits, s.metrics)
	s.grpc = grpc.NewServer(s.options()...)
	s.grpc.RegisterService(asStreams(compilev1.CompileService_ServiceDesc), s)
	s.grpc.RegisterService(asStreams(healthpb.Health_ServiceDesc), s.health)
	reflection.Register(s.grpc)
	s.health.SetServingStatus(compilev1.CompileService_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_SERVING)
	return s, nil
}

func (s *Server) options() []grpc.ServerOption {
	options := []grpc.ServerOption{
		grpc.Creds(newTransport(s, s.config.TLS)),
		grpc.StreamInterceptor(s.intercept),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.MaxRecvMsgSize(s.config.Limits.MessageBytes),
		grpc.MaxHeaderListSize(maxHeaders),
		grpc.MaxConcurrentStreams(uint32(s.config.Limits.Calls)),
		grpc.StaticStreamWindowSize(streamWindow),
		grpc.StaticConnWindowSize(connectionWindow),
		grpc.ConnectionTimeout(min(handshakeTimeout, s.config.Limits.Stall)),
		// A client that is gone without a word is noticed, and connections that
		// nobody uses make room for others.
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute, Timeout: 20 * time.Second, MaxConnectionIdle: 5 * time.Minute}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.WaitForHandlers(true),
	}
	if s.config.Tracer != nil {
		s.tracer = s.config.Tracer.Tracer("github.com/rules-pyc/rules_pyc/service")
		options = append(options, grpc.StatsHandler(otelgrpc.NewServerHandler(
			otelgrpc.WithTracerProvider(s.config.Tracer), otelgrpc.WithPropagators(s.config.Propagator))))
	}
	return options
}

// Metrics returns the registry of what the server counts, to which others may
// be added.
func (s *Server) Metrics() *prometheus.Registry { return s.metrics.registry }

// Serve answers calls from a listener until the server is drained, and closes
// it. It may be called for several listeners. The error is nil after Drain.
func (s *Server) Serve(l net.Listener) error {
	err := s.grpc.Serve(&counted{Listener: l, server: s})
	if errors.Is(err, grpc.ErrServerStopped) {
		return nil
	}
	return err
}

// Drain takes the server down. Its health becomes NOT_SERVING, no more is
// accepted, and what has been accepted is finished. When the context ends before
// that, the calls that are left are cut off, and the error says how many.
func (s *Server) Drain(ctx context.Context) error {
	s.drain.Do(func() {
		s.health.Shutdown()
		s.metrics.draining.Set(1)
		close(s.draining)
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.grpc.GracefulStop()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	left := s.calls.Load()
	s.grpc.Stop()
	<-done
	if left == 0 {
		return nil
	}
	return fmt.Errorf("%d calls were cut off: %w", left, context.Cause(ctx))
}
