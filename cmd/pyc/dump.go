package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func newDump() *cobra.Command {
	var stage, version string
	c := &cobra.Command{
		Use:   "dump [flags] FILE.py...",
		Short: "Print what a stage of the native compiler makes of sources",
		Long: `Print what a stage of the native compiler makes of sources, for those who work
on it. The ast stage prints what the version's own
ast.dump(tree, include_attributes=True) prints.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			v, err := pyver.Parse(version)
			if err != nil {
				return fmt.Errorf("--python: %w", err)
			}
			if !slices.Contains(compiler.Stages(), compiler.Stage(stage)) {
				return fmt.Errorf("--stage %s is none of %v", stage, compiler.Stages())
			}
			return eachFile(c, args, func(path string) error {
				return dump(c, path, compiler.Options{Version: v, Filename: path}, compiler.Stage(stage))
			})
		},
	}
	c.Flags().StringVar(&stage, "stage", string(compiler.StageAST), "`STAGE` to print: tokens or ast")
	c.Flags().StringVar(&version, "python", pyver.Default.String(), "Python `VERSION` of the sources")
	return c
}

func dump(c *cobra.Command, path string, opts compiler.Options, stage compiler.Stage) error {
	source, err := precompile.ReadSource(path)
	if err != nil {
		return err
	}
	text, err := compiler.Dump(nil, source.Bytes, opts, stage)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	_, writeErr := c.OutOrStdout().Write(text)
	return errors.Join(err, writeErr)
}
