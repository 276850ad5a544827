package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
	"github.com/rules-pyc/rules_pyc/worker"
)

// bubble runs f for both forms in a synctest bubble, which fails the test if a
// goroutine is left or if all of them wait for each other.
func bubble(t *testing.T, f func(env)) {
	t.Helper()
	forms(t, func(outer env) {
		synctest.Test(outer.T, func(t *testing.T) {
			f(env{t, outer.form})
		})
	})
}

func compare(tb testing.TB, got, want *workerpb.WorkResponse) {
	tb.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		tb.Errorf("response (-want +got)\n%s", diff)
	}
}

func TestSingleplex(t *testing.T) {
	bubble(t, func(t env) {
		s := serve(t, echo, worker.Options{})
		for i := range 3 {
			word := fmt.Sprint(i)
			s.send(request(0, "say", word))
			compare(t, s.next(), &workerpb.WorkResponse{Output: "say " + word})
		}
		s.send(&workerpb.WorkRequest{})
		compare(t, s.next(), &workerpb.WorkResponse{})
		s.endWithoutError()
	})
}

// A sender without ids that does not wait for answers gets them in order.
func TestSingleplexKeepsOrder(t *testing.T) {
	bubble(t, func(t env) {
		const n = 200
		running := 0
		s := serve(t, func(ctx context.Context, req *workerpb.WorkRequest) *workerpb.WorkResponse {
			running++ // the race detector sees requests that overlap
			return echo(ctx, req)
		}, worker.Options{Parallel: 8})
		for i := range n {
			s.send(request(0, fmt.Sprint(i)))
		}
		for i := range n {
			compare(t, s.next(), &workerpb.WorkResponse{Output: fmt.Sprint(i)})
		}
		s.endWithoutError()
		if running != n {
			t.Errorf("%d requests were handled, want %d", running, n)
		}
	})
}

func TestManyRequests(t *testing.T) {
	bubble(t, func(t env) {
		const n = 10_000
		s := serve(t, echo, worker.Options{Parallel: 4})
		ids := rand.New(rand.NewPCG(1, 2)).Perm(1 << 20)[:n]
		for _, id := range ids {
			s.send(request(int32(id)+1, fmt.Sprintf("<%d & äöü>", id)))
		}
		seen := map[int32]bool{}
		for range n {
			resp := s.next()
			id := resp.GetRequestId()
			compare(t, resp, &workerpb.WorkResponse{RequestId: id, Output: fmt.Sprintf("<%d & äöü>", id-1)})
			if seen[id] {
				t.Errorf("two responses for request %d", id)
			}
			seen[id] = true
		}
		s.endWithoutError()
	})
}

func TestParallel(t *testing.T) {
	bubble(t, func(t env) {
		const parallel, n = 3, 20
		var mu sync.Mutex
		running, most := 0, 0
		gate := make(chan struct{})
		s := serve(t, func(ctx context.Context, req *workerpb.WorkRequest) *workerpb.WorkResponse {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			<-gate
			mu.Lock()
			running--
			mu.Unlock()
			return echo(ctx, req)
		}, worker.Options{Parallel: parallel})
		for i := range n {
			s.send(request(int32(i) + 1))
		}
		synctest.Wait()
		close(gate)
		for range n {
			s.next()
		}
		s.endWithoutError()
		if most != parallel {
			t.Errorf("%d requests were carried out at once, want %d", most, parallel)
		}
	})
}

func TestCancel(t *testing.T) {
	cancelled := func(id int32) *workerpb.WorkResponse {
		return &workerpb.WorkResponse{RequestId: id, WasCancelled: true}
	}
	t.Run("running", func(t *testing.T) {
		bubble(t, func(t env) {
			s := serve(t, echo, worker.Options{})
			s.send(request(7, "block"), cancel(7))
			compare(t, s.next(), cancelled(7))
			s.send(request(7, "again"))
			compare(t, s.next(), &workerpb.WorkResponse{RequestId: 7, Output: "again"})
			s.endWithoutError()
		})
	})
	t.Run("queued", func(t *testing.T) {
		bubble(t, func(t env) {
			s := serve(t, echo, worker.Options{Parallel: 1})
			s.send(request(1, "block"))
			synctest.Wait() // 1 has the only slot
			s.send(request(2, "never"), request(3, "block"), cancel(2))
			compare(t, s.next(), cancelled(2))
			s.send(cancel(1))
			compare(t, s.next(), cancelled(1))
			s.send(cancel(3))
			compare(t, s.next(), cancelled(3))
			s.endWithoutError()
		})
	})
	t.Run("singleplex", func(t *testing.T) {
		bubble(t, func(t env) {
			s := serve(t, echo, worker.Options{})
			s.send(request(0, "block"), cancel(0))
			compare(t, s.next(), cancelled(0))
			s.send(request(0, "block"), request(0, "block"), cancel(0))
			compare(t, s.next(), cancelled(0))
			compare(t, s.next(), cancelled(0))
			s.endWithoutError()
		})
	})
	t.Run("twice", func(t *testing.T) {
		bubble(t, func(t env) {
			s := serve(t, echo, worker.Options{})
			s.send(request(7, "block"), cancel(7), cancel(7))
			compare(t, s.next(), cancelled(7))
			s.endWithoutError()
		})
	})
	t.Run("unknown", func(t *testing.T) {
		bubble(t, func(t env) {
			s := serve(t, echo, worker.Options{})
			s.send(cancel(9), request(7, "hi"))
			compare(t, s.next(), &workerpb.WorkResponse{RequestId: 7, Output: "hi"})
			s.send(cancel(7), cancel(0))
			s.endWithoutError()
		})
	})
	t.Run("ignored by the handler", func(t *testing.T) {
		bubble(t, func(t env) {
			gate := make(chan struct{})
			s := serve(t, func(ctx context.Context, req *workerpb.WorkRequest) *workerpb.WorkResponse {
				<-gate
				return &workerpb.WorkResponse{}
			}, worker.Options{})
			s.send(request(7))
			synctest.Wait() // the handler runs
			s.send(cancel(7))
			synctest.Wait()
			select {
			case resp := <-s.responses:
				t.Errorf("response %v while the handler may still touch files", resp)
			default:
			}
			close(gate)
			compare(t, s.next(), cancelled(7))
			s.endWithoutError()
		})
	})
}

// Cancellations race with the end of the requests: whoever wins, each request
// has one answer.
func TestCancelRace(t *testing.T) {
	bubble(t, func(t env) {
		const n = 2000
		s := serve(t, echo, worker.Options{Parallel: 4})
		for i := range int32(n) {
			s.send(request(i+1, "hi"), cancel(i/2+1), cancel(i+1))
		}
		seen := map[int32]int{}
		for range n {
			resp := s.next()
			seen[resp.GetRequestId()]++
			if !resp.GetWasCancelled() && resp.GetOutput() != "hi" {
				t.Errorf("unexpected response %v", resp)
			}
		}
		s.endWithoutError()
		if len(seen) != n {
			t.Errorf("%d requests have a response, want %d", len(seen), n)
		}
	})
}

func TestDuplicateID(t *testing.T) {
	bubble(t, func(t env) {
		s := serve(t, echo, worker.Options{})
		s.send(request(7, "block"), request(7, "second"))
		compare(t, s.next(), &workerpb.WorkResponse{
			RequestId: 7, ExitCode: worker.ExitUsage, Output: "a request with the id 7 is still being carried out\n",
		})
		s.send(cancel(7))
		compare(t, s.next(), &workerpb.WorkResponse{RequestId: 7, WasCancelled: true})
		s.endWithoutError()
	})
}

func TestPanic(t *testing.T) {
	bubble(t, func(t env) {
		var log bytes.Buffer
		s := serve(t, echo, worker.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Parallel: 1})
		s.send(request(7, "panic"))
		resp := s.next()
		if resp.GetRequestId() != 7 || resp.GetExitCode() != worker.ExitUsage || !strings.Contains(resp.GetOutput(), "echo was told to") {
			t.Errorf("response to a panic: %v", resp)
		}
		if strings.Contains(resp.GetOutput(), ".go:") {
			t.Errorf("output has the stack in it: %s", resp.GetOutput())
		}
		s.send(request(8, "nothing"))
		if resp := s.next(); resp.GetExitCode() == 0 {
			t.Errorf("response of a handler that gave none: %v", resp)
		}
		s.send(request(9, "alive"))
		compare(t, s.next(), &workerpb.WorkResponse{RequestId: 9, Output: "alive"})
		s.endWithoutError()
		if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "driver_test.go") {
			t.Errorf("log has %d lines, want one with the stack:\n%s", n, log.String())
		}
	})
}

// What is accepted is answered, however the input ends.
func TestEndOfInput(t *testing.T) {
	for _, test := range []struct {
		name, json string
		proto      []byte
		want       error
		message    string
	}{
		{name: "between requests"},
		{name: "in a request", json: `{"arguments":["--sr`, proto: []byte("\x20\x0a\x05--"), want: io.ErrUnexpectedEOF, message: "reading request: unexpected EOF"},
		{name: "in a length", json: `{`, proto: []byte{0x80}, want: io.ErrUnexpectedEOF, message: "reading request: unexpected EOF"},
		{name: "malformed", json: `{"arguments":[],,}`, proto: []byte("\x02\x0a\x05"), message: "reading request: malformed request: "},
		{name: "unterminated", json: "{\"arguments\":[]\n{\"arguments\":[]}\n", proto: []byte("\x01\x0f"), message: "reading request: malformed request: "},
		{name: "not a request", json: "[]", proto: bytes.Repeat([]byte{0xff}, 12), message: "reading request: malformed request: "},
		{name: "null", json: "null\n", proto: []byte("\x01\x08"), message: "reading request: malformed request: "},
		{name: "wrong type", json: `{"requestId":[1]}`, proto: []byte("\x04\x0a\x02\xff\xfe"), message: "reading request: malformed request: "},
		{name: "too large an id", json: `{"requestId":2147483648}`, proto: []byte("\x01\x00"), message: "reading request: malformed request: "},
		{name: "huge length", json: `{"arguments":["` + strings.Repeat("x", 2000), proto: []byte("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), message: "reading request: malformed request: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t env) {
				s := serve(t, echo, worker.Options{MaxRequest: 1000})
				s.send(request(7, "hi"), request(8, "ho"))
				bad := test.proto
				if t.form == jsonForm {
					bad = []byte(test.json)
				}
				go func() { // the worker may end before it has read all
					_, _ = s.in.Write(bad)
					s.in.Close()
				}()
				a, b := s.next(), s.next()
				if got, want := a.GetOutput()+b.GetOutput(), "hi ho"; len(got) != len(want)-1 {
					t.Errorf("outputs are %q, want those of both requests", got)
				}
				err := s.wait()
				if test.message == "" {
					if err != nil {
						t.Errorf("Serve: %v", err)
					}
					return
				}
				if err == nil || !strings.HasPrefix(err.Error(), test.message) || (test.want != nil && !errors.Is(err, test.want)) {
					t.Errorf("Serve: %v, want an error that starts %q", err, test.message)
				}
			})
		})
	}
}

func TestNoRequests(t *testing.T) {
	for _, in := range []string{"", "\n", " \r\n\t"} {
		if err := worker.Serve(t.Context(), strings.NewReader(in), io.Discard, echo, worker.Options{}); err != nil {
			t.Errorf("input %q: %v", in, err)
		}
	}
}

func TestWriteError(t *testing.T) {
	bubble(t, func(t env) {
		s := serve(t, echo, worker.Options{})
		s.fail = errors.New("nobody listens")
		s.send(request(1, "block"), request(2, "hi"))
		err := s.wait()
		if !errors.Is(err, s.fail) {
			t.Errorf("Serve: %v, want the error of the write", err)
		}
		s.in.Close()
	})
}

// The response to the last request is lost although the input has ended.
func TestLastWriteError(t *testing.T) {
	bubble(t, func(t env) {
		s := serve(t, echo, worker.Options{})
		s.fail = errors.New("nobody listens")
		s.send(request(1, "hi"))
		if err := s.end(); !errors.Is(err, s.fail) {
			t.Errorf("Serve: %v, want the error of the write", err)
		}
	})
}

func TestContextEnds(t *testing.T) {
	bubble(t, func(t env) {
		ctx, stop := context.WithCancel(t.Context())
		s := serveContext(ctx, t, echo, worker.Options{Parallel: 1})
		s.send(request(1, "block"), request(2, "block"))
		synctest.Wait()
		stop()
		for range 2 {
			resp := s.next()
			if resp.GetExitCode() != worker.ExitFailed || resp.GetWasCancelled() {
				t.Errorf("response after the context has ended: %v", resp)
			}
		}
		if err := s.wait(); !errors.Is(err, context.Canceled) {
			t.Errorf("Serve: %v, want that the context was cancelled", err)
		}
		s.in.Close()
	})
}

// Reading pauses when too much is unanswered, and goes on.
func TestBackPressure(t *testing.T) {
	bubble(t, func(t env) {
		const n = 50
		gate := make(chan struct{})
		s := serve(t, func(ctx context.Context, req *workerpb.WorkRequest) *workerpb.WorkResponse {
			<-gate
			return &workerpb.WorkResponse{}
		}, worker.Options{Parallel: 1, MaxRequest: 1000})
		sent := make(chan struct{})
		go func() {
			for i := range int32(n) {
				s.send(request(i+1, strings.Repeat("x", 400)))
			}
			close(sent)
		}()
		synctest.Wait()
		select {
		case <-sent:
			t.Error("the worker read 20 kB of requests while it may hold 1 kB")
		default:
		}
		close(gate)
		for range n {
			s.next()
		}
		<-sent
		s.endWithoutError()
	})
}

func TestVerbosity(t *testing.T) {
	bubble(t, func(t env) {
		var log bytes.Buffer
		s := serve(t, echo, worker.Options{Log: slog.New(slog.NewJSONHandler(&log, nil)), Parallel: 1})
		silent := request(1, "--src", "a.py")
		loud := request(2, "--src", "b.py")
		loud.Verbosity = 10
		s.send(silent)
		s.next()
		s.send(loud)
		s.next()
		s.endWithoutError()
		if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"first":["--src","b.py"]`) {
			t.Errorf("log is not one line about the second request:\n%s", got)
		}
	})
}

// A message of a compiler can be anything; the protocol wants UTF-8.
func TestOutputIsPrintable(t *testing.T) {
	bubble(t, func(t env) {
		const size = 5 << 20
		s := serve(t, func(_ context.Context, req *workerpb.WorkRequest) *workerpb.WorkResponse {
			if req.GetRequestId() == 1 {
				return &workerpb.WorkResponse{Output: "a\xffb\x00c\u2028"}
			}
			return &workerpb.WorkResponse{Output: "x" + strings.Repeat("ä", size/2)}
		}, worker.Options{})
		s.send(request(1))
		compare(t, s.next(), &workerpb.WorkResponse{RequestId: 1, Output: "a\ufffdb\x00c\u2028"})
		s.send(request(2))
		out := s.next().GetOutput()
		if len(out) > size*9/10 || !strings.HasSuffix(out, "more bytes of output]\n") {
			t.Errorf("output has %d bytes and ends in %q", len(out), out[len(out)-40:])
		}
		s.endWithoutError()
	})
}
