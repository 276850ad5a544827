package compileall

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A target is a file to write at an optimisation level.
type target struct {
	level int
	path  string
}

// file compiles one file at all levels, if it is one to compile, and reports
// whether all went well.
//
// CPython: Lib/compileall.py, compile_file.
func (out *outcome) file(ctx context.Context, path string, names naming) bool {
	name, note, err := names.name(path, out.Version)
	if note != "" {
		out.tell(quietErrors, "%s", note)
	}
	if err == nil {
		err = out.check()
	}
	if err != nil {
		out.fatal = err
		return false
	}
	wanted, err := out.isWanted(path)
	if err != nil {
		out.fatal = err
		return false
	}
	if !wanted {
		return true
	}
	targets, err := out.targets(path)
	if err != nil {
		out.fatal = err
		return false
	}
	if !out.force && out.isUpToDate(path, targets) {
		return true
	}
	out.tell(quietNothing, "Compiling %s...", out.repr(path))
	message, err := out.compile(ctx, path, name, targets)
	switch {
	case err != nil && ctx.Err() == nil:
		fmt.Fprintf(&out.stderr, "%s: %v\n", out.Prog, err)
	case message != "":
		if out.quiet == quietErrors {
			out.tell(quietErrors, "*** Error compiling %s...", out.repr(path))
			out.tell(quietErrors, "%s", message)
		} else {
			out.tell(quietNothing, "*** %s", message)
		}
	}
	return err == nil && message == ""
}

// tell is say for what is printed when the file's turn has come.
func (out *outcome) tell(limit int, format string, args ...any) {
	if out.quiet <= limit {
		fmt.Fprintf(&out.stdout, format+"\n", args...)
	}
}

// isWanted reports whether a path is that of a source to compile.
func (out *outcome) isWanted(path string) (bool, error) {
	if out.excluded != nil {
		if matches, err := out.excluded.MatchString(path); matches || err != nil {
			return false, err
		}
	}
	if out.linkDest != "" && isLink(path) && !leadsInto(path, out.linkDest) {
		return false, nil
	}
	return strings.HasSuffix(path, ".py") && isRegular(path), nil
}

// leadsInto reports whether a link leads to a file in a folder or below it.
func leadsInto(link, dir string) bool {
	file, err := realPath(link)
	if err != nil {
		return false
	}
	if dir, err = realPath(dir); err != nil {
		return false
	}
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != "." && filepath.IsLocal(rel)
}

func realPath(path string) (string, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// targets lists the files to write, in the order of their levels.
func (out *outcome) targets(source string) ([]target, error) {
	var all []target
	for _, level := range out.levels {
		t := target{level: level, path: source + "c"}
		if level == interpreterLevel {
			t.level = out.Optimize
		}
		if !out.legacy {
			var err error
			if t.path, err = cachePath(source, out.Version, max(t.level, 0), out.CachePrefix); err != nil {
				return nil, err
			}
		}
		all = append(all, t)
	}
	return all, nil
}

// isUpToDate reports whether all targets are there with the source's time
// stamp. Others, with hashes, are always made again.
func (out *outcome) isUpToDate(source string, targets []target) bool {
	info, err := os.Stat(source)
	if err != nil {
		return false
	}
	want := binary.LittleEndian.AppendUint16(nil, out.Version.Magic())
	want = append(want, '\r', '\n', 0, 0, 0, 0)
	want = binary.LittleEndian.AppendUint32(want, uint32(pythonSeconds(info.ModTime())))
	for _, t := range targets {
		if got, err := readHead(t.path, len(want)); err != nil || !bytes.Equal(got, want) {
			return false
		}
	}
	return true
}

// readHead returns the first n bytes of a file.
func readHead(path string, n int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	head := make([]byte, n)
	_, err = io.ReadFull(f, head)
	return head, errors.Join(err, f.Close())
}

// pythonSeconds returns a file's time in whole seconds, as Python has it: the
// time is a float first, which can round the last nanoseconds of a second up.
func pythonSeconds(t time.Time) int64 {
	nanoseconds := float64(t.Nanosecond()) * 1e-9
	return int64(float64(t.Unix()) + nanoseconds)
}

// compile writes the targets. The message is what compileall prints of an
// error; what it knows nothing of is in the error.
//
// CPython: Lib/py_compile.py, compile.
func (out *outcome) compile(ctx context.Context, path, name string, targets []target) (message string, err error) {
	for i, t := range targets {
		if message := checkOutput(t.path); message != "" {
			return message, nil
		}
		source, err := precompile.ReadSource(path)
		if err != nil {
			return describe(err, path, out.Version)
		}
		source.ModTime = time.Unix(pythonSeconds(source.ModTime), 0)
		m := precompile.Module{
			Source: path, Name: name, Output: t.path,
			Version: out.Version, Optimize: t.level, Invalidation: out.invalidation(),
		}
		if t.level < 0 || t.level > 2 {
			return "Sorry: ValueError: compile(): invalid optimize value", nil
		}
		warnings, err := precompile.CompileSource(ctx, out.Compiler, source, m)
		for _, w := range warnings {
			fmt.Fprintln(&out.stderr, w)
		}
		if err != nil {
			return describe(err, t.path, out.Version)
		}
		if i > 0 && out.hardlinkDupes {
			if err := linkEqual(targets[i-1].path, t.path); err != nil {
				return describe(err, t.path, out.Version)
			}
		}
	}
	return "", nil
}

// linkEqual makes two files with equal contents one file with two names.
func linkEqual(first, second string) error {
	if first == second {
		return nil
	}
	a, err := os.ReadFile(first)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(second)
	if err != nil || !bytes.Equal(a, b) {
		return err
	}
	// A name that does not end in .pyc is nobody's output.
	temp := filepath.Join(filepath.Dir(second), "."+filepath.Base(second)+".link")
	if err := os.Link(first, temp); err != nil {
		return err
	}
	if err := os.Rename(temp, second); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}

// describe returns an error as compileall prints it, or else the error.
func describe(err error, path string, v pyver.Version) (string, error) {
	var s *compiler.SyntaxError
	if errors.As(err, &s) {
		return describeSource(s), nil
	}
	if message, ok := describeOSError(err, path, v); ok {
		return message, nil
	}
	return "", err
}

// describeSource returns an error of the source as py_compile prints it.
//
// CPython: Lib/py_compile.py, PyCompileError.
func describeSource(e *compiler.SyntaxError) string {
	switch e.Class {
	case "SyntaxError":
		return e.Error() + "\n"
	case "IndentationError", "TabError", "_IncompleteInputError":
		return fmt.Sprintf("Sorry: %s: %s (%s, line %d)", e.Class, e.Message, filepath.Base(e.Filename), e.Line)
	}
	return fmt.Sprintf("Sorry: %s: %s", e.Class, e.Message)
}
