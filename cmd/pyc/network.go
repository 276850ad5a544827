//go:build !offline

package main

import "github.com/spf13/cobra"

// The files with the build constraint "!offline" are all of the command that
// speaks to a network. The others alone make a binary of a third of the size:
// the one that Bazel builds from source in its users' time, and that an executor
// of single actions starts for each.

// networkVerbs makes the verbs that need a network.
func networkVerbs() []*cobra.Command {
	return []*cobra.Command{newServe()}
}

// networkWays makes the ways to compile that need more than this machine, from
// the innermost to the outermost.
func networkWays() []way {
	connection := &connectionFlags{}
	return []way{newCacheFlags(connection), &serviceFlags{connection: connection}}
}

// networkBatches makes the way to compile many sources at once. It connects to
// servers as the other ways do.
func networkBatches(ways []way) batchWay {
	for _, w := range ways {
		if c, ok := w.(*cacheFlags); ok {
			return &executorFlags{connection: c.connection}
		}
	}
	return nil
}
