package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// interpreterFlags are the flags of the verbs that compile: where the
// interpreters are and how long they may take.
type interpreterFlags struct {
	paths     []string
	processes int
	timeout   time.Duration
}

func (f *interpreterFlags) register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.paths, "interpreter", nil,
		"`VERSION=PATH` of a CPython, such as 3.14=/usr/bin/python3.14 (default: python3.14 on PATH); repeatable")
	flags.DurationVar(&f.timeout, "timeout", time.Minute, "longest time for one source; 0 for no limit")
}

// pool returns a pool of the interpreters that the flags name. It starts none
// before the first compilation.
func (f *interpreterFlags) pool() (*cpython.Pool, error) {
	paths := map[pyver.Version]string{}
	for _, pair := range f.paths {
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
