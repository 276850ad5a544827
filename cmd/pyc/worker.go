package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/worker"
)

func newWorker() *cobra.Command {
	return &cobra.Command{
		Use:   "worker [--interpreter VERSION=PATH]... [--timeout DURATION] [--persistent_worker] [REQUEST FLAG | @FILE]...",
		Short: "Compile for Bazel, as a persistent worker or once",
		Long: `Compile what Bazel asks for. With --persistent_worker anywhere among the
arguments, answer requests on stdin in either of Bazel's worker protocols until
it ends. Without it, do the one request that the arguments are, and exit.

A request's flags are those of rules_python's precompiler:
  --src FILE              source; may be repeated
  --src_name NAME         file name to store; once for each --src
  --pyc FILE              output; once for each --src
  --python_version X.Y    version to compile for
  --optimize LEVEL        0, 1 or 2
  --invalidation_mode M   unchecked_hash, checked_hash or timestamp
An argument @FILE stands for the lines of FILE.

Flags of the start, for interpreters in the place of python3.X on PATH:
  --interpreter VERSION=PATH   a CPython; may be repeated
  --timeout DURATION           longest time for one source (default 1m0s)`,
		DisableFlagParsing: true, // a request's flags are the worker's to read
		RunE:               runWorker,
	}
}

func runWorker(c *cobra.Command, args []string) error {
	if slices.Contains(args, "--help") || slices.Contains(args, "-h") {
		return c.Help()
	}
	f := interpreterFlags{timeout: time.Minute}
	rest, err := f.take(args)
	if err != nil {
		return err
	}
	pool, err := f.pool()
	if err != nil {
		return err
	}
	defer pool.Close()
	code := worker.Main(c.Context(), rest, c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr(), pool)
	if code != exitOK {
		return exitCode(code)
	}
	return nil
}

// take reads the interpreter flags among the arguments of a worker and returns
// the other arguments.
func (f *interpreterFlags) take(args []string) (rest []string, err error) {
	for i := 0; i < len(args); i++ {
		name, value, hasValue := strings.Cut(args[i], "=")
		if name != "--interpreter" && name != "--timeout" {
			rest = append(rest, args[i])
			continue
		}
		if !hasValue {
			if i++; i == len(args) {
				return nil, fmt.Errorf("%s needs a value", name)
			}
			value = args[i]
		}
		if name == "--interpreter" {
			f.paths = append(f.paths, value)
		} else if f.timeout, err = time.ParseDuration(value); err != nil {
			return nil, fmt.Errorf("--timeout: %w", err)
		}
	}
	return rest, nil
}
