package service_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/compiler"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/service"
)

// A server that goes down answers what it has accepted, and says of the rest
// that it has not.
func TestDrain(t *testing.T) {
	b := newBlocker()
	s := start(t, func(c *service.Config) { c.Compiler = b })
	stream, err := s.BatchCompile(timeout(t))
	if err != nil {
		t.Fatal(err)
	}
	one := make(chan error, 1)
	go func() {
		_, err := s.Compile(timeout(t), request("x = 1\n", "one.py"))
		one <- err
	}()
	for i := range 3 {
		stream.Send(&compilev1.BatchCompileRequest{Id: uint64(i), Request: request("x = 1\n", "batch.py")})
	}
	eventually(t, "four modules are accepted", func() bool { return metrics(t, s)["pyc_source_bytes_held"] == 4*6 })
	drained := make(chan error, 1)
	go func() { drained <- s.server.Drain(timeout(t)) }()
	eventually(t, "the server drains", func() bool { return metrics(t, s)["pyc_draining"] == 1 })
	stream.Send(&compilev1.BatchCompileRequest{Id: 3, Request: request("x = 1\n", "late.py")})
	select {
	case err := <-drained:
		t.Fatalf("drained with work under way: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(b.let)
	for range 3 {
		r, err := stream.Recv()
		if err != nil || r.GetResponse().GetModule() == nil || r.GetId() == 3 {
			t.Errorf("got %v, %v", r, err)
		}
	}
	_, err = stream.Recv()
	wantStatus(t, err, codes.Unavailable, "the server is going down; requests without a response were not compiled")
	if err := <-one; err != nil {
		t.Errorf("the call under way: %v", err)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
	if _, err := s.Compile(timeout(t), request("x = 1\n", "after.py")); status.Code(err) != codes.Unavailable {
		t.Errorf("a call after it: %v", err)
	}
}

// Draining ends in time, and says what it has cut off.
func TestDrainIsBounded(t *testing.T) {
	b := newBlocker()
	s := start(t, func(c *service.Config) { c.Compiler = b })
	one := make(chan error, 1)
	go func() {
		_, err := s.Compile(timeout(t), request("x = 1\n", "one.py"))
		one <- err
	}()
	<-b.began
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("enough"))
	defer cancel()
	if err := s.server.Drain(ctx); fmt.Sprint(err) != "1 calls were cut off: enough" {
		t.Errorf("got %v", err)
	}
	if err := <-one; status.Code(err) != codes.Unavailable {
		t.Errorf("the call that was cut off: %v", err)
	}
}

// noise is source whose .pyc is long.
func noise(t *testing.T, size int) string {
	t.Helper()
	random := make([]byte, size/2)
	rand.Read(random)
	return fmt.Sprintf("x = '%x'\n", random)
}

// A client that takes no responses is not read from, costs what its limit
// allows, and is told so in the end; others do not notice.
func TestSlowReader(t *testing.T) {
	s := start(t, func(c *service.Config) {
		c.Limits.Stall = 500 * time.Millisecond
		c.Limits.BatchInFlight = 4
	})
	slow, err := s.conn.NewStream(timeout(t), &grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
		compilev1.CompileService_BatchCompile_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	source := noise(t, 200<<10)
	sent := make(chan int, 1)
	go func() {
		n := 0
		for slow.SendMsg(&compilev1.BatchCompileRequest{Request: request(source, "x.py")}) == nil {
			n++
		}
		sent <- n
	}()
	for range 20 {
		if _, err := s.Compile(timeout(t), request("x = 1\n", "other.py")); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the stream has ended and nothing is held", func() bool {
		m := metrics(t, s)
		return m[`pyc_calls_total{code="DeadlineExceeded",method="/pyc.compile.v1.CompileService/BatchCompile"}`] == 1 && m["pyc_source_bytes_held"] == 0
	})
	for err == nil {
		err = slow.RecvMsg(&compilev1.BatchCompileResponse{})
	}
	wantStatus(t, err, codes.DeadlineExceeded, "the client has not taken the response for 500ms, the limit (--max-stall)")
	if n := <-sent; n > 20 {
		t.Errorf("%d requests of 200 KiB were taken from a client that takes no responses", n)
	}
}

// A call whose request does not come is ended; a stream may be silent.
func TestSlowSender(t *testing.T) {
	s := start(t, func(c *service.Config) { c.Limits.Stall = 100 * time.Millisecond })
	silent, err := s.BatchCompile(timeout(t))
	if err != nil {
		t.Fatal(err)
	}
	call, err := s.conn.NewStream(timeout(t), &grpc.StreamDesc{ClientStreams: true}, compilev1.CompileService_Compile_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	err = call.RecvMsg(&compilev1.CompileResponse{})
	wantStatus(t, err, codes.DeadlineExceeded, "the client has not sent the request for 100ms, the limit (--max-stall)")
	silent.Send(&compilev1.BatchCompileRequest{Request: request("x = 1\n", "x.py")})
	if _, err := silent.Recv(); err != nil {
		t.Errorf("the stream that was silent: %v", err)
	}
}

func TestMaxCalls(t *testing.T) {
	s := start(t, func(c *service.Config) { c.Limits.Calls = 2 })
	var streams []compilev1.CompileService_BatchCompileClient
	for range 2 {
		stream, err := s.BatchCompile(timeout(t))
		if err != nil {
			t.Fatal(err)
		}
		streams = append(streams, stream)
	}
	eventually(t, "two calls are open", func() bool { return metrics(t, s)["pyc_calls_open"] == 2 })
	// The connection has as many calls as it may; another one has none.
	other := another(t, s)
	_, err := other.Compile(timeout(t), request("x = 1\n", "x.py"))
	wantStatus(t, err, codes.Unavailable, "2 calls are under way, the limit (--max-calls); this one may be made again")
	streams[0].CloseSend()
	streams[0].Recv()
	eventually(t, "there is room again", func() bool {
		_, err := other.Compile(timeout(t), request("x = 1\n", "x.py"))
		return err == nil
	})
	if n := metrics(t, s)[`pyc_refused_total{limit="--max-calls"}`]; n < 1 {
		t.Errorf("%v refusals are counted", n)
	}
}

// many is how many connections are opened and dropped.
func many(t *testing.T) int {
	t.Helper()
	text := os.Getenv("PYC_TEST_CONNECTIONS")
	if text == "" {
		return 500
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("PYC_TEST_CONNECTIONS: %v", err)
	}
	return n
}

// Connections that come and go, and what others than clients say on them, leave
// nothing behind.
func TestManyConnections(t *testing.T) {
	l := listen(t, "127.0.0.1:0")
	address := l.Addr().String()
	s := startAt(t, l, func(c *service.Config) { c.Limits.Connections = 100 }, dialTo("tcp", address))
	if _, err := s.Compile(timeout(t), request("x = 1\n", "x.py")); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	junk := make([]byte, 1000)
	rand.Read(junk)
	first := []string{
		"", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "PRI * HTTP/2.0\r\n", string(junk), "\x16\x03\x01\x02\x00\x01",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00" + "\xff\xff\xff\x01\x04\x00\x00\x00\x01",
	}
	var group sync.WaitGroup
	next := make(chan int)
	for range 50 {
		group.Go(func() {
			for i := range next {
				var d net.Dialer
				conn, err := d.DialContext(t.Context(), "tcp", address)
				if err != nil {
					t.Errorf("connection %d: %v", i, err)
					continue
				}
				io.WriteString(conn, first[i%len(first)])
				if i%2 == 0 {
					conn.(*net.TCPConn).SetLinger(0) // dropped with a reset
				}
				conn.Close()
			}
		})
	}
	for i := range many(t) {
		next <- i
		if i%100 == 0 {
			if _, err := s.Compile(timeout(t), request("x = 1\n", "x.py")); err != nil {
				t.Errorf("after %d connections: %v", i, err)
			}
		}
	}
	close(next)
	group.Wait()
	eventually(t, "nothing is left of the connections", func() bool {
		return metrics(t, s)["pyc_connections_open"] == 1 && runtime.NumGoroutine() < before+10
	})
}

// Beyond the limit connections are closed at once; those that are there go on.
func TestMaxConnections(t *testing.T) {
	l := listen(t, "127.0.0.1:0")
	address := l.Addr().String()
	s := startAt(t, l, func(c *service.Config) { c.Limits.Connections = 3 }, dialTo("tcp", address))
	if _, err := s.Compile(timeout(t), request("x = 1\n", "x.py")); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	eventually(t, "8 of 10 connections are refused", func() bool { return metrics(t, s)[`pyc_refused_total{limit="--max-connections"}`] == 8 })
	if n := metrics(t, s)["pyc_connections_open"]; n != 3 {
		t.Errorf("%v connections are open", n)
	}
	if _, err := s.Compile(timeout(t), request("x = 1\n", "x.py")); err != nil {
		t.Errorf("the connection that was there: %v", err)
	}
}

// another returns a client with a connection of its own.
func another(t *testing.T, s *running) compilev1.CompileServiceClient {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:test", s.dial, grpc.WithTransportCredentials(plain()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return compilev1.NewCompileServiceClient(conn)
}

// A short file can share a long name between very many code objects.
func TestInspectOfAHostileFile(t *testing.T) {
	s := start(t, func(c *service.Config) { c.Limits.MessageBytes = 1 << 20 })
	name := strings.Repeat("n", 100<<10)
	source := []byte(strings.Repeat("def f(): pass\n", 50))
	r, err := (&compiler.Native{}).Compile(t.Context(), source, compiler.Options{Version: python, Filename: name})
	if err != nil {
		t.Fatal(err)
	}
	file := append(header(source), r.Code...)
	_, err = s.Inspect(timeout(t), &compilev1.InspectRequest{File: &compilev1.InspectRequest_Inline{Inline: file}})
	wantStatus(t, err, codes.ResourceExhausted, "the list of code objects is longer than 1048576 bytes, the limit (--max-message-bytes)")
	for cut := range 300 {
		_, err := s.Inspect(timeout(t), &compilev1.InspectRequest{File: &compilev1.InspectRequest_Inline{Inline: file[:cut]}, Disassemble: true})
		if code := status.Code(err); code != codes.InvalidArgument {
			t.Fatalf("the first %d bytes: %v", cut, err)
		}
	}
}

// What the log says is an object of JSON a line, with the schema's names.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	s := start(t, func(c *service.Config) {
		c.Log = service.NewLog(&log, nil, "v1")
		c.Limits.SourceBytes = 10
	})
	s.Compile(timeout(t), request(strings.Repeat("#", 11), "x.py"))
	s.server.Drain(timeout(t))
	line := entry(t, log.Bytes())
	for name, want := range map[string]any{
		"log.level": "warn", "message": "call", "ecs.version": "8.11.0", "service.name": "pyc", "service.version": "v1",
		"event.action": "/pyc.compile.v1.CompileService/Compile", "event.outcome": "failure", "labels.code": "ResourceExhausted",
		"error.message": "the source has 11 bytes; the limit is 10 (--max-source-bytes)", "process.pid": float64(os.Getpid()),
	} {
		if line[name] != want {
			t.Errorf("%s is %v, want %v", name, line[name], want)
		}
	}
	if _, err := time.Parse(time.RFC3339Nano, fmt.Sprint(line["@timestamp"])); err != nil {
		t.Error(err)
	}
	if took, ok := line["event.duration"].(float64); !ok || took <= 0 {
		t.Errorf("event.duration is %v, want nanoseconds", line["event.duration"])
	}
}
