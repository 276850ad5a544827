package cpython

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// ErrClosed is wrapped by the errors of requests to a pool that is closed.
var ErrClosed = errors.New("the pool of interpreters is closed")

// A Config says which interpreters a [Pool] uses and how.
type Config struct {
	// Python is the path of the interpreter of a version. A version that is
	// absent is python3.X on PATH.
	Python map[pyver.Version]string
	// Processes is how many modules are compiled at a time, of all versions
	// together; 0 means one for each processor. At most this many
	// interpreters are kept, and beside them one for each other version, so
	// that taking turns between versions starts nothing.
	Processes int
	// Timeout bounds the compilation of one module; 0 means no bound. Waiting
	// for an interpreter does not count.
	Timeout time.Duration
}

// A Pool compiles modules with interpreters that it starts when they are
// needed. It is safe for concurrent use; requests are served in the order in
// which they come.
type Pool struct {
	config Config
	slots  chan struct{} // holds a token for each request that is being served

	closing context.Context // done when Close has been called
	close   context.CancelCauseFunc
	serving sync.WaitGroup

	mu     sync.Mutex
	closed bool
	live   int            // interpreters that run
	idle   []*interpreter // those without a request, the one that has been so longest first
}

var _ compiler.Compiler = (*Pool)(nil)

// New returns a pool. It starts no process.
func New(config Config) *Pool {
	if config.Processes <= 0 {
		config.Processes = runtime.GOMAXPROCS(0)
	}
	p := &Pool{config: config, slots: make(chan struct{}, config.Processes)}
	p.closing, p.close = context.WithCancelCause(context.Background())
	return p
}

// Compile compiles a module as package compiler says. An error that is not a
// *compiler.SyntaxError is an [*Error] or about the options.
func (p *Pool) Compile(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
	if err := opts.Check(); err != nil {
		return nil, fmt.Errorf("compiling %s: %w", opts.Filename, err)
	}
	if err := checkRequest(source, opts); err != nil {
		return nil, &Error{Version: opts.Version, Filename: opts.Filename, Err: err}
	}
	ctx, release, err := p.enter(ctx)
	if err != nil {
		return nil, &Error{Version: opts.Version, Filename: opts.Filename, Err: err}
	}
	defer release()
	return p.serve(ctx, source, opts)
}

// Interpreter starts the interpreter of version v if none runs yet and
// returns what it says of itself.
func (p *Pool) Interpreter(ctx context.Context, v pyver.Version) (Interpreter, error) {
	if !v.Valid() {
		return Interpreter{}, fmt.Errorf("version %v of Python is not supported", v)
	}
	ctx, release, err := p.enter(ctx)
	if err != nil {
		return Interpreter{}, &Error{Version: v, Err: err}
	}
	defer release()
	i, _, err := p.take(ctx, v, "")
	if err != nil {
		return Interpreter{}, err
	}
	p.put(i)
	return i.Interpreter, nil
}

// Close ends all interpreters, and with an error the requests that are being
// served, and returns when no process is left.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.close(ErrClosed)
	p.serving.Wait()
	p.mu.Lock()
	idle := p.idle
	p.idle, p.live = nil, p.live-len(idle)
	p.mu.Unlock()
	for _, i := range idle {
		_ = i.end("", ErrClosed)
	}
}

// enter waits for the request's turn. The context that it returns ends with
// the pool, too.
func (p *Pool) enter(ctx context.Context) (context.Context, func(), error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, nil, ErrClosed
	}
	p.serving.Add(1)
	p.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(p.closing, func() { cancel(ErrClosed) })
	leave := func() {
		stop()
		cancel(nil)
		p.serving.Done()
	}
	select {
	case p.slots <- struct{}{}:
		if ctx.Err() == nil {
			return ctx, func() { <-p.slots; leave() }, nil
		}
		<-p.slots
	case <-ctx.Done():
	}
	err := fmt.Errorf("waiting for an interpreter: %w", cause(ctx))
	leave()
	return nil, nil, err
}

// cause is why a context ended. It wraps the context's error, whatever cause
// the caller gave, unless the pool was closed.
func cause(ctx context.Context) error {
	why := context.Cause(ctx)
	if errors.Is(why, ctx.Err()) || errors.Is(why, ErrClosed) {
		return why
	}
	return fmt.Errorf("%w: %w", ctx.Err(), why)
}

// serve does a request whose turn it is.
func (p *Pool) serve(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
	i, used, err := p.take(ctx, opts.Version, opts.Filename)
	if err != nil {
		return nil, err
	}
	rep, err := p.exchange(ctx, i, source, opts)
	if used && errors.Is(err, errGone) {
		// It ended while it was idle, which is not the request's doing.
		_ = p.drop(i, opts.Filename, err)
		if i, err = p.start(ctx, opts.Version, opts.Filename); err != nil {
			return nil, err
		}
		rep, err = p.exchange(ctx, i, source, opts)
	}
	if err != nil {
		return nil, p.drop(i, opts.Filename, err)
	}
	res, err := rep.result(opts.Filename)
	if errors.Is(err, errGarbage) {
		return nil, p.drop(i, opts.Filename, err)
	}
	p.put(i)
	var f failure
	if errors.As(err, &f) {
		err = i.errorf(opts.Filename, f)
	}
	return res, err
}

// exchange has an interpreter do a request within the time for it.
func (p *Pool) exchange(ctx context.Context, i *interpreter, source []byte, opts compiler.Options) (reply, error) {
	if p.config.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, p.config.Timeout,
			fmt.Errorf("not done within %v: %w", p.config.Timeout, context.DeadlineExceeded))
		defer cancel()
	}
	return i.exchange(ctx, source, opts)
}

// take returns an interpreter of version v without a request, and whether it
// has served before. It starts one if there is none.
func (p *Pool) take(ctx context.Context, v pyver.Version, filename string) (*interpreter, bool, error) {
	p.mu.Lock()
	// The one that has been idle shortest, so that those that are too many
	// grow old and make room.
	for n := len(p.idle) - 1; n >= 0; n-- {
		if i := p.idle[n]; i.version == v {
			p.idle = slices.Delete(p.idle, n, n+1)
			p.mu.Unlock()
			return i, true, nil
		}
	}
	p.mu.Unlock()
	i, err := p.start(ctx, v, filename)
	return i, false, err
}

// start starts an interpreter of version v, in the place of the one that has
// been idle longest if there are enough.
func (p *Pool) start(ctx context.Context, v pyver.Version, filename string) (*interpreter, error) {
	path, err := Find(v, p.config.Python[v])
	if err != nil {
		return nil, &Error{Version: v, Filename: filename, Err: err}
	}
	if old := p.reserve(p.config.Processes + len(pyver.All()) - 1); old != nil {
		_ = old.end("", ErrClosed)
	}
	i, err := start(ctx, v, path, filename)
	if err != nil {
		p.forget()
		return nil, err
	}
	return i, nil
}

// reserve counts an interpreter that is about to start. If limit run already,
// it takes away the one that has been idle longest, for the caller to end: one
// is idle, for the limit is above the number of requests that are served.
func (p *Pool) reserve(limit int) *interpreter {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live < limit {
		p.live++
		return nil
	}
	i := p.idle[0]
	p.idle = slices.Delete(p.idle, 0, 1)
	return i
}

// forget counts an interpreter that has ended.
func (p *Pool) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live--
}

// put gives back an interpreter that waits for its next request.
func (p *Pool) put(i *interpreter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, i)
}

// drop ends an interpreter that went wrong and returns the request's error.
func (p *Pool) drop(i *interpreter, filename string, cause error) error {
	p.forget()
	return i.end(filename, cause)
}
