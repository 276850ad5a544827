package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// This file and the files that it names are all of the command that speaks to a
// network. What the other files hold also makes up a smaller binary, which
// Bazel builds from source in the time that users have, and which starts at once
// on a machine that executes single actions.

// networkVerbs makes the verbs that need a network.
func networkVerbs() []*cobra.Command {
	return nil
}

// networkWays makes the ways to compile that need more than this machine, from
// the innermost to the outermost.
func networkWays() []way {
	return nil
}

// A way to compile: flags of the verbs that compile, and the compiler that they
// ask for.
type way interface {
	// register adds the flags.
	register(flags *pflag.FlagSet)
	// open returns the compiler that the flags ask for, which may use the given
	// one, and what closes it. Without such flags it returns the given one.
	open(ctx context.Context, inner compiler.Compiler) (outer compiler.Compiler, closeOuter func(), err error)
}
