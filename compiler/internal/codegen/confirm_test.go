package codegen_test

import (
	_ "embed"
	"fmt"
	"os"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/codegen"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed testdata/oracle.py
var oracleScript string

// maxShown bounds how many files that differ are described.
const maxShown = 10

// sampleEvery is how many files there are to one that is compared by default.
const sampleEvery = 10

// TestConfirm compares the instructions of all units of an interpreter's
// standard library, its tests included, with the interpreter's own, before the
// flow graph: of all files if PYC_TEST_STDLIB is set, which takes minutes.
func TestConfirm(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles whole standard libraries")
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		if !codegen.Covers(v) {
			t.Skipf("no code is generated for %v", v)
		}
		oracle, ours := testpython.Start(t, python, oracleScript), newDumper(v)
		equal, shown := 0, 0
		files := testpython.Sample(t, testpython.Sources(t, testpython.Stdlib(t, python)), sampleEvery)
		for _, path := range files {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got, want := ours.dump(src, 0), oracle.Ask(t, fmt.Sprintf("0 %s", path))
			if got == want {
				equal++
			} else if shown++; shown <= maxShown {
				t.Errorf("%s:\n%s", path, testpython.Difference(got, want))
			}
		}
		t.Logf("%d files, %d equal", len(files), equal)
		if equal == 0 {
			t.Error("no file is equal")
		}
	})
}
