package flowgraph

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The goldens in testdata/golden are what dump.py says of the sources there,
// and fuzz.py of some seeds. PYC_UPDATE_GOLDENS=1 go test -run GoldenConfirm
// writes them anew.

func goldenPath(v pyver.Version, kind string) string {
	return filepath.Join("testdata", "golden", v.String()+"."+kind+".txt")
}

// eachTarget runs f for each version that has a target.
func eachTarget(t *testing.T, f func(t *testing.T, v pyver.Version)) {
	t.Helper()
	for _, v := range pyver.All() {
		if target.For(v) != nil {
			t.Run(v.String(), func(t *testing.T) { f(t, v) })
		}
	}
}

func readGolden(t *testing.T, v pyver.Version, kind string, f func(*dumpFile)) {
	t.Helper()
	data, err := os.ReadFile(goldenPath(v, kind))
	if err != nil {
		t.Fatal(err)
	}
	readDump(t, bytes.NewReader(data), f)
}

func TestGolden(t *testing.T) {
	eachTarget(t, func(t *testing.T, v pyver.Version) {
		r := newRig(v)
		readGolden(t, v, "sources", func(file *dumpFile) {
			t.Run(file.name, func(t *testing.T) {
				for i, u := range file.units {
					if !u.failed {
						r.checkOptimized(t, fmt.Sprintf("unit %d", i), u)
					}
				}
				code, err := pyc.Read(file.code, v)
				if err != nil {
					t.Fatal(err)
				}
				k := &codeCheck{rig: r, file: file, report: t.Errorf}
				k.run(t, 0, code)
			})
		})
	})
}

func TestRandomGolden(t *testing.T) {
	eachTarget(t, func(t *testing.T, v pyver.Version) {
		r := newRig(v)
		readGolden(t, v, "random", func(file *dumpFile) {
			if u := file.units[0]; !u.failed {
				r.checkOptimized(t, file.name, u)
				r.checkAssembled(t, file.name, u)
			}
		})
	})
}

func TestGoldenConfirm(t *testing.T) {
	eachTarget(t, func(t *testing.T, v pyver.Version) {
		python := testpython.Get(t, v)
		sources, err := filepath.Glob("testdata/golden/*.py")
		if err != nil {
			t.Fatal(err)
		}
		dump := []string{"-I", "-S", "../dump.py"}
		for _, path := range sources {
			dump = append(dump, filepath.Base(path))
		}
		for _, golden := range []struct {
			kind string
			args []string
		}{{"sources", dump}, {"random", strings.Fields("-I -S ../fuzz.py 3 6")}} {
			cmd := exec.Command(python, golden.args...)
			cmd.Dir = "testdata/golden"
			got, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			path := goldenPath(v, golden.kind)
			if os.Getenv("PYC_UPDATE_GOLDENS") != "" {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not what the interpreter says", path)
			}
		}
	})
}
