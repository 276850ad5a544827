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
	// open returns the compiler that the flags ask for, which may use the given
	// one, and what closes it. Without such flags it returns the given one.
	open(ctx context.Context, inner compiler.Compiler) (outer compiler.Compiler, closeOuter func(), err error)
}
