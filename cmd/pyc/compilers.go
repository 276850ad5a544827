package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The values of --compiler.
const (
	compilerAuto    = "auto"
	compilerNative  = "native"
	compilerCPython = "cpython"
)

// defaultTimeout is the longest time that an interpreter has for one source.
const defaultTimeout = time.Minute

// compilerFlags are the flags of the verbs that compile: which compiler does
// it, where the interpreters are, and how long they may take.
type compilerFlags struct {
	compiler     string
	interpreters []string // VERSION=PATH
	processes    int      // sources compiled at once; 0 for one per core
	timeout      time.Duration
	ways         []way
	batches      batchWay // or nil; its flags are those of one verb alone
}

func (f *compilerFlags) register(flags *pflag.FlagSet) {
	f.registerLocal(flags)
	f.ways, f.batches = networkWays()
	for _, w := range f.ways {
		w.register(flags)
	}
}

// registerLocal is register for verbs that compile on this machine alone.
func (f *compilerFlags) registerLocal(flags *pflag.FlagSet) {
	flags.StringVar(&f.compiler, "compiler", compilerAuto,
		"`WHICH` compiler: native, cpython (a real interpreter), or auto (native for the versions that it covers)")
	f.registerInterpreters(flags)
}

// registerInterpreters is register for verbs that have no choice of compiler.
func (f *compilerFlags) registerInterpreters(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.interpreters, "interpreter", nil,
		"`VERSION=PATH` of a CPython, such as 3.13=/usr/bin/python3.13 (default: python3.13 on PATH); repeatable")
	flags.DurationVar(&f.timeout, "timeout", defaultTimeout, "longest time of an interpreter for one source; 0 for no limit")
}

// pool returns a pool of the interpreters that the flags name. It starts none
// before the first compilation.
func (f *compilerFlags) pool() (*cpython.Pool, error) {
	paths := map[pyver.Version]string{}
	for _, pair := range f.interpreters {
		name, path, ok := strings.Cut(pair, "=")
		if !ok || path == "" {
			return nil, fmt.Errorf("--interpreter %q is not VERSION=PATH", pair)
		}
		v, err := pyver.Parse(name)
		if err != nil {
			return nil, fmt.Errorf("--interpreter %q: %w", pair, err)
		}
		paths[v] = path
	}
	return cpython.New(cpython.Config{Python: paths, Processes: f.processes, Timeout: f.timeout}), nil
}

// choose returns the compiler that the flags name. It is closed by its user.
func (f *compilerFlags) choose(ctx context.Context) (*chosen, error) {
	switch f.compiler {
	case compilerAuto, compilerNative, compilerCPython:
	default:
		return nil, fmt.Errorf("--compiler %q is none of %s, %s, %s", f.compiler, compilerAuto, compilerNative, compilerCPython)
	}
	pool, err := f.pool()
	if err != nil {
		return nil, err
	}
	c := &chosen{Compiler: &local{which: f.compiler, native: &compiler.Native{}, pool: pool}, closers: []func(){pool.Close}}
	for _, w := range f.ways {
		outer, closeOuter, err := w.open(ctx, c.Compiler)
		if err != nil {
			c.Close()
			return nil, err
		}
		c.Compiler, c.closers = outer, append(c.closers, closeOuter)
	}
	return c, nil
}

// underWay returns how many sources to have under way at once, so that ways
// which wait for a network have something to do.
func (f *compilerFlags) underWay() int {
	n := 0
	for _, w := range f.ways {
		n = max(n, w.underWay())
	}
	return n
}

// chosen is the compiler that the user has chosen.
type chosen struct {
	compiler.Compiler
	closers []func() // of the compilers in use, the innermost first
}

// Close ends the compilers, the outermost first.
func (c *chosen) Close() {
	for _, closeOne := range slices.Backward(c.closers) {
		closeOne()
	}
}

// local is the compiler of this machine.
type local struct {
	which  string
	native *compiler.Native
	pool   *cpython.Pool
}

// Compile compiles with the chosen compiler. Which one it is depends on the
// options alone, so that the outcome does, too.
func (c *local) Compile(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
	covered := c.native.Covers(opts.Version)
	switch {
	case c.which == compilerNative && !covered:
		return nil, fmt.Errorf("%s: the native compiler does not compile for Python %v; --compiler=%s takes an interpreter",
			opts.Filename, opts.Version, compilerAuto)
	case covered && c.which != compilerCPython:
		return c.native.Compile(ctx, source, opts)
	}
	return c.pool.Compile(ctx, source, opts)
}
