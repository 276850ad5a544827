// Package client compiles through a compile service: its Client is a
// compiler.Compiler whose results and errors are those of a compiler on this
// machine.
//
// Each module is a call of its own; calls share a connection. So it is known of
// each module whether it is compiled, whatever happens to the server or to the
// network meanwhile.
package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/compiler"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// Config says how patient a Client is. The zero Config has the defaults.
type Config struct {
	// Server names the server in errors.
	Server string
	// Timeout is the longest time of an attempt to have a module compiled; 0
	// means DefaultTimeout.
	Timeout time.Duration
	// Retry is how long attempts are repeated when the server does not answer;
	// 0 means DefaultRetry, and less means that none is repeated.
	Retry time.Duration
}

// The defaults of Config.
const (
	DefaultTimeout = 2 * time.Minute
	DefaultRetry   = 10 * time.Second
)

// maxAttempts is how often a module is tried: it may be what takes the server
// down.
const maxAttempts = 8

// The pauses between attempts grow from the first to the last.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
)

// A Client is a compiler.Compiler that has a service compile.
type Client struct {
	config Config
	stub   compilev1.CompileServiceClient
	down   atomic.Bool // the server has not answered in time, and not since
}

// New returns a client of the service that a connection leads to. DialOptions
// are to be among the options of the connection.
func New(conn grpc.ClientConnInterface, c Config) *Client {
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Retry == 0 {
		c.Retry = DefaultRetry
	}
	return &Client{config: c, stub: compilev1.NewCompileServiceClient(conn)}
}

// The client asks a silent server whether it is there after pingAfter, and gives
// the connection up when there is no answer in pingTimeout: a network may break
// without a word.
const (
	pingAfter   = 10 * time.Second
	pingTimeout = 10 * time.Second
)

// maxResponse is the greatest length of a response in bytes.
const maxResponse = 1 << 30

// DialOptions are the options of connections for clients. If a name has several
// addresses, calls go to all of them in turn.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingTimeout}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxResponse)),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin": {}}]}`),
		grpc.WithDisableRetry(), // Compile knows better
	}
}

// Compile has the service compile the source. The error is a
// *compiler.SyntaxError when the source is not valid Python, and an *Error when
// the service did not do its work.
func (c *Client) Compile(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
	if err := opts.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", opts.Filename, err)
	}
	if !utf8.ValidString(opts.Filename) {
		return nil, fmt.Errorf("%q: a compile service takes file names in UTF-8 alone", opts.Filename)
	}
	resp, attempts, err := c.try(ctx, &compilev1.CompileRequest{
		Source:        &compilev1.CompileRequest_Inline{Inline: source},
		Filename:      opts.Filename,
		PythonVersion: opts.Version.String(),
		Optimize:      int32(opts.Optimize),
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("compiling %s: %w", opts.Filename, ctx.Err())
	case err != nil:
		return nil, &Error{Filename: opts.Filename, Server: c.config.Server, Attempts: attempts, status: status.Convert(err)}
	}
	result, err := result(resp, source, opts)
	if err != nil && !errors.As(err, new(*compiler.SyntaxError)) {
		return nil, fmt.Errorf("%s: the answer of the compile service at %s is of no use: %w", opts.Filename, c.config.Server, err)
	}
	return result, err
}

// try makes the call, and repeats it while the server does not answer: to
// compile twice is to compile once. Once a server has not answered for as long
// as is waited, calls are made once, until one is answered.
func (c *Client) try(ctx context.Context, req *compilev1.CompileRequest) (resp *compilev1.CompileResponse, attempts int, err error) {
	began := time.Now()
	pause := firstPause
	for {
		attempts++
		resp, err = c.call(ctx, req)
		if status.Code(err) != codes.Unavailable {
			c.down.Store(false)
			return resp, attempts, err
		}
		if attempts == maxAttempts || time.Since(began)+pause > c.config.Retry || c.down.Load() {
			c.down.Store(true)
			return nil, attempts, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, attempts, ctx.Err()
		}
		pause = min(2*pause, lastPause)
	}
}

func (c *Client) call(ctx context.Context, req *compilev1.CompileRequest) (*compilev1.CompileResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	return c.stub.Compile(ctx, req)
}

// result returns what Compile returns for a response.
func result(resp *compilev1.CompileResponse, source []byte, opts compiler.Options) (*compiler.Result, error) {
	switch outcome := resp.GetOutcome().(type) {
	case *compilev1.CompileResponse_SyntaxError:
		return nil, syntaxError(outcome.SyntaxError)
	case *compilev1.CompileResponse_Module:
		code, err := code(outcome.Module.GetPyc(), source, opts)
		if err != nil {
			return nil, err
		}
		r := &compiler.Result{Code: code}
		for _, w := range outcome.Module.GetWarnings() {
			r.Warnings = append(r.Warnings, warning(w))
		}
		return r, nil
	}
	return nil, errors.New("it has neither a module nor an error")
}

// code returns what follows the header of a .pyc, which shows that it was made
// from this source for this version.
func code(file, source []byte, opts compiler.Options) ([]byte, error) {
	h, err := pyc.ReadHeader(file)
	if err != nil {
		return nil, fmt.Errorf("reading its header: %w", err)
	}
	if h != pyc.HashHeader(opts.Version, source, false) {
		return nil, errors.New("it is that of another source or version")
	}
	return file[pyc.HeaderSize:], nil
}

func syntaxError(e *compilev1.SyntaxError) *compiler.SyntaxError {
	return &compiler.SyntaxError{
		Class:     e.GetClass(),
		Message:   e.GetMessage(),
		Filename:  e.GetFilename(),
		Line:      int(e.GetLine()),
		Offset:    int(e.GetOffset()),
		EndLine:   int(e.GetEndLine()),
		EndOffset: int(e.GetEndOffset()),
		Text:      e.GetText(),
		Rendered:  e.GetRendered(),
	}
}

func warning(w *compilev1.Warning) compiler.Warning {
	return compiler.Warning{
		Category: w.GetCategory(), Message: w.GetMessage(), Filename: w.GetFilename(), Line: int(w.GetLine()), Text: w.GetText(),
	}
}

// An Error says that a service did not compile a module, and why.
type Error struct {
	Filename string
	Server   string // as Config names it
	Attempts int    // how often the service was asked
	status   *status.Status
}

// Away reports whether the service did not answer, as opposed to having answered
// that it does not compile the module.
func (e *Error) Away() bool { return e.status.Code() == codes.Unavailable }

// Error returns the message, which names the file.
func (e *Error) Error() string {
	text := e.status.Message()
	if strings.HasPrefix(text, e.Filename+": ") {
		return text // about the source, as a local compiler says it
	}
	what := "says"
	switch {
	case e.Away() && e.Attempts > 1:
		what = fmt.Sprintf("does not answer (%d attempts)", e.Attempts)
	case e.Away():
		what = "does not answer"
	case e.status.Code() == codes.DeadlineExceeded:
		what = "takes too long"
	}
	return fmt.Sprintf("%s: the compile service at %s %s: %s", e.Filename, e.Server, what, text)
}

// GRPCStatus returns the status of the last call.
func (e *Error) GRPCStatus() *status.Status { return e.status }
