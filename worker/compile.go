package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/precompile"
	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// NewHandler returns the Handler that compiles the modules of each request.
// The arguments of a request follow startup, the arguments that the worker was
// started with, so that a worker does what the program does with both on one
// command line.
//
// One request takes one processor, and more if others are idle: beside the
// goroutines that call the handler, at most parallel-1 others compile; 0 means
// as many as there are processors. If a module fails, the others of its
// request are compiled nevertheless.
func NewHandler(c compiler.Compiler, startup []string, parallel int, log *slog.Logger) Handler {
	if parallel <= 0 {
		parallel = runtime.GOMAXPROCS(0)
	}
	h := &handler{compiler: c, startup: startup, log: log, extra: make(chan struct{}, parallel-1)}
	return h.handle
}

type handler struct {
	compiler compiler.Compiler
	startup  []string
	log      *slog.Logger
	extra    chan struct{} // holds an element for each goroutine that compile started
}

func (h *handler) handle(ctx context.Context, req *workerpb.WorkRequest) *workerpb.WorkResponse {
	jobs, err := h.jobs(req)
	if err != nil {
		return &workerpb.WorkResponse{ExitCode: ExitUsage, Output: withoutSandbox(err.Error(), req.GetSandboxDir()) + "\n"}
	}
	var output strings.Builder
	exit := ExitOK
	for i, r := range h.compileAll(ctx, jobs) {
		r.print(&output, jobs[i], req.GetSandboxDir())
		exit = max(exit, r.exit)
	}
	return &workerpb.WorkResponse{ExitCode: int32(exit), Output: output.String()}
}

func (h *handler) jobs(req *workerpb.WorkRequest) ([]job, error) {
	args, err := expand(req.GetArguments(), req.GetSandboxDir())
	if err != nil {
		return nil, err
	}
	line, err := parse(append(h.startup[:len(h.startup):len(h.startup)], args...))
	if err != nil {
		return nil, err
	}
	return line.jobs(req.GetSandboxDir())
}

// compileAll returns the results in the order of the jobs.
func (h *handler) compileAll(ctx context.Context, jobs []job) []result {
	results := make([]result, len(jobs))
	var wait sync.WaitGroup
	for i := range jobs {
		if i == len(jobs)-1 {
			results[i] = h.compile(ctx, jobs[i])
			break
		}
		select {
		case h.extra <- struct{}{}:
			wait.Go(func() {
				defer func() { <-h.extra }()
				results[i] = h.compile(ctx, jobs[i])
			})
		default:
			results[i] = h.compile(ctx, jobs[i])
		}
	}
	wait.Wait()
	return results
}

// A result is what came of a job.
type result struct {
	exit     int
	warnings []compiler.Warning
	err      error
}

func (h *handler) compile(ctx context.Context, j job) (r result) {
	defer func() {
		if v := recover(); v != nil {
			h.log.Error("panic", "source", j.source, "panic", v, "stack", string(debug.Stack()))
			r = result{exit: ExitUsage, err: fmt.Errorf("%s: internal error: %v\n"+
				"This is a fault of the compiler, not of the source; the log has the details", j.source, v)}
		}
	}()
	if err := ctx.Err(); err != nil {
		return result{exit: ExitFailed, err: fmt.Errorf("compiling %s: %w", j.source, err)}
	}
	warnings, err := precompile.Compile(ctx, h.compiler, j.Module)
	if err != nil {
		return result{exit: ExitFailed, warnings: warnings, err: err}
	}
	return result{warnings: warnings}
}

// print writes what CPython would print: the warnings, then the error. Both
// name the file by the path that was given for the source.
func (r *result) print(w io.StringWriter, j job, sandbox string) {
	for _, warning := range r.warnings {
		_, _ = w.WriteString(warning.At(j.source).String() + "\n")
	}
	var syntax *compiler.SyntaxError
	switch {
	case r.err == nil:
	case errors.As(r.err, &syntax):
		_, _ = w.WriteString(syntax.At(j.source).Error() + "\n")
	default:
		_, _ = w.WriteString(withoutSandbox(r.err.Error(), sandbox) + "\n")
	}
}

// withoutSandbox removes the sandbox from the paths in a text.
func withoutSandbox(text, sandbox string) string {
	if sandbox == "" {
		return text
	}
	prefix := within(sandbox, "x")
	prefix = prefix[:len(prefix)-1]
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, prefix)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if before != "" && isPathByte(before[len(before)-1]) {
			b.WriteString(prefix) // it is the end of a longer name
		}
		text = after
	}
}

func isPathByte(c byte) bool {
	return c == '/' || c == '\\' || c == '.' || c == '_' || c == '-' || c >= 0x80 ||
		'0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
