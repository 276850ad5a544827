package worker

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler"
	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// Main is the worker as a program: args are its arguments, without the name of
// the program, and the result is its exit code. With --persistent_worker
// anywhere among the arguments it answers requests until stdin or the context
// ends; the exit code is then ExitFailed if the protocol broke down, whatever
// became of the requests. Without it, it does what RunOnce does.
//
// If it is to answer requests on the process's own stdout, it takes that from
// the rest of the process first; see ClaimStdout.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, c compiler.Compiler) int {
	if !slices.Contains(args, persistentFlag) {
		return RunOnce(ctx, args, stderr, c)
	}
	startup, line, err := startupArguments(args)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "pyc worker: %v\n", err) // nobody is left to tell if it fails
		return ExitUsage
	}
	o := Options{Log: slog.New(slog.NewTextHandler(stderr, nil)).With("pid", os.Getpid()), LogRequests: line.logRequests}
	if line.serial {
		o.Parallel = 1
	}
	if stdout == io.Writer(os.Stdout) {
		stdout, err = o.ownProcess(stderr)
	}
	if err == nil {
		err = Serve(ctx, stdin, stdout, NewHandler(c, startup, o.Parallel, o.Log), o)
	}
	switch {
	case err == nil:
		return ExitOK
	case ctx.Err() != nil:
		o.Log.Info("the worker was told to stop", "reason", context.Cause(ctx))
		return ExitOK
	}
	o.Log.Error("the worker ends", "error", err)
	return ExitFailed
}

// ownProcess prepares for being the only worker of this process, and returns
// where responses go.
func (o *Options) ownProcess(stderr io.Writer) (io.Writer, error) {
	program, err := ThisProgram(stderr)
	if err != nil {
		return nil, err
	}
	o.Program = program
	return ClaimStdout()
}

// RunOnce carries out one command line, which may name param files. It returns
// the exit code, and prints to stderr what a response would have as its output.
func RunOnce(ctx context.Context, args []string, stderr io.Writer, c compiler.Compiler) int {
	log := slog.New(slog.NewTextHandler(stderr, nil))
	resp := NewHandler(c, nil, 0, log)(ctx, &workerpb.WorkRequest{Arguments: args})
	if _, err := io.WriteString(stderr, resp.GetOutput()); err != nil {
		return ExitFailed
	}
	return int(resp.GetExitCode())
}

// startupArguments checks the arguments of a worker and returns those that
// every request is to begin with.
func startupArguments(args []string) ([]string, *commandLine, error) {
	args, err := expand(args, "")
	if err != nil {
		return nil, nil, err
	}
	line, err := parse(args)
	if err != nil {
		return nil, nil, err
	}
	return args, line, nil
}
