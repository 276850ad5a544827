package worker

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// A flight is a request on its way from being accepted to being answered.
//
// Requests with an id are carried out in any order. Those without one (id 0)
// are carried out one after the other, in the order of arrival: their sender
// is to wait for each answer, but one that does not, such as a person at a
// terminal, still gets the answers in order.
type flight struct {
	req    *workerpb.WorkRequest
	size   int // bytes
	handle Handler
	ctx    context.Context // ends when the request is cancelled
	end    context.CancelFunc
	done   chan struct{} // closed when the request is answered

	// The fields below are guarded by server.mu.
	cancelled bool
	before    *flight // the request without an id that goes first
}

func newFlight(ctx context.Context, a arrival) *flight {
	f := &flight{req: a.req, size: a.size, done: make(chan struct{})}
	f.ctx, f.end = context.WithCancel(ctx)
	return f
}

// register enters a flight in the table. It fails if a request with the same
// id is under way.
func (s *server) register(f *flight) bool {
	id := f.req.GetRequestId()
	s.mu.Lock()
	defer s.mu.Unlock()
	other := s.flights[id]
	if other != nil && id != 0 {
		return false
	}
	f.before = other
	s.flights[id] = f
	return true
}

// cancel cancels the request with an id: all that are under way, if there are
// several without one. If there is none, it has been answered already.
func (s *server) cancel(id int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := s.flights[id]; f != nil; f = f.before {
		f.cancelled = true
		f.end()
	}
}

// fly carries out a request and answers it, whatever the handler does.
func (s *server) fly(f *flight) {
	started := time.Now() //nolint:forbidigo // for the log only
	resp := &workerpb.WorkResponse{ExitCode: ExitUsage, Output: "internal error: the handler gave no response\n"}
	defer func() { s.land(f, resp, started) }()
	if !s.wait(f) {
		return
	}
	defer func() { <-s.slots }()
	defer func() {
		if v := recover(); v != nil {
			resp = s.fault(f, v)
		}
	}()
	if r := f.handle(f.ctx, f.req); r != nil {
		resp = r
	}
}

// wait waits for the turn of a request. It reports false if the request was
// cancelled before.
func (s *server) wait(f *flight) bool {
	s.mu.Lock()
	before := f.before
	s.mu.Unlock()
	if before != nil {
		<-before.done
	}
	select {
	case s.slots <- struct{}{}:
	case <-f.ctx.Done():
		return false
	}
	if f.ctx.Err() != nil {
		<-s.slots
		return false
	}
	return true
}

// fault returns the response to a request whose handler panicked.
func (s *server) fault(f *flight, v any) *workerpb.WorkResponse {
	s.Log.Error("panic", "request", f.req.GetRequestId(), "panic", v, "stack", string(debug.Stack()))
	return &workerpb.WorkResponse{
		ExitCode: ExitUsage,
		Output:   fmt.Sprintf("internal error: %v\nThis is a fault of the compiler; the log of the worker has the details.\n", v),
	}
}

// land answers a request. A request with an id leaves the table first: once
// the answer is out, its id may be used again. One without stays until then,
// because the next is not to overtake it.
func (s *server) land(f *flight, resp *workerpb.WorkResponse, started time.Time) {
	id := f.req.GetRequestId()
	s.mu.Lock()
	switch {
	case f.cancelled:
		resp = &workerpb.WorkResponse{WasCancelled: true}
	case f.ctx.Err() != nil && resp.GetExitCode() != ExitOK:
		resp = &workerpb.WorkResponse{ExitCode: ExitFailed, Output: "the worker was stopped before the request was carried out\n"}
	}
	f.before = nil
	if id != 0 {
		delete(s.flights, id)
	}
	s.mu.Unlock()
	f.end()
	s.answer(f, resp, started)
}

// refuse answers a request whose id is that of one under way, which gets its
// own answer in time. No sender that follows the protocol does this.
func (s *server) refuse(f *flight) {
	f.end()
	s.answer(f, &workerpb.WorkResponse{
		ExitCode: ExitUsage,
		Output:   fmt.Sprintf("a request with the id %d is still being carried out\n", f.req.GetRequestId()),
	}, time.Now()) //nolint:forbidigo // for the log only
}

func (s *server) answer(f *flight, resp *workerpb.WorkResponse, started time.Time) {
	resp.RequestId = f.req.GetRequestId()
	resp.Output = printable(resp.GetOutput())
	s.log(f, resp, started)
	s.respond(resp)
	s.mu.Lock()
	if s.flights[0] == f {
		delete(s.flights, 0)
	}
	s.mu.Unlock()
	close(f.done)
	s.memory.Release(int64(f.size))
	s.running.Done()
}

// maxLogged is how many arguments of a request are logged.
const maxLogged = 32

func (s *server) log(f *flight, resp *workerpb.WorkResponse, started time.Time) {
	if f.req.GetVerbosity() <= 0 && !s.LogRequests {
		return
	}
	args := f.req.GetArguments()
	s.Log.LogAttrs(context.Background(), slog.LevelInfo, "request",
		slog.Int("id", int(resp.GetRequestId())),
		slog.Int("bytes", f.size),
		slog.Int("arguments", len(args)),
		slog.Any("first", args[:min(len(args), maxLogged)]),
		slog.String("sandbox_dir", f.req.GetSandboxDir()),
		slog.Int("exit_code", int(resp.GetExitCode())),
		slog.Bool("cancelled", resp.GetWasCancelled()),
		slog.Duration("took", time.Since(started)),
	)
}
