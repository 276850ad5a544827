package worker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
	"github.com/rules-pyc/rules_pyc/worker"
)

// noop is a compiler that takes no time.
type noop struct{}

// Compile implements compiler.Compiler.
func (noop) Compile(context.Context, []byte, compiler.Options) (*compiler.Result, error) {
	return &compiler.Result{Code: []byte("code")}, nil
}

// handlers are what the benchmarks measure: "echo" is the protocol alone, "files"
// reads a source and writes a .pyc, "native" compiles too.
var handlers = []struct {
	name   string
	handle worker.Handler
}{
	{"echo", empty},
	{"files", worker.NewHandler(noop{}, nil, 0, slog.New(slog.DiscardHandler))},
	{"native", worker.NewHandler(new(compiler.Native), nil, 0, slog.New(slog.DiscardHandler))},
}

// BenchmarkRoundTrip measures one request after the other through real pipes,
// and reports the median and the 99th percentile of the time to the response.
func BenchmarkRoundTrip(b *testing.B) {
	for _, form := range []form{protoForm, jsonForm} {
		for _, inputs := range []int{2, 1000} {
			for _, h := range handlers {
				name, handle := h.name, h.handle
				b.Run(fmt.Sprintf("%s/%s/%dinputs", name, form, inputs), func(b *testing.B) {
					c := connect(b, form, handle)
					req := benchmarkRequest(b, inputs)
					in := form.request(req)
					var times []time.Duration
					b.ReportAllocs()
					for b.Loop() {
						start := time.Now()
						c.send(in)
						c.receive()
						times = append(times, time.Since(start))
					}
					slices.Sort(times)
					b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
					b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
				})
			}
		}
	}
}

// BenchmarkThroughput measures many requests under way at once.
func BenchmarkThroughput(b *testing.B) {
	for _, form := range []form{protoForm, jsonForm} {
		for _, h := range handlers {
			b.Run(h.name+"/"+string(form), func(b *testing.B) {
				c := connect(b, form, h.handle)
				var requests []*workerpb.WorkRequest // each with files of its own
				for range 64 {
					requests = append(requests, benchmarkRequest(b, 2))
				}
				b.ReportAllocs()
				b.ResetTimer()
				free := make(chan struct{}, len(requests))
				go func() {
					for i := range b.N {
						free <- struct{}{}
						req := requests[i%len(requests)]
						req.RequestId = int32(i) + 1
						c.send(form.request(req))
					}
				}()
				for range b.N {
					c.receive()
					<-free
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			})
		}
	}
}

func empty(context.Context, *workerpb.WorkRequest) *workerpb.WorkResponse {
	return &workerpb.WorkResponse{}
}

// benchmarkSource is the sixteenth part of a module of usual size, 10 kB.
const benchmarkSource = `
class Account:
    """What a customer has."""

    def __init__(self, owner, balance=0, *, log=print):
        self.owner = owner
        self.balance = balance
        self.log = log

    def withdraw(self, amount):
        """Take money off the account and return what is left."""
        if not 0 < amount <= self.balance:
            raise ValueError(f"cannot withdraw {amount} of {self.balance}")
        self.balance -= amount
        for name, value in sorted(vars(self).items()):
            self.log(name, value, sep=": ")
        return self.balance
`

func benchmarkRequest(b *testing.B, inputs int) *workerpb.WorkRequest {
	b.Helper()
	dir := b.TempDir()
	source := filepath.Join(dir, "a.py")
	if err := os.WriteFile(source, []byte(strings.Repeat(benchmarkSource, 16)), 0o600); err != nil {
		b.Fatal(err)
	}
	req := request(1, "--src", source, "--src_name", "a.py", "--pyc", source+"c", "--python_version", "3.14")
	for i := range inputs {
		req.Inputs = append(req.Inputs, &workerpb.Input{
			Path:   fmt.Sprintf("external/python_3_14_x86_64-unknown-linux-gnu/lib/python3.14/module_%d.py", i),
			Digest: []byte("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
		})
	}
	return req
}

// A connection is the other side of a worker behind two pipes of the system.
type connection struct {
	b    *testing.B
	in   *os.File
	form form
	out  *process
}

func connect(b *testing.B, form form, handle worker.Handler) *connection {
	b.Helper()
	inR, inW, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	outR, outW, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- worker.Serve(b.Context(), inR, outW, handle, worker.Options{}) }()
	b.Cleanup(func() {
		inW.Close()
		if err := <-served; err != nil && !errors.Is(err, context.Canceled) {
			b.Errorf("Serve: %v", err)
		}
		for _, f := range []*os.File{inR, outR, outW} {
			f.Close()
		}
	})
	return &connection{b: b, in: inW, form: form, out: newReader(form, outR)}
}

func (c *connection) send(b []byte) {
	if _, err := c.in.Write(b); err != nil {
		c.b.Error(err)
	}
}

func (c *connection) receive() {
	resp, err := c.out.read()
	if err != nil || resp.GetExitCode() != 0 {
		c.b.Fatalf("%v, %v", resp, err)
	}
}

// A generator is a sender in the shape of the two ends of a worker: it sends
// the same requests over and over, and has a bounded number of them under way,
// as build systems do.
type generator struct {
	requests [][]byte
	count    int           // of requests still to send
	rest     []byte        // of the request that is being sent
	underWay chan struct{} // has an element for each request without a response
}

// Read implements io.Reader.
func (g *generator) Read(p []byte) (int, error) {
	if len(g.rest) == 0 {
		if g.count == 0 {
			return 0, io.EOF
		}
		g.underWay <- struct{}{}
		g.count--
		g.rest = g.requests[g.count%len(g.requests)]
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// Write implements io.Writer.
func (g *generator) Write(p []byte) (int, error) {
	<-g.underWay
	return len(p), nil
}

// However many requests a worker has answered, it needs no more memory.
func TestMemoryIsFlat(t *testing.T) {
	forms(t, func(t env) {
		dir := t.TempDir()
		source := filepath.Join(dir, "a.py")
		if err := os.WriteFile(source, []byte("good\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		handle := worker.NewHandler(scripted{}, nil, 0, slog.New(slog.DiscardHandler))
		run := func(count int) (heap uint64) {
			g := &generator{count: count, underWay: make(chan struct{}, 8)}
			for id := range int32(50) {
				req := request(id, "--src", source, "--src_name", "a.py", "--pyc", filepath.Join(dir, fmt.Sprint(id)), "--python_version=3.14")
				g.requests = append(g.requests, append(t.form.request(cancel(id-1)), t.form.request(req)...))
			}
			if err := worker.Serve(t.Context(), g, g, handle, worker.Options{}); err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			runtime.GC() // the first one spares what is pooled
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := run(500)
		if after := run(5000); after > before+64<<10 {
			t.Errorf("heap grew by %d bytes in 5000 requests", after-before)
		}
	})
}
