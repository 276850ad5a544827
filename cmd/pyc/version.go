package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// version is set by the linker in release builds:
// -ldflags "-X main.version=v1.2.3".
var version string

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of pyc and of the bytecode it writes",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			out := c.OutOrStdout()
			if _, err := fmt.Fprintf(out, "pyc %s\n", buildVersion()); err != nil {
				return fail(err)
			}
			for _, v := range pyver.All() {
				if _, err := fmt.Fprintf(out, "Python %v: magic number %d, %s\n", v, v.Magic(), v.CacheTag()); err != nil {
					return fail(err)
				}
			}
			return nil
		},
	}
}

// buildVersion returns the version of this binary: the linker's, else that of
// the module it was installed as.
func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
