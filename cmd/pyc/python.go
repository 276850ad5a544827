package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/compileall"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A pythonCall is this program started in the place of a Python interpreter.
type pythonCall struct {
	name string // under which it was started, such as python3.14
	args []string
}

// pythonName matches the names of interpreters. The group is the version, if
// the name has one.
var pythonName = regexp.MustCompile(`^python(?:3(?:\.[0-9]+)?)?$`)

// asPython recognises a start in the place of an interpreter: under the name of
// one, or with options of one that end in "-m MODULE".
func asPython(argv []string) (pythonCall, bool) {
	if len(argv) == 0 {
		return pythonCall{}, false
	}
	name := strings.TrimSuffix(filepath.Base(argv[0]), ".exe")
	if pythonName.MatchString(name) {
		return pythonCall{name, argv[1:]}, true
	}
	line, ok := parsePython(argv[1:])
	return pythonCall{"python3", argv[1:]}, ok && line.module != ""
}

// A pythonLine is the command line of an interpreter that runs a module.
type pythonLine struct {
	flags     []string // those before -m
	optimize  int      // how often -O is given
	ignoreEnv bool     // PYTHON* variables do not count
	module    string
	args      []string // of the module
}

// plainFlags are the flags of an interpreter that have no value and no effect
// on how it compiles, but for -E, -I and -O.
const plainFlags = "BEIOPSqsu"

// plainX are the values of -X that have no effect on how it compiles.
var plainX = []string{"faulthandler", "utf8", "utf8=1"}

// parsePython understands a command line if all that it has before -m MODULE is
// without effect on how files are compiled, or known here.
func parsePython(args []string) (line pythonLine, ok bool) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if len(arg) < 2 || arg[0] != '-' || arg[1] == '-' {
			return line, false
		}
		for n := 1; n < len(arg); n++ {
			c := arg[n]
			if c != 'm' && c != 'X' {
				if !strings.ContainsRune(plainFlags, rune(c)) {
					return line, false
				}
				line.flag(c)
				continue
			}
			value := arg[n+1:]
			if value == "" {
				if i++; i == len(args) {
					return line, false
				}
				value = args[i]
			}
			if c == 'm' {
				line.module, line.args = value, args[i+1:]
				return line, true
			}
			if !slices.Contains(plainX, value) {
				return line, false
			}
			line.flags = append(line.flags, "-X", value)
			break
		}
	}
	return line, false
}

func (l *pythonLine) flag(c byte) {
	l.flags = append(l.flags, "-"+string(c))
	switch c {
	case 'O':
		l.optimize++
	case 'E', 'I':
		l.ignoreEnv = true
	}
}

// run does what the interpreter would: compileall is done here, everything else
// by the real interpreter.
func (p pythonCall) run(ctx context.Context) int {
	line, ok := parsePython(p.args)
	if !ok || line.module != "compileall" || line.optimize > 2 {
		return p.handOver()
	}
	v, err := p.version(ctx)
	if errors.Is(err, errNotOurs) {
		return p.handOver()
	}
	if err == nil {
		var code int
		if code, err = p.compileall(ctx, line, v); err == nil {
			return code
		}
	}
	fmt.Fprintf(os.Stderr, "pyc, as %s: %v\n", p.name, err)
	return exitFailed
}

// compileall carries out "-m compileall".
func (p pythonCall) compileall(ctx context.Context, line pythonLine, v pyver.Version) (int, error) {
	getenv := os.Getenv
	if line.ignoreEnv {
		getenv = func(name string) string {
			if strings.HasPrefix(name, "PYTHON") {
				return ""
			}
			return os.Getenv(name)
		}
	}
	config, err := compileallConfig(getenv)
	if err != nil {
		return 0, err
	}
	f := compilerFlags{compiler: compilerAuto, timeout: defaultTimeout}
	if real, err := p.real(); err == nil {
		f.interpreters = []string{v.String() + "=" + real}
	}
	chosen, err := f.choose(ctx)
	if err != nil {
		return 0, err
	}
	defer chosen.Close()
	config.Prog = p.name + " -m compileall"
	config.Version, config.Compiler = v, chosen
	config.Optimize = max(config.Optimize, line.optimize)
	config.SearchPath = func(ctx context.Context) ([]string, error) {
		real, err := p.real()
		if err != nil {
			return nil, err
		}
		return searchPath(ctx, real, line.flags...)
	}
	config.Stdin, config.Stdout, config.Stderr = os.Stdin, os.Stdout, os.Stderr
	return compileall.Main(ctx, line.args, config), nil
}
