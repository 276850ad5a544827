// Package compileall is Python's command "python -m compileall": it takes the
// same command line, compiles the same files to the same places, prints the
// same messages and ends with the same exit codes, without being Python.
//
// The bytes are those of the compiler that it is given, with the header that
// compileall would write, and so the same in any order and on every machine.
//
// CPython: Lib/compileall.py, Lib/py_compile.py, Lib/argparse.py.
package compileall

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dlclark/regexp2"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/parallel"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Config is what an interpreter would know beside the command line.
type Config struct {
	Prog     string // what messages call the command
	Help     string // what --help prints after the options
	Version  pyver.Version
	Compiler compiler.Compiler
	// Optimize is the interpreter's own optimisation level, 0 to 2: what a
	// command line without -o asks for.
	Optimize int
	// CachePrefix is the folder below which the trees of __pycache__ files
	// are put, as sys.pycache_prefix; empty for beside the sources.
	CachePrefix string
	// Invalidation is the mode of the headers that a command line without
	// --invalidation-mode asks for.
	Invalidation pyc.Invalidation
	// SearchPath returns the interpreter's sys.path, for a command line that
	// names nothing to compile.
	SearchPath func(ctx context.Context) ([]string, error)

	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// The exit codes of the command.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// Main does what the arguments say and returns the exit code: 1 if anything
// could not be compiled, 2 if the arguments cannot be understood.
func Main(ctx context.Context, args []string, c Config) int {
	o, err := parseOptions(args)
	if err != nil {
		fmt.Fprintf(c.Stderr, "%s%s: error: %v\n", Usage(c.Prog), c.Prog, err)
		return exitUsage
	}
	if o.help {
		fmt.Fprintf(c.Stdout, "%s\n%s%s", Usage(c.Prog), Help(), c.Help)
		return exitOK
	}
	r := &run{Config: c, options: o}
	ok, err := r.all(ctx)
	switch {
	case ctx.Err() != nil:
		r.say(quietErrors, "\n[interrupted]")
		ok = false
	case err != nil:
		fmt.Fprintf(c.Stderr, "%s: %v\n", c.Prog, err)
		ok = false
	}
	if r.writeErr != nil {
		fmt.Fprintf(c.Stderr, "%s: writing messages: %v\n", c.Prog, r.writeErr)
		ok = false
	}
	if !ok {
		return exitFailed
	}
	return exitOK
}

// The values of -q up to which a message is printed.
const (
	quietNothing = 0 // messages about what goes well
	quietErrors  = 1 // messages about what does not
)

// A run is one command line being carried out.
type run struct {
	Config
	*options
	excluded *regexp2.Regexp // nil without -x
	writeErr error
}

// say prints a line on standard output unless the command is to be quieter than
// limit.
func (r *run) say(limit int, format string, args ...any) {
	if r.quiet <= limit {
		r.print(fmt.Appendf(nil, format+"\n", args...))
	}
}

func (r *run) print(text []byte) {
	if _, err := r.Stdout.Write(text); err != nil && r.writeErr == nil {
		r.writeErr = err
	}
}

// all compiles what the command line names. The error is one that ends the
// work, as an exception does that compileall does not expect.
func (r *run) all(ctx context.Context) (ok bool, err error) {
	if r.exclude != "" {
		if r.excluded, err = compilePattern(r.exclude); err != nil {
			return false, fmt.Errorf("-x %s: %w", r.exclude, err)
		}
	}
	operands, ok, err := r.withList()
	if !ok || err != nil {
		return false, err
	}
	if len(operands) == 0 {
		return r.searchPath(ctx)
	}
	names := naming{dest: r.dest, strip: r.strip, prepend: r.prepend}
	for _, operand := range operands {
		var done bool
		if isRegular(operand) {
			done, err = r.entries(ctx, []entry{{path: operand}}, names)
		} else {
			done, err = r.folder(ctx, operand, names)
		}
		if err != nil || ctx.Err() != nil {
			return false, err
		}
		ok = ok && done
	}
	return ok, nil
}

// withList returns the operands and what the list of -i names. It is false if
// the list cannot be read, which it says.
func (r *run) withList() ([]string, bool, error) {
	if r.list == "" {
		return r.operands, true, nil
	}
	var data []byte
	var err error
	if r.list == "-" {
		data, err = io.ReadAll(r.Stdin)
	} else {
		data, err = os.ReadFile(r.list)
	}
	if err != nil {
		r.say(quietErrors, "Error reading file list %s", r.list)
		return nil, false, nil
	}
	if !utf8.Valid(data) {
		return nil, false, fmt.Errorf("-i %s: the list is not UTF-8", r.list)
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	operands := r.operands
	for line := range strings.Lines(strings.ReplaceAll(text, "\r", "\n")) {
		operands = append(operands, strings.TrimFunc(line, isSpace))
	}
	return operands, true, nil
}

// searchPath compiles the folders of sys.path, not those in them.
//
// Faithful: after a folder with an error the others are left out, and options
// other than -f, -q, -b and --invalidation-mode have no effect.
//
// CPython: Lib/compileall.py, compile_path.
func (r *run) searchPath(ctx context.Context) (bool, error) {
	dirs, err := r.SearchPath(ctx)
	if err != nil {
		return false, fmt.Errorf("nothing is named, so that sys.path would be compiled: %w", err)
	}
	plain := *r
	plain.options = &options{
		force: r.force, quiet: r.quiet, legacy: r.legacy, mode: r.mode,
		workers: usesAllCores, levels: []int{interpreterLevel},
	}
	plain.excluded = nil
	ok := true
	for _, dir := range dirs {
		if dir == "" || dir == "." {
			r.say(quietErrors, "Skipping current directory")
			continue
		}
		if ok {
			if ok, err = plain.folder(ctx, dir, naming{}); err != nil {
				return false, err
			}
		}
	}
	return ok, nil
}

// folder compiles what is in a folder.
//
// CPython: Lib/compileall.py, compile_dir.
func (r *run) folder(ctx context.Context, dir string, names naming) (bool, error) {
	if r.workers < 0 {
		return false, errors.New("-j: workers must be greater or equal to 0")
	}
	return r.entries(ctx, walk(dir, r.maxLevels), names.inFolder(dir))
}

// entries compiles the files among entries, several at once, and prints what is
// to be said of each in the order of the entries.
func (r *run) entries(ctx context.Context, entries []entry, names naming) (ok bool, err error) {
	limit := r.workers
	if limit <= usesAllCores {
		limit = runtime.GOMAXPROCS(0)
	}
	ok = true
	next := 0 // the entry whose turn it is
	parallel.InOrder(len(entries), limit, func(i int) *outcome {
		if entries[i].isFolder || ctx.Err() != nil {
			return nil
		}
		out := &outcome{run: r}
		out.ok = out.file(ctx, entries[i].path, names)
		return out
	}, func(out *outcome) {
		e := entries[next]
		next++
		switch {
		case ctx.Err() != nil || err != nil:
		case e.unlisted:
			r.say(quietErrors, "Can't list %s", r.repr(e.path))
		case e.isFolder:
			r.say(quietNothing, "Listing %s...", r.repr(e.path))
		default:
			r.print(out.stdout.Bytes())
			fmt.Fprint(r.Stderr, out.stderr.String())
			ok, err = ok && out.ok, out.fatal
		}
	})
	return ok, err
}

func (r *run) repr(s string) string { return repr(s, r.Version) }

// invalidation returns the mode of the headers.
func (r *run) invalidation() pyc.Invalidation {
	if r.mode != nil {
		return *r.mode
	}
	return r.Invalidation
}

// An outcome is what became of one file.
type outcome struct {
	*run
	ok             bool
	stdout, stderr bytes.Buffer
	fatal          error // ends the whole work
}

// isSpace reports whether Python's str.strip removes a character.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }
