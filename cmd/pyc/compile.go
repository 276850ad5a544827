package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/parallel"
	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// compileFlags are the flags of pyc compile, as given.
type compileFlags struct {
	versions     []string
	optimize     []int
	out          string
	layout       string
	invalidation string
	jobs         int
	naming       naming
	compilers    compilerFlags
	quiet        bool
	json         bool
}

func newCompile() *cobra.Command {
	var f compileFlags
	c := &cobra.Command{
		Use:   "compile [flags] PATH...",
		Short: "Compile Python files or trees to .pyc files",
		Long: `Compile Python files, or all *.py files below folders, to .pyc files.

Each .pyc goes to the __pycache__ folder beside its source, or to the same
place below --out. It has an unchecked-hash header: Python takes it as it is
and never compares it with the source. The file name stored in it, which
tracebacks show, is the path below the PATH given, so that the bytes do not
depend on where the tree lies.

A file that does not compile is reported and the others are compiled all the
same; the exit code is 1 then. A .pyc is written whole or not at all.`,
		Example: `  pyc compile src                          # src/__pycache__/*.cpython-314.pyc
  pyc compile --python 3.13,3.14 -O 0,2 src  # two versions, two levels each
  pyc compile --layout sourceless --out build src
  pyc compile --destdir /app --json src    # stored as /app/...; report as JSON lines`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args) },
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringSliceVar(&f.versions, "python", []string{pyver.Default.String()}, "Python `VERSION`s to compile for, such as 3.13,3.14")
	flags.IntSliceVarP(&f.optimize, "optimize", "O", []int{0}, "optimisation `LEVEL`s: 0, 1 (no asserts), 2 (no docstrings either)")
	flags.StringVar(&f.out, "out", "", "write below `DIR` instead of beside the sources")
	flags.StringVar(&f.layout, "layout", precompile.PyCache.String(), "`LAYOUT` of the outputs: pycache, or sourceless (NAME.pyc in the place of NAME.py)")
	flags.StringVar(&f.invalidation, "invalidation-mode", pyc.UncheckedHash.String(), "`MODE` of the header: unchecked-hash, checked-hash or timestamp")
	flags.IntVarP(&f.jobs, "jobs", "j", 0, "sources compiled at once; 0 for one per core")
	flags.StringVarP(&f.naming.strip, "stripdir", "s", "", "remove `DIR` from the beginning of stored file names")
	flags.StringVarP(&f.naming.prepend, "prependdir", "p", "", "put `DIR` before stored file names")
	flags.StringVarP(&f.naming.dest, "destdir", "d", "", "store file names as if the tree lay in `DIR`")
	f.compilers.register(flags)
	if f.compilers.batches != nil {
		f.compilers.batches.register(flags)
		for _, other := range []string{"cache", "disk-cache", "remote"} {
			if flags.Lookup(other) != nil {
				c.MarkFlagsMutuallyExclusive("remote-executor", other)
			}
		}
	}
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "report errors only")
	flags.BoolVar(&f.json, "json", false, "report as JSON on stdout, one object per line")
	registerCompletions(c)
	return c
}

// registerCompletions makes the shell offer the values of flags that have few.
func registerCompletions(c *cobra.Command) {
	var versions []string
	for _, v := range pyver.All() {
		versions = append(versions, v.String())
	}
	for flag, values := range map[string][]string{
		"python":            versions,
		"optimize":          {"0", "1", "2"},
		"compiler":          {compilerAuto, compilerNative, compilerCPython},
		"layout":            {"pycache", "sourceless"},
		"invalidation-mode": {"unchecked-hash", "checked-hash", "timestamp"},
	} {
		err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
		if err != nil {
			panic(err) // a flag that is not defined above
		}
	}
}

// A job is one source and all that is made of it.
type job struct {
	path    string
	modules []precompile.Module
}

// An outcome is what became of one module.
type outcome struct {
	module   precompile.Module
	warnings []compiler.Warning
	err      error
}

func (f *compileFlags) run(c *cobra.Command, args []string) error {
	plan, findErr, err := f.plan(args)
	if err != nil {
		return err
	}
	do, closeCompilers, err := f.open(c.Context())
	if err != nil {
		return err
	}
	defer closeCompilers()
	report := newReport(c.OutOrStdout(), c.ErrOrStderr(), f, len(plan))
	report.unlisted(findErr)
	do(c.Context(), plan, report.job)
	return report.finish(c.Context())
}

// open returns what compiles the sources of a plan, and what closes it.
func (f *compileFlags) open(ctx context.Context) (executor, func(), error) {
	if f.compilers.batches != nil && f.compilers.batches.wanted() {
		if f.compilers.compiler == compilerCPython || len(f.compilers.interpreters) > 0 {
			return nil, nil, errors.New("an executor has the native compiler only: --compiler and --interpreter do not go with it")
		}
		return f.compilers.batches.open(ctx)
	}
	underWay := f.jobs
	if f.jobs <= 0 {
		f.jobs = runtime.GOMAXPROCS(0)
		underWay = max(f.jobs, f.compilers.underWay())
	}
	f.compilers.processes = f.jobs
	chosen, err := f.compilers.choose(ctx)
	if err != nil {
		return nil, nil, err
	}
	return func(ctx context.Context, plan []job, report func([]outcome)) {
		parallel.InOrder(len(plan), underWay, func(i int) []outcome {
			return compileJob(ctx, chosen, plan[i])
		}, report)
	}, chosen.Close, nil
}

// plan lists what to compile. The first error is about sources that could not
// be listed; the rest is compiled all the same. The second is one of usage.
func (f *compileFlags) plan(args []string) (plan []job, findErr, err error) {
	targets, err := f.targets()
	if err != nil {
		return nil, nil, err
	}
	layout, err := precompile.ParseLayout(f.layout)
	if err != nil {
		return nil, nil, fmt.Errorf("--layout: %w", err)
	}
	if err := f.naming.check(); err != nil {
		return nil, nil, err
	}
	files, findErr := precompile.Find(args)
	owners := map[string]string{}
	for _, file := range files {
		name, err := f.naming.name(file)
		if err != nil {
			return nil, nil, err
		}
		j := job{path: file.Path}
		for _, m := range targets {
			m.Source, m.Name = file.Path, name
			if m.Output, err = layout.Output(f.place(file), m.Version, m.Optimize); err != nil {
				return nil, nil, err
			}
			if owner, ok := owners[m.Output]; ok {
				return nil, nil, fmt.Errorf("%s would be written twice: from %s and from %s for Python %v at level %d",
					m.Output, owner, file.Path, m.Version, m.Optimize)
			}
			owners[m.Output] = file.Path
			j.modules = append(j.modules, m)
		}
		plan = append(plan, j)
	}
	return plan, findErr, nil
}

// place returns the path that the output is to lie beside.
func (f *compileFlags) place(file precompile.File) string {
	if f.out == "" {
		return file.Path
	}
	return filepath.Join(f.out, filepath.FromSlash(file.Rel))
}

// targets returns a module for each combination of version and level, with
// everything set but the files.
func (f *compileFlags) targets() ([]precompile.Module, error) {
	mode, err := pyc.ParseInvalidation(f.invalidation)
	if err != nil {
		return nil, fmt.Errorf("--invalidation-mode: %w", err)
	}
	if len(f.versions) == 0 || len(f.optimize) == 0 {
		return nil, errors.New("--python and --optimize need a value")
	}
	var targets []precompile.Module
	for _, s := range f.versions {
		v, err := pyver.Parse(s)
		if err != nil {
			return nil, fmt.Errorf("--python: %w", err)
		}
		for _, level := range f.optimize {
			if err := (compiler.Options{Version: v, Optimize: level}).Check(); err != nil {
				return nil, fmt.Errorf("--optimize: %w", err)
			}
			m := precompile.Module{Version: v, Optimize: level, Invalidation: mode}
			if !slices.Contains(targets, m) {
				targets = append(targets, m)
			}
		}
	}
	return targets, nil
}

func compileJob(ctx context.Context, c compiler.Compiler, j job) []outcome {
	outcomes := make([]outcome, 0, len(j.modules))
	source, err := precompile.ReadSource(j.path)
	for _, m := range j.modules {
		o := outcome{module: m, err: err}
		if err == nil && ctx.Err() != nil {
			o.err = fmt.Errorf("compiling %s: %w", j.path, ctx.Err())
		} else if err == nil {
			o.warnings, o.err = precompile.CompileSource(ctx, c, source, m)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}
