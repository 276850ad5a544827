// Command pyc compiles Python source files to the bytecode files that CPython
// itself would write, and looks into such files.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes of every verb.
const (
	exitOK     = 0
	exitFailed = 1 // something could not be done; stderr says what
	exitUsage  = 2 // the command line is wrong; nothing was done
)

// errReported ends a verb with exit code 1 when its report has said why.
var errReported = errors.New("the report says what failed")

// A failure is an error of the work, as opposed to one of the command line.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// fail marks an error as one of the work.
func fail(err error) error {
	if err == nil {
		return nil
	}
	return failure{err}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var code int
	if python, ok := asPython(os.Args); ok {
		code = python.run(ctx)
	} else {
		code = run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	}
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	verb, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	if errors.Is(err, errReported) {
		return exitFailed
	}
	fmt.Fprintf(stderr, "pyc: %v\n", err)
	if !errors.As(err, new(failure)) {
		fmt.Fprintf(stderr, "Run '%s --help' for usage.\n", verb.CommandPath())
		return exitUsage
	}
	return exitFailed
}

// An exitCode ends a verb that has reported its outcome itself.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "pyc",
		Short: "Compile Python sources to CPython's own bytecode, and look into it",
		Long: `pyc compiles Python source files to .pyc files, byte for byte as CPython
writes them, but the same on every machine and at any time. It is made for
build systems, containers and release artifacts.

Exit codes: 0 done; 1 something failed, stderr says what; 2 wrong usage.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newCompile(), newCompileall(), newInspect(), newDis(), newDump(), newVerify(), newWorker(), newBatch(), newVersion())
	root.AddCommand(networkVerbs()...)
	return root
}
