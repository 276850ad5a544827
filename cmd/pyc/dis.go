package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/dis"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// disFlags are the flags of pyc dis, as given.
type disFlags struct {
	version   string
	optimize  int
	options   dis.Options
	json      bool
	compilers compilerFlags
}

func newDis() *cobra.Command {
	var f disFlags
	c := &cobra.Command{
		Use:   "dis [flags] FILE...",
		Short: "Disassemble .pyc files, or sources",
		Long: `Disassemble .pyc files of Python 3.11 to 3.15, with the text that the version's
own "python -m dis" prints, less the addresses of code objects. No Python is
run. The version is that of the file.

A FILE that ends in .py is compiled first, for the version of --python.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args) },
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&f.options.ShowCaches, "show-caches", "C", false, "show inline caches")
	flags.BoolVar(&f.options.ShowOffsets, "show-offsets", false, "show instruction offsets where the version leaves them out")
	flags.BoolVarP(&f.options.ShowPositions, "show-positions", "P", false, "show lines and columns")
	flags.BoolVar(&f.json, "json", false, "print JSON, one object per code object and line")
	flags.StringVar(&f.version, "python", pyver.Default.String(), "Python `VERSION` to compile sources for")
	flags.IntVarP(&f.optimize, "optimize", "O", 0, "optimisation `LEVEL` to compile sources at")
	f.compilers.register(flags)
	return c
}

func (f *disFlags) run(c *cobra.Command, args []string) error {
	v, err := pyver.Parse(f.version)
	if err != nil {
		return fmt.Errorf("--python: %w", err)
	}
	opts := compiler.Options{Version: v, Optimize: f.optimize}
	if err := opts.Check(); err != nil {
		return fmt.Errorf("--optimize: %w", err)
	}
	f.compilers.processes = 1
	chosen, err := f.compilers.choose(c.Context())
	if err != nil {
		return err
	}
	defer chosen.Close()
	return eachFile(c, args, func(path string) error {
		code, v, err := loadCode(c.Context(), chosen, path, opts)
		if err != nil {
			return err
		}
		return f.show(c.OutOrStdout(), path, code, v)
	})
}

// loadCode returns the code object of a .pyc file, or that of a source, which
// it compiles.
func loadCode(ctx context.Context, c compiler.Compiler, path string, opts compiler.Options) (*pyc.Code, pyver.Version, error) {
	if strings.HasSuffix(path, ".py") {
		source, err := precompile.ReadSource(path)
		if err != nil {
			return nil, 0, err
		}
		opts.Filename = path
		result, err := c.Compile(ctx, source.Bytes, opts)
		if err != nil {
			return nil, 0, err
		}
		code, err := pyc.Read(result.Code, opts.Version)
		return code, opts.Version, err
	}
	file, _, err := readPyc(path)
	if err != nil {
		return nil, 0, err
	}
	v, ok := file.Header.Version()
	if !ok {
		return nil, 0, fmt.Errorf("reading %s: magic number %d is that of no supported version", path, file.Header.Magic)
	}
	return file.Code, v, nil
}

func (f *disFlags) show(out io.Writer, path string, code *pyc.Code, v pyver.Version) error {
	w := bufio.NewWriter(out)
	var err error
	if f.json {
		err = encodeInstructions(w, path, code, v)
	} else {
		err = dis.Fprint(w, code, v, f.options)
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		return fmt.Errorf("disassembling %s: %w", path, err)
	}
	return nil
}

// codeInstructions is one line of JSON.
type codeInstructions struct {
	File         string            `json:"file"`
	Python       string            `json:"python"`
	QualName     string            `json:"qualname"`
	FirstLine    int32             `json:"first_line"` // 1-based
	Instructions []dis.Instruction `json:"instructions"`
}

func encodeInstructions(w io.Writer, path string, root *pyc.Code, v pyver.Version) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for code := range pyc.Codes(root) {
		instructions, err := dis.Instructions(code, v)
		if err != nil {
			return err
		}
		err = e.Encode(codeInstructions{
			File: path, Python: v.String(), QualName: code.QualName.Value,
			FirstLine: code.FirstLine, Instructions: instructions,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
