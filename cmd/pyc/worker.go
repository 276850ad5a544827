package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rules-pyc/rules_pyc/worker"
)

func newWorker() *cobra.Command {
	return &cobra.Command{
		Use:   "worker [START FLAG]... [--persistent_worker] [REQUEST FLAG | @FILE]...",
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

Flags of the start:
  --compiler WHICH             native, cpython (a real interpreter), or auto
                               (native for the versions that it covers; default)
  --interpreter VERSION=PATH   a CPython in the place of python3.X on PATH; may
                               be repeated
  --timeout DURATION           longest time of an interpreter for one source
                               (default 1m0s)
and those of pyc compile for caches and services: --disk-cache, --cache,
--remote and what goes with them.`,
		DisableFlagParsing: true, // a request's flags are the worker's to read
		RunE:               runWorker,
	}
}

func runWorker(c *cobra.Command, args []string) error {
	if slices.Contains(args, "--help") || slices.Contains(args, "-h") {
		return c.Help()
	}
	var f compilerFlags
	rest, err := f.take(args)
	if err != nil {
		return err
	}
	chosen, err := f.choose(c.Context())
	if err != nil {
		return err
	}
	defer chosen.Close()
	code := worker.Main(c.Context(), rest, c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr(), chosen)
	if code != exitOK {
		return exitCode(code)
	}
	return nil
}

// take reads the flags of the start among the arguments of a worker and returns
// the other arguments.
func (f *compilerFlags) take(args []string) (rest []string, err error) {
	flags := pflag.NewFlagSet("start", pflag.ContinueOnError)
	f.register(flags)
	return takeFlags(args, flags)
}

// takeFlags sets the flags that are among the arguments and returns the other
// arguments. What follows "--" is no flag.
func takeFlags(args []string, flags *pflag.FlagSet) (rest []string, err error) {
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(rest, args[i:]...), nil
		}
		name, value, hasValue := strings.Cut(args[i], "=")
		long, isLong := strings.CutPrefix(name, "--")
		flag := flags.Lookup(long)
		switch {
		case flag == nil || !isLong:
			rest = append(rest, args[i])
			continue
		case hasValue:
		case flag.NoOptDefVal != "":
			value = flag.NoOptDefVal
		default:
			if i++; i == len(args) {
				return nil, fmt.Errorf("%s needs a value", name)
			}
			value = args[i]
		}
		if err := flags.Set(long, value); err != nil {
			return nil, err
		}
	}
	return rest, nil
}
