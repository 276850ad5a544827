package service

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/compiler"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// Compile compiles one module.
func (s *Server) Compile(ctx context.Context, req *compilev1.CompileRequest) (*compilev1.CompileResponse, error) {
	m, err := s.parse(req)
	if err != nil {
		return nil, err
	}
	release, err := s.gate.hold(ctx, m.size())
	if err != nil {
		return nil, status.FromContextError(err).Err()
	}
	// The room is given back when the call has ended, the response sent.
	context.AfterFunc(ctx, release)
	return s.module(ctx, m)
}

// module carries out a request that has been let in.
func (s *Server) module(ctx context.Context, m *module) (resp *compilev1.CompileResponse, err error) {
	ctx, span := s.tracer.Start(ctx, "compile "+m.options.Version.String(), trace.WithAttributes(
		attribute.String("pyc.python_version", m.options.Version.String()),
		attribute.Int("pyc.optimize", m.options.Optimize),
		attribute.String("pyc.filename", m.options.Filename),
		attribute.Int64("pyc.source_bytes", m.size()),
	))
	var took time.Duration
	defer func() {
		outcome := outcomeOf(resp, err)
		s.metrics.module(m.options.Version.String(), outcome, took, int(m.size()), len(resp.GetModule().GetPyc()))
		span.SetAttributes(attribute.String("pyc.outcome", outcome))
		if err != nil {
			span.SetStatus(otelcodes.Error, status.Convert(err).Message())
		}
		span.End()
	}()
	source, err := s.source(ctx, m)
	if err != nil {
		return nil, err
	}
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return nil, status.FromContextError(err).Err()
	}
	began := time.Now()
	result, err := s.compile(ctx, source, m.options, leave)
	took = time.Since(began)
	var syntaxError *compiler.SyntaxError
	switch {
	case errors.As(err, &syntaxError):
		return &compilev1.CompileResponse{Outcome: &compilev1.CompileResponse_SyntaxError{SyntaxError: syntaxErrorMessage(syntaxError)}}, nil
	case err != nil:
		return nil, s.compileStatus(ctx, err)
	}
	return &compilev1.CompileResponse{Outcome: &compilev1.CompileResponse_Module{Module: s.finish(ctx, m, source, result)}}, nil
}

// source returns the source of a module.
func (s *Server) source(ctx context.Context, m *module) ([]byte, error) {
	if d := m.request.GetDigest(); d != nil {
		return s.fetch(ctx, d, int64(s.config.Limits.SourceBytes), "--max-source-bytes")
	}
	return m.request.GetInline(), nil
}

// finish makes the .pyc of a result.
func (s *Server) finish(ctx context.Context, m *module, source []byte, result *compiler.Result) *compilev1.Module {
	file := m.header(source).Append(make([]byte, 0, pyc.HeaderSize+len(result.Code)))
	done := &compilev1.Module{Pyc: append(file, result.Code...)}
	for _, w := range result.Warnings {
		done.Warnings = append(done.Warnings, warningMessage(w))
	}
	done.Digest = s.store(ctx, done.GetPyc())
	if m.request.GetDigestOnly() && done.GetDigest() != nil {
		done.Pyc = nil
	}
	return done
}

// errTooLong is why a compilation has ended that took longer than the limit.
var errTooLong = errors.New("the time limit of a compilation is over")

// compile has the compiler compile, within the limit. A compiler that does not
// stop in time goes on, and keeps its turn: leave is called when it ends.
func (s *Server) compile(ctx context.Context, source []byte, o compiler.Options, leave func()) (*compiler.Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.config.Limits.Duration, errTooLong)
	defer cancel()
	type outcome struct {
		result *compiler.Result
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		defer leave()
		defer func() {
			if v := recover(); v != nil {
				s.log.ErrorContext(ctx, "panic", "error", v, "file", o.Filename, "stack", string(debug.Stack()))
				done <- outcome{err: fmt.Errorf("%s: the compiler has a fault; the server's log has the details", o.Filename)}
			}
		}()
		result, err := s.config.Compiler.Compile(ctx, source, o)
		if err != nil && ctx.Err() != nil && !errors.As(err, new(*compiler.SyntaxError)) {
			err = context.Cause(ctx)
		}
		done <- outcome{result, err}
	}()
	select {
	case o := <-done:
		return o.result, o.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// compileStatus returns the status for an error of the compiler.
func (s *Server) compileStatus(ctx context.Context, err error) error {
	var unsupported *compiler.UnsupportedEncodingError
	switch {
	case errors.Is(err, errTooLong):
		return &limitError{"--max-duration", status.Newf(codes.DeadlineExceeded,
			"compiling took longer than %v, the limit (--max-duration)", s.config.Limits.Duration)}
	case ctx.Err() != nil:
		return status.FromContextError(ctx.Err()).Err()
	case errors.As(err, &unsupported):
		return status.Error(codes.Unimplemented, valid(err.Error()))
	case errors.Is(err, context.DeadlineExceeded): // the compiler has a limit of its own
		return status.Error(codes.DeadlineExceeded, valid(err.Error()))
	}
	s.log.ErrorContext(ctx, "a module could not be compiled", "error", err)
	return status.Error(codes.Internal, valid(err.Error()))
}

// outcomeOf returns the value of a label.
func outcomeOf(resp *compilev1.CompileResponse, err error) string {
	switch {
	case err != nil:
		return status.Code(err).String()
	case resp.GetSyntaxError() != nil:
		return outcomeSyntaxError
	}
	return outcomeOK
}
