package worker

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A commandLine is what the arguments of the worker and those of a request say
// together. The flags, and what they are when absent, are those of
// rules_python's precompiler, with two differences: the Python version counts,
// and so must be there; and flags cannot be abbreviated.
type commandLine struct {
	sources, names, outputs []string // in step
	optimize                int
	invalidation            pyc.Invalidation
	version                 pyver.Version // zero if absent

	persistent  bool // start as a worker
	serial      bool // one request at a time
	logRequests bool
}

// parse reads arguments. Each flag is followed by its value, in the next
// argument or after "=". Of a flag that is there several times and names no
// file, the last one counts.
func parse(args []string) (*commandLine, error) {
	// What rules_python's precompiler does when no mode is given.
	c := &commandLine{invalidation: pyc.CheckedHash}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, value, joined := strings.Cut(arg, "=")
		switch {
		case arg == persistentFlag:
			c.persistent = true
			continue
		case name == persistentFlag:
			return nil, fmt.Errorf("flag %s takes no value", name)
		case !slices.Contains(valueFlags(), name):
			return nil, unknownArgument(arg)
		case joined:
		case len(args) == 0 || strings.HasPrefix(args[0], "--"):
			return nil, fmt.Errorf("flag %s lacks its value; a value that starts with -- is given as %s=VALUE", name, name)
		default:
			value, args = args[0], args[1:]
		}
		if err := c.set(name, value); err != nil {
			return nil, fmt.Errorf("flag %s: %w", name, err)
		}
	}
	return c, nil
}

const persistentFlag = "--persistent_worker"

// valueFlags lists the flags that have a value.
func valueFlags() []string {
	return []string{
		"--src", "--src_name", "--pyc", "--optimize", "--invalidation_mode", "--python_version",
		"--log_level", "--worker_impl",
	}
}

func unknownArgument(arg string) error {
	what := "argument"
	if strings.HasPrefix(arg, "-") {
		what = "flag"
		arg, _, _ = strings.Cut(arg, "=")
	}
	return fmt.Errorf("unknown %s %q; the flags are %s and %s", what, arg, strings.Join(valueFlags(), ", "), persistentFlag)
}

func (c *commandLine) set(name, value string) (err error) {
	switch name {
	case "--src":
		c.sources = append(c.sources, value)
	case "--src_name":
		c.names = append(c.names, value)
	case "--pyc":
		c.outputs = append(c.outputs, value)
	case "--optimize":
		c.optimize, err = parseOptimize(value)
	case "--invalidation_mode":
		c.invalidation, err = pyc.ParseInvalidation(strings.ToLower(value))
	case "--python_version":
		c.version, err = pyver.Parse(value)
	case "--log_level":
		c.logRequests, err = parseLogLevel(value)
	case "--worker_impl":
		c.serial, err = parseImpl(value)
	}
	return err
}

// parseOptimize reads an optimisation level. -1 is that of the interpreter
// which compiles, where there is one; it is 0 unless somebody says otherwise.
func parseOptimize(s string) (int, error) {
	level, err := strconv.Atoi(s)
	if err != nil || level < -1 || level > 2 {
		return 0, fmt.Errorf("optimisation level %q is not 0, 1 or 2", s)
	}
	return max(level, 0), nil
}

// parseLogLevel reads a level of Python's logging module, and reports whether
// requests are logged at it.
func parseLogLevel(s string) (requests bool, err error) {
	switch strings.ToUpper(s) {
	case "DEBUG", "INFO":
		return true, nil
	case "WARNING", "ERROR", "CRITICAL":
		return false, nil
	}
	return false, fmt.Errorf("log level %q is none of DEBUG, INFO, WARNING, ERROR, CRITICAL", s)
}

// parseImpl reads how rules_python's precompiler is to carry out requests, and
// reports whether that is one at a time.
func parseImpl(s string) (serial bool, err error) {
	switch s {
	case "serial":
		return true, nil
	case "async":
		return false, nil
	}
	return false, fmt.Errorf("worker implementation %q is not serial or async", s)
}

// A job is a module to compile, and the paths of it that the user knows:
// those of the request, without the sandbox that they are in.
type job struct {
	precompile.Module
	source, output string
}

// jobs lists the modules of a command line, whose paths are within sandbox.
func (c *commandLine) jobs(sandbox string) ([]job, error) {
	switch {
	case len(c.sources) == 0 && len(c.names) == 0 && len(c.outputs) == 0:
		return nil, errors.New("there is nothing to compile: --src, --src_name and --pyc are missing")
	case len(c.sources) != len(c.names) || len(c.sources) != len(c.outputs):
		return nil, fmt.Errorf("--src, --src_name and --pyc must be given equally often, but are given %d, %d and %d times",
			len(c.sources), len(c.names), len(c.outputs))
	case c.version == 0:
		return nil, errors.New("--python_version is missing: a .pyc file is for one version of Python, such as 3.14")
	}
	jobs := make([]job, len(c.sources))
	seen := make(map[string]bool, len(jobs))
	for i := range jobs {
		j := job{
			Module: precompile.Module{
				Source:       within(sandbox, c.sources[i]),
				Name:         c.names[i],
				Output:       within(sandbox, c.outputs[i]),
				Version:      c.version,
				Optimize:     c.optimize,
				Invalidation: c.invalidation,
			},
			source: c.sources[i],
			output: c.outputs[i],
		}
		if j.source == "" || j.output == "" {
			return nil, errors.New("--src and --pyc must not be empty")
		}
		if seen[j.Output] {
			return nil, fmt.Errorf("two modules have the same --pyc %s", j.output)
		}
		seen[j.Output] = true
		jobs[i] = j
	}
	return jobs, nil
}
