package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// interpreter compiles for a version that the toolchain names an interpreter of.
func (c *checkout) interpreter(t *testing.T) {
	python := testpython.Get(t, pyver.V313)
	if err := os.CopyFS(filepath.Join(c.dir, "interpreter"), os.DirFS("testdata/interpreter")); err != nil {
		t.Fatal(err)
	}
	c.edit(t, "interpreter/BUILD.bazel", func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte("/usr/bin/python3.13"), []byte(python))
	})
	c.run(t, "build", "//interpreter:greeting", "--extra_toolchains=//interpreter:pyc_toolchain")
	pyc := filepath.Join(c.bin(t), "greeting/greeting.pycs/cpython-313-pycache-unchecked_hash/_main/greeting/__pycache__/__init__.cpython-313.pyc")
	got, err := os.ReadFile(pyc)
	if err != nil {
		t.Fatal(err)
	}
	other := *c
	other.python = python
	if !bytes.Equal(got, other.reference(t, filepath.Join(c.dir, "greeting/__init__.py"), "greeting/__init__.py", 0, "UNCHECKED_HASH")) {
		t.Errorf("%s differs from what a fresh %s writes", pyc, python)
	}
}
