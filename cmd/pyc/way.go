package main

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// A way to compile: flags of the verbs that compile, and the compiler that they
// ask for.
type way interface {
	// register adds the flags.
	register(flags *pflag.FlagSet)
	// underWay returns how many sources are worth having under way at once, or 0
	// if the flags do not ask for this way.
	underWay() int
	// open returns the compiler that the flags ask for, which may use the given
	// one, and what closes it. Without such flags it returns the given one.
	open(ctx context.Context, inner compiler.Compiler) (outer compiler.Compiler, closeOuter func(), err error)
}

// A batchWay is a way to compile many sources at once, elsewhere.
type batchWay interface {
	// register adds the flags.
	register(flags *pflag.FlagSet)
	// wanted reports whether the flags ask for it.
	wanted() bool
	// open returns what does it, and what closes it.
	open(ctx context.Context) (executor, func(), error)
}

// An executor compiles the sources of a plan, whose order is that of the
// reports.
type executor func(ctx context.Context, plan []job, report func([]outcome))
