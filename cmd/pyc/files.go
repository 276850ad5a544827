package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// eachFile does something with each file, reports the errors, and goes on.
func eachFile(c *cobra.Command, paths []string, do func(path string) error) error {
	var failed bool
	for _, path := range paths {
		if err := do(path); err != nil {
			failed = true
			c.PrintErrln(describe(err, path))
		}
	}
	if failed {
		return errReported
	}
	return nil
}

// describe returns an error as the user is to see it: a SyntaxError as the
// interpreter prints it, anything else as a message of this program.
func describe(err error, path string) string {
	var s *compiler.SyntaxError
	if errors.As(err, &s) {
		return s.At(path).Error()
	}
	return fmt.Sprintf("pyc: %v", err)
}
