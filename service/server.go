package service

import (
	"log/slog"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/reflection"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

// A Server is the service.
type Server struct {
	compilev1.UnimplementedCompileServiceServer
	config  Config
	log     *slog.Logger
	metrics *metrics
	health  *health.Server
	grpc    *grpc.Server
}

// New returns a server that does not listen yet.
func New(config Config) (*Server, error) {
	config, err := config.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, log: config.Log, metrics: newMetrics(config.Version), health: health.NewServer()}
	var options []grpc.ServerOption
	if config.Tracer != nil {
		options = append(options, grpc.StatsHandler(otelgrpc.NewServerHandler(
			otelgrpc.WithTracerProvider(config.Tracer), otelgrpc.WithPropagators(config.Propagator))))
	}
	s.grpc = grpc.NewServer(options...)
	compilev1.RegisterCompileServiceServer(s.grpc, s)
	reflection.Register(s.grpc)
	return s, nil
}
