package service

import (
	"errors"
	"io"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

// BatchCompile compiles modules as they come.
func (s *Server) BatchCompile(stream compilev1.CompileService_BatchCompileServer) error {
	b := &batch{
		server:  s,
		stream:  stream,
		slots:   make(chan struct{}, s.config.Limits.BatchInFlight),
		answers: make(chan answered, s.config.Limits.BatchInFlight),
		read:    make(chan error, 1),
		open:    true,
	}
	sent := make(chan error, 1)
	go func() { sent <- b.send() }()
	go func() { b.read <- b.receive() }()
	err := b.wait()
	// What was accepted is finished and answered, whatever ends the stream.
	b.modules.Wait()
	close(b.answers)
	if sendErr := <-sent; err == nil {
		err = sendErr
	}
	return err
}

// A batch is a stream of modules. One goroutine receives requests, one for each
// request compiles it, and one sends the responses. A place among the slots is
// taken before a request is read and given back when its response is sent, so a
// client that does not take responses is not read from either.
type batch struct {
	server  *Server
	stream  compilev1.CompileService_BatchCompileServer
	slots   chan struct{}
	answers chan answered
	read    chan error // why no more is received

	mu      sync.Mutex
	open    bool // requests are accepted
	modules sync.WaitGroup
}

// An answered request waits until its response is sent. Until then it has its
// room among the sources: its result takes about as much.
type answered struct {
	response *compilev1.BatchCompileResponse
	release  func()
}

// wait returns when no more is accepted, and why.
func (b *batch) wait() error {
	select {
	case err := <-b.read:
		return err
	case <-b.server.draining:
		b.mu.Lock()
		defer b.mu.Unlock()
		b.open = false
		return status.Error(codes.Unavailable, "the server is going down; requests without a response were not compiled")
	}
}

// accept counts a request in, unless no more are accepted.
func (b *batch) accept() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open {
		b.modules.Add(1)
	}
	return b.open
}

// receive accepts requests until there are no more.
func (b *batch) receive() error {
	ctx := b.stream.Context()
	for {
		select {
		case b.slots <- struct{}{}:
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		}
		req, err := b.stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !b.accept() {
			return nil
		}
		b.begin(req)
	}
}

// begin has a request compiled. It returns when there is room for the next.
func (b *batch) begin(req *compilev1.BatchCompileRequest) {
	ctx := b.stream.Context()
	m, err := b.server.parse(req.GetRequest())
	if err != nil {
		b.answer(req.GetId(), nil, err, func() {})
		return
	}
	release, err := b.server.gate.hold(ctx, m.size())
	if err != nil {
		b.answer(req.GetId(), nil, status.FromContextError(err).Err(), func() {})
		return
	}
	go func() {
		defer func() {
			if v := recover(); v != nil {
				b.answer(req.GetId(), nil, b.server.panicked(ctx, v), release)
			}
		}()
		resp, err := b.server.module(ctx, m)
		b.answer(req.GetId(), resp, err, release)
	}()
}

// answer has the response to a request sent. There is always room for it: each
// request has a slot.
func (b *batch) answer(id uint64, resp *compilev1.CompileResponse, err error, release func()) {
	r := &compilev1.BatchCompileResponse{Id: id, Outcome: &compilev1.BatchCompileResponse_Response{Response: resp}}
	if err != nil {
		b.server.countRefusal(err)
		st := status.Convert(err)
		r.Outcome = &compilev1.BatchCompileResponse_Failure{Failure: &compilev1.Failure{Code: int32(st.Code()), Message: st.Message()}}
	}
	b.answers <- answered{r, release}
	b.modules.Done()
}

// send sends responses until there are no more. It goes on when the stream is
// broken, so that everything else ends.
func (b *batch) send() error {
	var first error
	for a := range b.answers {
		if err := b.stream.Send(a.response); first == nil {
			first = err
		}
		a.release()
		<-b.slots
	}
	return first
}
