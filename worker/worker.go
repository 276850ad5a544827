// Package worker is the persistent worker that Bazel, and executors that do as
// Bazel does, start to compile many Python modules in one process. It reads
// work requests from one stream and writes one response for each to another.
//
// Serve is the loop, for any Handler; NewHandler is the handler that compiles;
// Main is the program that joins them, and that carries out a single command
// line when it is not started as a worker.
//
// Its invariants: each request gets exactly one response, in one write. Once a
// response is written, nothing touches the request's files any more. A bad
// request, an error or a panic costs its own request and no other. Nothing but
// responses reaches the stream of responses.
package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// A Handler carries out a request and returns the exit code and output of the
// response. It returns early, with whatever response, when the context ends;
// until it returns, it may use the files of the request. It is called from
// several goroutines at once. It does not get the inputs of the request.
type Handler func(context.Context, *workerpb.WorkRequest) *workerpb.WorkResponse

// The exit codes of responses, and of the program when it carries out a single
// command line.
const (
	ExitOK     = 0
	ExitFailed = 1 // a source is not valid Python, or a file cannot be read or written
	ExitUsage  = 2 // the arguments are wrong and nothing was done, or this program has a fault
)

// The limits that Options have by default.
const (
	DefaultMaxRequest = 256 << 20
	DefaultQuiet      = 3 * time.Second
)

// Options are the settings of Serve. The zero value is ready for use.
type Options struct {
	// Parallel is how many requests are carried out at once; 0 means as many
	// as there are processors. Others wait, and can be cancelled meanwhile.
	Parallel int
	// MaxRequest is the length in bytes above which a request ends the worker
	// with an error; 0 means DefaultMaxRequest. Reading also pauses while the
	// requests that are not answered yet have more than that in total.
	MaxRequest int
	// Log gets what the worker has to say; nil means nothing is said.
	Log *slog.Logger
	// LogRequests has every request logged. Otherwise those are that ask for
	// it with their verbosity.
	LogRequests bool
	// Program is the running program. If it is set, Serve ends once a request
	// shows that the program's file has been replaced. See Program.
	Program *Program
	// Quiet is how long a worker whose program has been replaced goes on
	// without requests; 0 means DefaultQuiet.
	Quiet time.Duration
}

func (o Options) withDefaults() Options {
	if o.Parallel <= 0 {
		o.Parallel = runtime.GOMAXPROCS(0)
	}
	if o.MaxRequest <= 0 {
		o.MaxRequest = DefaultMaxRequest
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Quiet <= 0 {
		o.Quiet = DefaultQuiet
	}
	return o
}

// Serve answers the requests that arrive on in, until in ends, the context
// ends, or nothing can be read or written any more. It finishes what it has
// accepted before it returns. The error is nil if in ended between two
// requests, or if the program was replaced.
//
// When the context ends or a write fails while Serve waits for in, a goroutine
// goes on waiting for it, and ends with the next byte or the end of in.
func Serve(ctx context.Context, in io.Reader, out io.Writer, handle Handler, o Options) error {
	o = o.withDefaults()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := &server{
		Options: o,
		handle:  handle,
		out:     out,
		stop:    stop,
		slots:   make(chan struct{}, o.Parallel),
		memory:  semaphore.NewWeighted(int64(o.MaxRequest)),
		flights: map[int32]*flight{},
	}
	arrivals := make(chan arrival)
	go s.read(ctx, in, arrivals)
	err := s.loop(ctx, arrivals)
	s.running.Wait()
	if cause := context.Cause(ctx); err == nil && cause != nil {
		err = cause // the last response could not be written
	}
	return err
}

// A server is one run of Serve.
type server struct {
	Options
	handle  Handler
	stop    context.CancelCauseFunc
	slots   chan struct{}       // holds an element for each request that is being carried out
	memory  *semaphore.Weighted // bytes of requests that are not answered yet
	running sync.WaitGroup      // one for each request that is not answered yet

	codec codec // set before the first arrival
	write sync.Mutex
	out   io.Writer // used under write

	mu      sync.Mutex
	flights map[int32]*flight // by request id, what is not answered yet
}

// An arrival is a request that has been read, or the end of reading.
type arrival struct {
	req  *workerpb.WorkRequest
	size int // bytes
	err  error
}

// read sends all requests to arrivals, and then the error that ends them.
func (s *server) read(ctx context.Context, in io.Reader, arrivals chan<- arrival) {
	var a arrival
	s.codec, a.err = newCodec(in, s.MaxRequest)
	for a.err == nil {
		a.req, a.size, a.err = s.codec.read()
		if a.err == nil && !a.req.GetCancel() {
			a.err = s.memory.Acquire(ctx, int64(a.size))
		}
		select {
		case arrivals <- a:
		case <-ctx.Done():
			return
		}
	}
	select {
	case arrivals <- a:
	case <-ctx.Done():
	}
}

// loop accepts requests until there are no more to come.
func (s *server) loop(ctx context.Context, arrivals <-chan arrival) error {
	var quiet <-chan time.Time // set once the program has been replaced
	for {
		select {
		case a := <-arrivals:
			if errors.Is(a.err, io.EOF) {
				return nil
			}
			if a.err != nil {
				return fmt.Errorf("reading request: %w", a.err)
			}
			if s.accept(ctx, a) {
				quiet = time.After(s.Quiet)
			}
		case <-quiet:
			if s.idle() {
				s.Log.Warn("the program has been replaced; ending so that the new one is started", "program", s.Program.Path)
				return nil
			}
			quiet = time.After(s.Quiet)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (s *server) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.flights) == 0
}

// accept starts a request, or cancels one. It reports whether the program has
// been replaced.
func (s *server) accept(ctx context.Context, a arrival) (replaced bool) {
	if a.req.GetCancel() {
		s.cancel(a.req.GetRequestId())
		return s.Program.replaced()
	}
	replaced = s.Program.observe(a.req.GetInputs())
	a.req.Inputs = nil // nothing needs them any more
	f := newFlight(ctx, a)
	if replaced {
		f.handle = s.Program.pass
	} else {
		f.handle = s.handle
	}
	s.running.Add(1)
	if s.register(f) {
		go s.fly(f)
	} else {
		s.refuse(f)
	}
	return replaced
}

// respond writes a response. If that fails, nobody is there to answer to, and
// all work ends.
func (s *server) respond(resp *workerpb.WorkResponse) {
	b, err := s.codec.encode(resp)
	if err == nil {
		s.write.Lock()
		_, err = s.out.Write(b)
		s.write.Unlock()
	}
	if err != nil {
		s.stop(fmt.Errorf("writing response: %w", err))
	}
}
