//go:build !offline

package main

import "github.com/spf13/cobra"

// The files with the build constraint "!offline" are all of the command that
// speaks to a network. The others alone make a binary of less than half the size:
// the one that Bazel builds from source in its users' time, and that an executor
// of single actions starts for each.

// networkVerbs makes the verbs that need a network.
func networkVerbs() []*cobra.Command {
	return []*cobra.Command{newServe()}
}

// networkWays makes the ways to compile that need more than this machine, from
// the innermost to the outermost, and the way to compile many sources at once.
// All of them connect to servers with the same flags.
func networkWays() ([]way, batchWay) {
	connection := &connectionFlags{}
	return []way{newCacheFlags(connection), &serviceFlags{connection: connection}}, &executorFlags{connection: connection}
}
