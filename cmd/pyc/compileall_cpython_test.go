package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// lookInside are the tests of CPython's that no other program can pass: they
// replace parts of the module compileall and look whether those are called.
var lookInside = []string{
	"test_compile_missing_multiprocessing",
	"test_compile_one_worker",
	"test_compile_pool_called",
	"test_compile_workers_cpu_count",
}

// TestCPythonsOwnTests runs test_compileall of CPython on this program, as the
// interpreter that the tests start and behind the functions that they call.
func TestCPythonsOwnTests(t *testing.T) {
	t.Parallel()
	python := testpython.Get(t, pyver.Default)
	if exec.Command(python, "-I", "-c", "import test.test_compileall").Run() != nil {
		t.Skipf("%s has no test suite: import test.test_compileall fails", python)
	}
	script, err := filepath.Abs("testdata/cpython/run_test_compileall.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-B", script, asInterpreter(t, "python"+pyver.Default.String()))
	cmd.Env = interpreterEnv("PYC_PYTHON=" + python)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	counts := map[string]int{}
	for line := range strings.Lines(string(out)) {
		outcome, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		counts[outcome]++
		_, test, _ := strings.Cut(name, ".")
		if mustFail := slices.Contains(lookInside, test); mustFail != (outcome == "failed") {
			t.Errorf("%s %s", outcome, name)
		}
	}
	t.Logf("%v", counts)
	if counts["passed"] < 100 {
		t.Errorf("%d tests passed, want most of them; output\n%s", counts["passed"], out)
	}
	if t.Failed() {
		t.Logf("%s", &stderr)
	}
}

// asInterpreter returns the path of this program under a name of an interpreter.
func asInterpreter(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// interpreterEnv is the environment without what it says to interpreters, for
// programs that start this one as a command.
func interpreterEnv(more ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PYTHON") || strings.HasPrefix(v, "PYC_") || strings.HasPrefix(v, "SOURCE_DATE_EPOCH=")
	})
	return append(env, append(more, asCommand+"=1")...)
}
