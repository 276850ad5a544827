package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/encoding/protojson"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
	"github.com/rules-pyc/rules_pyc/worker"
)

// A form is one of the two forms of the protocol, as the other side of the
// worker speaks it.
type form string

const (
	protoForm form = "proto"
	jsonForm  form = "json"
)

// An env is a test in one form of the protocol.
type env struct {
	*testing.T
	form form
}

// forms runs f for both forms.
func forms(t *testing.T, f func(env)) {
	t.Helper()
	for _, form := range []form{protoForm, jsonForm} {
		t.Run(string(form), func(t *testing.T) { f(env{t, form}) })
	}
}

// request encodes a request as the sender does.
func (f form) request(req *workerpb.WorkRequest) []byte {
	if f == jsonForm {
		b, err := protojson.Marshal(req)
		if err != nil {
			panic(err)
		}
		return append(b, '\n')
	}
	var b bytes.Buffer
	if _, err := protodelim.MarshalTo(&b, req); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// response decodes exactly one response.
func (f form) response(b []byte) (*workerpb.WorkResponse, error) {
	resp := new(workerpb.WorkResponse)
	if f == jsonForm {
		if bytes.IndexByte(b, '\n') != len(b)-1 {
			return nil, fmt.Errorf("response is not one line: %q", b)
		}
		return resp, protojson.Unmarshal(b, resp)
	}
	r := bytes.NewReader(b)
	err := protodelim.UnmarshalOptions{MaxSize: -1}.UnmarshalFrom(r, resp)
	if err == nil && r.Len() != 0 {
		err = fmt.Errorf("%d bytes after the response", r.Len())
	}
	return resp, err
}

// An exchange is a worker and the other side of it, in one process.
type exchange struct {
	t  env
	in *io.PipeWriter
	// responses has one element for each write of the worker.
	responses chan *workerpb.WorkResponse
	served    chan error // the result of Serve
	fail      error      // if set, writes of the worker fail with it
}

func serve(t env, handle worker.Handler, o worker.Options) *exchange {
	t.Helper()
	return serveContext(t.Context(), t, handle, o)
}

func serveContext(ctx context.Context, t env, handle worker.Handler, o worker.Options) *exchange {
	t.Helper()
	r, w := io.Pipe()
	s := &exchange{t: t, in: w, responses: make(chan *workerpb.WorkResponse, 1<<16), served: make(chan error, 1)}
	go func() {
		s.served <- worker.Serve(ctx, r, s, handle, o)
		close(s.responses)
		r.CloseWithError(errors.New("the worker has ended"))
	}()
	return s
}

// Write takes a write of the worker, which must be one whole response.
func (s *exchange) Write(p []byte) (int, error) {
	if s.fail != nil {
		return 0, s.fail
	}
	resp, err := s.t.form.response(p)
	if err != nil {
		s.t.Errorf("write of the worker: %v", err)
		return len(p), nil
	}
	s.responses <- resp
	return len(p), nil
}

func (s *exchange) send(reqs ...*workerpb.WorkRequest) {
	s.t.Helper()
	for _, req := range reqs {
		s.sendBytes(s.t.form.request(req))
	}
}

func (s *exchange) sendBytes(b []byte) {
	s.t.Helper()
	if _, err := s.in.Write(b); err != nil {
		s.t.Fatalf("sending: %v", err)
	}
}

// next waits for a response.
func (s *exchange) next() *workerpb.WorkResponse {
	s.t.Helper()
	resp, ok := <-s.responses
	if !ok {
		s.t.Fatal("the worker ended without a response")
	}
	return resp
}

// end closes the input and returns the result of Serve, after which there must
// be no response left.
func (s *exchange) end() error {
	s.t.Helper()
	s.in.Close()
	return s.wait()
}

func (s *exchange) wait() error {
	s.t.Helper()
	err := <-s.served
	for resp := range s.responses {
		s.t.Errorf("response that nobody asked for: %v", resp)
	}
	return err
}

func (s *exchange) endWithoutError() {
	s.t.Helper()
	if err := s.end(); err != nil {
		s.t.Errorf("Serve: %v", err)
	}
}

func request(id int32, args ...string) *workerpb.WorkRequest {
	return &workerpb.WorkRequest{RequestId: id, Arguments: args}
}

func cancel(id int32) *workerpb.WorkRequest {
	return &workerpb.WorkRequest{RequestId: id, Cancel: true}
}

// echo answers with the arguments of the request; the first says what to do.
func echo(ctx context.Context, req *workerpb.WorkRequest) *workerpb.WorkResponse {
	resp := &workerpb.WorkResponse{Output: strings.Join(req.GetArguments(), " ")}
	switch {
	case len(req.GetArguments()) == 0:
	case req.GetArguments()[0] == "block":
		<-ctx.Done()
		resp.ExitCode = 1
	case req.GetArguments()[0] == "panic":
		panic("echo was told to")
	case req.GetArguments()[0] == "nothing":
		return nil
	}
	return resp
}
