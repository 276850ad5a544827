package main

import (
	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/remote/batch"
)

// newBatch makes the verb that remote executors run: the native compiler alone,
// since nothing is known of the interpreters there.
func newBatch() *cobra.Command {
	return &cobra.Command{
		Use:   "batch",
		Short: "Compile what the request.json of this folder names (run by executors)",
		Long: `Compile the modules that request.json in the working directory names, and
write result.json and the .pyc files beside it. This is what pyc compile
--remote-executor has executors run. It takes no flags and no interpreter.`,
		Args:   cobra.NoArgs,
		Hidden: true,
		RunE: func(c *cobra.Command, _ []string) error {
			return fail(batch.Run(c.Context(), &compiler.Native{}, "."))
		},
	}
}
