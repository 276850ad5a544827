package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// The variables that say what stands behind this program when it is started in
// the place of an interpreter.
const (
	realVariable    = "PYC_PYTHON"         // path or name of the real interpreter
	versionVariable = "PYC_PYTHON_VERSION" // version to compile for
	depthVariable   = "PYC_PYTHON_DEPTH"   // how often a call has been handed over
)

// maxDepth is how often a call is handed over before that is taken for a loop:
// an interpreter that starts programs which start interpreters counts, too.
const maxDepth = 16

// errNotOurs says that the interpreter is of a version, or a kind, whose files
// this program does not write.
var errNotOurs = errors.New("not a version to compile for here")

// real returns the path of the interpreter that this program stands for: the
// one that PYC_PYTHON names, or else the next of the same name on PATH.
func (p pythonCall) real() (string, error) {
	if name := os.Getenv(realVariable); name != "" {
		path, err := exec.LookPath(name)
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err == nil && isThisProgram(path) {
			err = errors.New("it is this program")
		}
		if err != nil {
			return "", fmt.Errorf("the interpreter that %s names: %w", realVariable, err)
		}
		return path, nil
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if dir == "" {
			continue // the working directory, which nobody means
		}
		path, err := exec.LookPath(filepath.Join(dir, p.name))
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err == nil && !isThisProgram(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no %s on PATH but this program; name the real interpreter in %s", p.name, realVariable)
}

// isThisProgram reports whether a file is this program, or a copy of it.
func isThisProgram(path string) bool {
	self, err := os.Executable()
	if err != nil {
		return false
	}
	a, errA := os.Stat(self)
	b, errB := os.Stat(path)
	if errA != nil || errB != nil || a.Size() != b.Size() {
		return false
	}
	if os.SameFile(a, b) {
		return true
	}
	mine, errA := os.ReadFile(self)
	other, errB := os.ReadFile(path)
	return errA == nil && errB == nil && bytes.Equal(mine, other)
}

// version returns the version to compile for: that of the name, of
// PYC_PYTHON_VERSION, or of the real interpreter. That they contradict each
// other is an error: files of a wrong version would be used nowhere.
func (p pythonCall) version(ctx context.Context) (pyver.Version, error) {
	var found pyver.Version
	var from string
	for _, claim := range []struct{ from, version string }{
		{"the name " + p.name, versionOf(p.name)},
		{versionVariable, os.Getenv(versionVariable)},
		{realVariable, versionOf(os.Getenv(realVariable))},
	} {
		if claim.version == "" {
			continue
		}
		v, err := pyver.Parse(claim.version)
		switch {
		case err != nil && claim.from == versionVariable:
			return 0, fmt.Errorf("%s: %w", versionVariable, err)
		case err != nil:
			return 0, errNotOurs
		case found != 0 && v != found:
			return 0, fmt.Errorf("%s says Python %v, but %s says %v", from, found, claim.from, v)
		}
		found, from = v, claim.from
	}
	if found != 0 {
		return found, nil
	}
	real, err := p.real()
	if err != nil {
		return 0, fmt.Errorf("which version to compile for is not known: name it in %s, or start this program as python3.X: %w", versionVariable, err)
	}
	return askVersion(ctx, real)
}

// versionOf returns the version in the name of an interpreter, if there is one.
func versionOf(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".exe")
	if pythonName.MatchString(name) && strings.Contains(name, ".") {
		return strings.TrimPrefix(name, "python")
	}
	return ""
}

// askVersion returns the version of an interpreter: that of the name of the
// file which a link leads to, or what it says itself.
func askVersion(ctx context.Context, python string) (pyver.Version, error) {
	if target, err := filepath.EvalSymlinks(python); err == nil {
		if v, err := pyver.Parse(versionOf(target)); err == nil {
			return v, nil
		}
	}
	out, err := exec.CommandContext(ctx, python, "-I", "-S", "-c", "import sys; print(sys.implementation.cache_tag)").Output()
	if err != nil {
		return 0, fmt.Errorf("asking %s for its version: %w", python, err)
	}
	v, ok := pyver.FromCacheTag(strings.TrimSpace(string(out)))
	if !ok {
		return 0, errNotOurs
	}
	return v, nil
}

// handOver has the real interpreter do what was asked. It returns only if that
// fails, or on systems where a process cannot become another program.
func (p pythonCall) handOver() int {
	code, err := p.become()
	if err != nil {
		fmt.Fprintf(os.Stderr, "pyc, as %s: %v\n", p.name, err)
		return exitFailed
	}
	return code
}

func (p pythonCall) become() (int, error) {
	path, err := p.real()
	if err != nil {
		return 0, err
	}
	depth, err := strconv.Atoi(os.Getenv(depthVariable))
	if err != nil {
		depth = 0
	}
	if depth >= maxDepth {
		return 0, fmt.Errorf("%s has been called %d times from itself; %s must name an interpreter that does not lead back here", path, depth, realVariable)
	}
	env := append(os.Environ(), depthVariable+"="+strconv.Itoa(depth+1))
	code, err := replaceProcess(path, append([]string{path}, p.args...), env)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w (or the interpreter of a script, or the loader)", err)
	}
	if err != nil {
		return 0, fmt.Errorf("starting %s: %w", path, err)
	}
	return code, nil
}
