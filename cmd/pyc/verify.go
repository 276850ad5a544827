package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/parallel"
	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/verify"
)

// verifyFlags are the flags of pyc verify, as given.
type verifyFlags struct {
	version   string
	optimize  []int
	jobs      int
	compilers compilerFlags
	json      bool
}

func newVerify() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify [flags] PATH...",
		Short: "Compare the native compiler with a real Python on your sources",
		Long: `Compile Python files, or all *.py files below folders, with the native compiler
and with a real CPython, and compare the bytes. Nothing is written.

Of a file that differs it shows the first part of the compilation in which it
does, the code object, the place, and both sides. Errors and warnings are
compared as well: a source that Python refuses must be refused alike.

The exit code is 1 if anything differs or could not be compared.`,
		Example: `  pyc verify src                                   # with python3.14 on PATH
  pyc verify --interpreter 3.14=/opt/py/bin/python3.14 -O 0 src
  pyc verify --json src | jq 'select(.status == "different")'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args) },
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.version, "python", pyver.Default.String(), "Python `VERSION` to compile for")
	flags.IntSliceVarP(&f.optimize, "optimize", "O", []int{0, 1, 2}, "optimisation `LEVEL`s to compare at")
	flags.IntVarP(&f.jobs, "jobs", "j", 0, "sources compared at once; 0 for one per core")
	f.compilers.registerInterpreters(flags)
	flags.BoolVar(&f.json, "json", false, "report as JSON on stdout, one object per line")
	return c
}

func (f *verifyFlags) run(c *cobra.Command, args []string) error {
	native := &compiler.Native{}
	targets, err := f.targets(native)
	if err != nil {
		return err
	}
	if f.jobs <= 0 {
		f.jobs = runtime.GOMAXPROCS(0)
	}
	f.compilers.processes = f.jobs
	reference, err := f.compilers.pool()
	if err != nil {
		return err
	}
	defer reference.Close()
	ctx := c.Context()
	// Without the interpreter no source can be compared: one error is enough.
	python, err := reference.Interpreter(ctx, targets[0].Version)
	if err != nil {
		return fail(err)
	}
	files, findErr := precompile.Find(args)
	report := newVerifyReport(c, f.json, targets, len(files))
	report.interpreter = python.Version
	report.unlisted(findErr)
	v := verifier{native: native, reference: reference, targets: targets}
	parallel.InOrder(len(files), f.jobs, func(i int) []verified { return v.file(ctx, files[i]) }, report.file)
	return report.finish(ctx)
}

// targets returns the options for each level, with everything set but the file
// name.
func (f *verifyFlags) targets(native *compiler.Native) ([]compiler.Options, error) {
	v, err := pyver.Parse(f.version)
	if err != nil {
		return nil, fmt.Errorf("--python: %w", err)
	}
	if !native.Covers(v) {
		return nil, fmt.Errorf("--python: the native compiler does not compile for %v, so there is nothing to verify; it does for %s",
			v, covered(native))
	}
	if len(f.optimize) == 0 {
		return nil, errors.New("--optimize needs a value")
	}
	var targets []compiler.Options
	for _, level := range f.optimize {
		o := compiler.Options{Version: v, Optimize: level}
		if err := o.Check(); err != nil {
			return nil, fmt.Errorf("--optimize: %w", err)
		}
		if !slices.Contains(targets, o) {
			targets = append(targets, o)
		}
	}
	return targets, nil
}

// covered lists the versions that the native compiler compiles for.
func covered(native *compiler.Native) string {
	var all []string
	for _, v := range pyver.All() {
		if native.Covers(v) {
			all = append(all, v.String())
		}
	}
	return strings.Join(all, ", ")
}

// A verifier compares two compilers. It is safe for concurrent use if they are.
type verifier struct {
	native, reference compiler.Compiler
	targets           []compiler.Options
}

// verified is what the comparison of one source at one level gave, or why there
// was none.
type verified struct {
	path       string
	options    compiler.Options
	comparison verify.Comparison
	err        error
}

// file compares what becomes of a source at each level.
func (v *verifier) file(ctx context.Context, file precompile.File) []verified {
	source, readErr := precompile.ReadSource(file.Path)
	all := make([]verified, 0, len(v.targets))
	for _, opts := range v.targets {
		opts.Filename = file.Rel
		one := verified{path: file.Path, options: opts, err: readErr}
		if one.err == nil {
			one.err = ctx.Err()
		}
		if one.err == nil {
			one.comparison, one.err = v.compare(ctx, source.Bytes, opts)
		}
		all = append(all, one)
	}
	return all
}

func (v *verifier) compare(ctx context.Context, source []byte, opts compiler.Options) (verify.Comparison, error) {
	var native, reference verify.Outcome
	native.Result, native.Err = v.native.Compile(ctx, source, opts)
	reference.Result, reference.Err = v.reference.Compile(ctx, source, opts)
	return verify.Compare(native, reference, opts.Version)
}
