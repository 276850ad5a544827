package compiler_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A comparison compares the compiler with an interpreter's answers to cases.
type comparison func(t *testing.T, v pyver.Version, answers []byte)

// committed compares with the answers in testdata/KIND, which cases.py there got
// from interpreters.
func committed(t *testing.T, kind string, compare comparison) {
	t.Helper()
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) {
			answers, err := os.ReadFile(filepath.Join("testdata", kind, v.String()+".json"))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, v, answers)
		})
	}
}

// confirmed asks the interpreters.
func confirmed(t *testing.T, kind string, compare comparison) {
	t.Helper()
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		answers, err := exec.Command(python, "-I", "-S", "-B", filepath.Join("testdata", kind, "cases.py")).Output()
		if err != nil {
			t.Fatalf("asking %s: %v", python, err)
		}
		compare(t, v, answers)
	})
}
