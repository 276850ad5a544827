package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rules-pyc/rules_pyc/compileall"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// compileallFlags are the flags that pyc compileall has beside those of
// Python's.
type compileallFlags struct {
	version   string
	compilers compilerFlags
}

func (f *compileallFlags) register() *pflag.FlagSet {
	flags := pflag.NewFlagSet("compileall", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.StringVar(&f.version, "python", pyver.Default.String(), "Python `VERSION` to compile for")
	f.compilers.register(flags)
	return flags
}

// compileallHelp is what there is to say after Python's flags.
func compileallHelp() string {
	return `
Flags that are not Python's, and not to be abbreviated:
` + new(compileallFlags).register().FlagUsages() + `
The environment counts as it does for Python: SOURCE_DATE_EPOCH, PYTHONOPTIMIZE,
PYTHONPYCACHEPREFIX. PYC_INVALIDATION_MODE is the mode without
--invalidation-mode.
`
}

func newCompileall() *cobra.Command {
	return &cobra.Command{
		Use:   "compileall [FLAG]... [FILE|DIR]...",
		Short: "Do what python -m compileall does, without Python",
		Long: `Compile files and folders as "python -m compileall" does: the same command line,
files, messages and exit codes. Without a FILE or DIR, the folders of sys.path
are compiled, which an interpreter is asked for.

Flags of Python's, which may be abbreviated as there:
` + compileall.Help() + compileallHelp(),
		Example: `  pyc compileall -q src                      # as python3.14 -m compileall -q src
  pyc compileall --python 3.13 -b -o 2 --invalidation-mode unchecked-hash src`,
		DisableFlagParsing: true, // argparse's rules are others
		ValidArgsFunction: func(_ *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if !strings.HasPrefix(toComplete, "-") {
				return nil, cobra.ShellCompDirectiveDefault
			}
			names := compileall.OptionNames()
			new(compileallFlags).register().VisitAll(func(flag *pflag.Flag) {
				_, usage := pflag.UnquoteUsage(flag)
				names = append(names, "--"+flag.Name+"\t"+usage)
			})
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: runCompileall,
	}
}

func runCompileall(c *cobra.Command, args []string) error {
	var f compileallFlags
	args, err := takeFlags(args, f.register())
	if err != nil {
		return err
	}
	v, err := pyver.Parse(f.version)
	if err != nil {
		return fmt.Errorf("--python: %w", err)
	}
	config, err := compileallConfig(os.Getenv)
	if err != nil {
		return err
	}
	chosen, err := f.compilers.choose(c.Context())
	if err != nil {
		return err
	}
	defer chosen.Close()
	config.Prog = c.CommandPath()
	config.Help = compileallHelp()
	config.Version, config.Compiler = v, chosen
	config.SearchPath = func(ctx context.Context) ([]string, error) {
		python, err := f.compilers.interpreter(v)
		if err != nil {
			return nil, err
		}
		return searchPath(ctx, python)
	}
	config.Stdin, config.Stdout, config.Stderr = c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr()
	if code := compileall.Main(c.Context(), args, config); code != exitOK {
		return exitCode(code)
	}
	return nil
}

// interpreter returns the path of the interpreter of version v.
func (f *compilerFlags) interpreter(v pyver.Version) (string, error) {
	named := ""
	for _, pair := range f.interpreters {
		if path, ok := strings.CutPrefix(pair, v.String()+"="); ok {
			named = path
		}
	}
	return cpython.Find(v, named)
}

// compileallConfig returns what an environment says about how to compile.
func compileallConfig(getenv func(string) string) (c compileall.Config, err error) {
	c.Invalidation = pyc.Timestamp
	if getenv("SOURCE_DATE_EPOCH") != "" {
		c.Invalidation = pyc.CheckedHash
	}
	if mode := getenv("PYC_INVALIDATION_MODE"); mode != "" {
		if c.Invalidation, err = pyc.ParseInvalidation(mode); err != nil {
			return c, fmt.Errorf("PYC_INVALIDATION_MODE: %w", err)
		}
	}
	c.CachePrefix = getenv("PYTHONPYCACHEPREFIX")
	if level := getenv("PYTHONOPTIMIZE"); level != "" {
		n, err := strconv.Atoi(level)
		switch {
		case err != nil || n < 0:
			n = 1 // as Python has it
		case n > 2:
			return c, fmt.Errorf("PYTHONOPTIMIZE=%s: the levels are 0, 1 and 2", level)
		}
		c.Optimize = n
	}
	return c, nil
}

// printSearchPath prints sys.path as a module that is run with -m sees it.
const printSearchPath = `import os, sys
path = sys.path
if not sys.flags.safe_path: path[0] = os.getcwd()
sys.stdout.buffer.write(b'\0'.join(map(os.fsencode, path)))`

// searchPath returns the sys.path of an interpreter that is started with flags.
func searchPath(ctx context.Context, python string, flags ...string) ([]string, error) {
	out, err := exec.CommandContext(ctx, python, append(flags, "-c", printSearchPath)...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("asking %s for sys.path: %w", python, err)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return strings.Split(string(out), "\x00"), nil
}
