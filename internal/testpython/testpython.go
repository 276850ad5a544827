// Package testpython finds the real CPython interpreters that tests compare
// with.
//
// An interpreter of version 3.X is taken from the environment variable
// PYC_PYTHON_3_X, or else is python3.X on PATH. A version that is absent skips
// the test with the reason. If PYC_REQUIRE_PYTHONS is set, to a list such as
// "3.13,3.14", those versions must be there and the others are left out.
package testpython

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// Each runs f as a subtest for every supported version, or every required one,
// with the path of its interpreter.
func Each(t *testing.T, f func(t *testing.T, v pyver.Version, python string)) {
	t.Helper()
	for _, v := range pyver.All() {
		if len(required()) > 0 && !slices.Contains(required(), v.String()) {
			continue
		}
		t.Run(v.String(), func(t *testing.T) { f(t, v, Get(t, v)) })
	}
}

// Get returns the path of the interpreter of version v, or ends the test: it
// fails when the version is required and skips when it is not.
func Get(t testing.TB, v pyver.Version) string {
	t.Helper()
	python, err := Find(v)
	if err == nil {
		return python
	}
	if slices.Contains(required(), v.String()) {
		t.Fatalf("Python %v is required: %v", v, err)
	}
	t.Skipf("no Python %v: %v; put it on PATH or name it in %s", v, err, variable(v))
	return ""
}

// required returns the versions that must be there.
func required() []string {
	return strings.FieldsFunc(os.Getenv("PYC_REQUIRE_PYTHONS"), func(r rune) bool { return r == ',' })
}

// Find returns the path of the interpreter of version v. A python3.X on PATH
// that does not run (the shim of a version manager for a version that is not
// selected) counts as absent.
func Find(v pyver.Version) (string, error) {
	name := os.Getenv(variable(v))
	if name == "" {
		name = "python" + v.String()
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	out, err := exec.Command(path, "-I", "-S", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		return "", err
	}
	// A wrapper may set up the loader for the program that it runs, so that
	// sys.executable alone would not start: keep the wrapper then.
	if exe := strings.TrimSpace(string(out)); exec.Command(exe, "-I", "-S", "-c", "").Run() == nil {
		path = exe
	}
	return filepath.Abs(path)
}

// Stdlib returns the folder of the interpreter's standard library.
func Stdlib(t testing.TB, python string) string {
	t.Helper()
	out, err := exec.Command(python, "-I", "-S", "-c", "import os; print(os.path.dirname(os.__file__))").Output()
	if err != nil {
		t.Fatalf("asking %s for its standard library: %v", python, err)
	}
	return strings.TrimSpace(string(out))
}

func variable(v pyver.Version) string {
	return "PYC_PYTHON_" + strings.ReplaceAll(v.String(), ".", "_")
}
