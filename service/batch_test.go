package service_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/service"
)

// batch has requests compiled in one stream, and returns the responses in the
// order of the requests.
func batch(t *testing.T, s *running, requests ...*compilev1.CompileRequest) []*compilev1.BatchCompileResponse {
	t.Helper()
	stream, err := s.BatchCompile(timeout(t))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for i, r := range requests {
			if stream.Send(&compilev1.BatchCompileRequest{Id: uint64(i), Request: r}) != nil {
				return // Recv says why
			}
		}
		stream.CloseSend()
	}()
	all := make([]*compilev1.BatchCompileResponse, len(requests))
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			return all
		}
		if all[r.GetId()] != nil {
			t.Errorf("request %d has two responses", r.GetId())
		}
		all[r.GetId()] = r
	}
}

func TestBatchCompile(t *testing.T) {
	s := start(t, func(c *service.Config) { c.Limits.BatchInFlight = 3 })
	var requests []*compilev1.CompileRequest
	for i := range 100 {
		source := fmt.Sprintf("x = %d\n", i)
		if i%10 == 9 {
			source = "x =\n"
		}
		requests = append(requests, request(source, fmt.Sprintf("m%d.py", i)))
	}
	for i, r := range batch(t, s, requests...) {
		one, err := s.Compile(timeout(t), requests[i])
		if err != nil {
			t.Fatal(err)
		}
		if got, want := r.GetResponse().String(), one.String(); got != want {
			t.Errorf("module %d: got %s, want %s", i, got, want)
		}
		if isError := r.GetResponse().GetSyntaxError() != nil; isError != (i%10 == 9) {
			t.Errorf("module %d: syntax error: %v", i, isError)
		}
	}
}

// Responses come when they are ready, and the server reads no more than it may.
func TestBatchCompileOutOfOrderAndBounded(t *testing.T) {
	b := newBlocker()
	s := start(t, func(c *service.Config) {
		c.Compiler, c.Limits.Concurrency, c.Limits.BatchInFlight = b, 2, 2
	})
	stream, err := s.BatchCompile(timeout(t))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		r := request("x =\n", fmt.Sprint(i))
		if err := stream.Send(&compilev1.BatchCompileRequest{Id: uint64(i), Request: r}); err != nil {
			t.Fatal(err)
		}
	}
	stream.CloseSend()
	<-b.began
	<-b.began
	select {
	case f := <-b.began:
		t.Fatalf("module %s was begun beyond the limit", f)
	case <-time.After(50 * time.Millisecond):
	}
	b.let <- struct{}{}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	<-b.began // the one whose turn it is
	close(b.let)
	for range 4 {
		if _, err := stream.Recv(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v at the end", err)
	}
}

// A message that is too long ends its stream, and no other.
func TestBatchCompileMessageTooLong(t *testing.T) {
	s := start(t, func(c *service.Config) { c.Limits.MessageBytes = 1000 })
	stream, err := s.BatchCompile(timeout(t))
	if err != nil {
		t.Fatal(err)
	}
	stream.Send(&compilev1.BatchCompileRequest{Request: request("x = 1\n", "x.py")})
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	stream.Send(&compilev1.BatchCompileRequest{Request: request(string(make([]byte, 1000)), "x.py")})
	_, err = stream.Recv()
	wantStatus(t, err, codes.ResourceExhausted, "grpc: received message larger than max (1018 vs. 1000)")
	if _, err := s.Compile(timeout(t), request("x = 1\n", "x.py")); err != nil {
		t.Error(err)
	}
	eventually(t, "the refusal is counted", func() bool { return metrics(t, s)[`pyc_refused_total{limit="--max-message-bytes"}`] == 1 })
}

// What was accepted before a message that makes no sense is answered.
func TestBatchCompileMessageWithoutSense(t *testing.T) {
	b := newBlocker()
	s := start(t, func(c *service.Config) { c.Compiler = b })
	stream, err := s.conn.NewStream(timeout(t), &grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
		compilev1.CompileService_BatchCompile_FullMethodName, grpc.ForceCodecV2(asIs{encoding.GetCodecV2("proto")}))
	if err != nil {
		t.Fatal(err)
	}
	stream.SendMsg(&compilev1.BatchCompileRequest{Id: 7, Request: request("x = 1\n", "x.py")})
	stream.SendMsg([]byte("\xff\xff"))
	<-b.began
	close(b.let)
	var r compilev1.BatchCompileResponse
	if err := stream.RecvMsg(&r); err != nil || r.GetId() != 7 || r.GetResponse().GetModule() == nil {
		t.Errorf("got %v, %v", &r, err)
	}
	err = stream.RecvMsg(&r)
	if code := status.Code(err); code != codes.InvalidArgument || !strings.HasPrefix(status.Convert(err).Message(), "the message makes no sense: ") {
		t.Errorf("got %v", err)
	}
}

// asIs sends bytes as they are.
type asIs struct{ encoding.CodecV2 }

func (c asIs) Marshal(v any) (mem.BufferSlice, error) {
	if data, ok := v.([]byte); ok {
		return mem.BufferSlice{mem.SliceBuffer(data)}, nil
	}
	return c.CodecV2.Marshal(v)
}

// The sources that are held at once are bounded: a stream whose sources do not
// fit is not read from.
func TestBytesInFlight(t *testing.T) {
	b := newBlocker()
	s := start(t, func(c *service.Config) {
		c.Compiler, c.Limits.Concurrency = b, 10
		c.Limits.SourceBytes, c.Limits.BytesInFlight = 100, 250
	})
	stream, err := s.BatchCompile(timeout(t))
	if err != nil {
		t.Fatal(err)
	}
	source := fmt.Sprintf("#%98d\n", 0)
	for i := range 3 {
		stream.Send(&compilev1.BatchCompileRequest{Id: uint64(i), Request: request(source, fmt.Sprint(i))})
	}
	<-b.began
	<-b.began
	ctx, cancel := context.WithTimeout(timeout(t), 50*time.Millisecond)
	defer cancel()
	if _, err = s.Compile(ctx, request(source, "other.py")); status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
	if len(b.began) != 0 {
		t.Error("a third source was held")
	}
	close(b.let)
	for range 3 {
		if _, err := stream.Recv(); err != nil {
			t.Fatal(err)
		}
	}
}

// A module's room is free once its response is sent, however the call ends.
func TestNothingIsHeldAtTheEnd(t *testing.T) {
	b := newBlocker()
	s := start(t, func(c *service.Config) { c.Compiler = b })
	ctx, cancel := context.WithCancel(timeout(t))
	stream, err := s.BatchCompile(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		stream.Send(&compilev1.BatchCompileRequest{Id: uint64(i), Request: request("x = 1\n", "x.py")})
	}
	<-b.began
	cancel()
	eventually(t, "nothing is held", func() bool {
		m := metrics(t, s)
		return m["pyc_source_bytes_held"] == 0 && m["pyc_modules_waiting"] == 0 && m["pyc_modules_compiling"] == 0 && m["pyc_calls_open"] == 0
	})
}
