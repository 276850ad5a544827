package service

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

// intercept is what every call goes through: may it be made, is there room for
// it, and what became of it.
func (s *Server) intercept(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	began := time.Now()
	err := s.admitCall(stream.Context())
	if err == nil {
		err = s.run(srv, stream, info, handler)
		s.metrics.callsOpen.Dec()
		s.calls.Add(-1)
	}
	s.ended(stream.Context(), info.FullMethod, err, time.Since(began))
	return err
}

// admitCall counts a call in, or refuses it.
func (s *Server) admitCall(ctx context.Context) error {
	if s.config.Authorize != nil && !s.config.Authorize(authorization(ctx)) {
		return status.Error(codes.Unauthenticated, "the call needs a valid token, as in \"authorization: Bearer TOKEN\"")
	}
	if s.calls.Add(1) > int64(s.config.Limits.Calls) {
		s.calls.Add(-1)
		return &limitError{"--max-calls", status.Newf(codes.Unavailable,
			"%d calls are under way, the limit (--max-calls); this one may be made again", s.config.Limits.Calls)}
	}
	s.metrics.callsOpen.Inc()
	return nil
}

// authorization returns the header if there is exactly one.
func authorization(ctx context.Context) string {
	if values := metadata.ValueFromIncomingContext(ctx, "authorization"); len(values) == 1 {
		return values[0]
	}
	return ""
}

// run carries out a call until it is done or its client does not go on. A call
// that is given up notices when it next uses the stream.
func (s *Server) run(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	g := &guarded{
		ServerStream: stream,
		limits:       s.config.Limits,
		one:          !info.IsClientStream,
		stalled:      make(chan error, 1),
	}
	done := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- s.panicked(stream.Context(), v)
			}
		}()
		done <- handler(srv, g)
	}()
	select {
	case err := <-done:
		return err
	case err := <-g.stalled:
		return err
	}
}

// panicked logs a panic and returns what the client is told.
func (s *Server) panicked(ctx context.Context, v any) error {
	s.log.ErrorContext(ctx, "panic", "error", v, "stack", string(debug.Stack()))
	return status.Error(codes.Internal, "the server has a fault; its log has the details")
}

// ended counts and logs a call.
func (s *Server) ended(ctx context.Context, method string, err error, took time.Duration) {
	code := status.Code(err)
	s.metrics.calls.WithLabelValues(method, code.String()).Inc()
	s.metrics.callSeconds.WithLabelValues(method).Observe(took.Seconds())
	s.countRefusal(err)
	attributes := append([]slog.Attr{
		slog.String("method", method),
		slog.String("code", code.String()),
		slog.String("outcome", outcome(err)),
		slog.Duration("duration", took),
	}, clientOf(ctx)...)
	if err != nil {
		attributes = append(attributes, slog.String("error", status.Convert(err).Message()))
	}
	s.log.LogAttrs(ctx, levelOf(method, code), "call", attributes...)
}

// outcome returns the value of a field of the log.
func outcome(err error) string {
	if err != nil {
		return "failure"
	}
	return "success"
}

func (s *Server) countRefusal(err error) {
	var l *limitError
	if errors.As(err, &l) {
		s.metrics.refused.WithLabelValues(l.limit).Inc()
	}
}

// levelOf returns how much a call is worth saying: what the server is to blame
// for more than what the client is, and that one module of very many has been
// dealt with hardly at all.
func levelOf(method string, code codes.Code) slog.Level {
	switch code {
	case codes.Internal, codes.Unknown, codes.DataLoss:
		return slog.LevelError
	case codes.Unauthenticated, codes.ResourceExhausted, codes.DeadlineExceeded, codes.Unavailable:
		return slog.LevelWarn
	}
	if method == compilev1.CompileService_Compile_FullMethodName {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// clientOf describes who calls.
func clientOf(ctx context.Context) []slog.Attr {
	var all []slog.Attr
	if p, ok := peer.FromContext(ctx); ok {
		all = append(all, addressOf(p.Addr)...)
		if subject := certificateSubject(p.AuthInfo); subject != "" {
			all = append(all, slog.String("subject", subject))
		}
	}
	if agent := metadata.ValueFromIncomingContext(ctx, "user-agent"); len(agent) > 0 {
		all = append(all, slog.String("agent", agent[0]))
	}
	return all
}

func addressOf(a net.Addr) []slog.Attr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return []slog.Attr{slog.String("client_ip", tcp.IP.String()), slog.Int("client_port", tcp.Port)}
	}
	return nil
}
