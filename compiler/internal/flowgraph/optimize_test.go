package flowgraph

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func newRig(v pyver.Version) *rig {
	t := target.For(v)
	pool := object.NewPool(t.Shared)
	r := &rig{Compiler: New(t, pool), pool: pool}
	r.afterPass = r.check
	r.resetModule()
	return r
}

// checkOptimized compares optimizeCfg's result with CPython's, and returns
// whether they are equal.
func (r *rig) checkOptimized(t *testing.T, name string, u *dumpUnit) bool {
	t.Helper()
	r.resetModule()
	r.unit.Reset()
	r.emitAll(&r.unit.Instrs, u.instrs)
	r.emitAll(&r.unit.Annotations, u.annotations)
	for _, o := range r.constants(t, u.consts) {
		r.unit.Consts.Append(o)
	}
	r.addLocals(&r.unit, u.locals)
	out, err := r.optimizeCfg(&r.unit)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return false
	}
	if got, want := listing(plain(out)), listing(u.optimized); got != want {
		t.Errorf("%s: instructions differ from CPython's (-want +got):\n%s\nfrom\n%s\n%s", name, cmp.Diff(want, got), listing(u.instrs), describe(r.constants(t, u.consts)))
		return false
	}
	want := r.constants(t, u.optConsts)
	if got, want := describe(r.unit.Consts.List()), describe(want); got != want {
		t.Errorf("%s: constants are\n%s, want\n%s", name, got, want)
		return false
	}
	return true
}

func listing(instrs []instr.Instr) string {
	var b strings.Builder
	for i, in := range instrs {
		fmt.Fprintf(&b, "%d %v %d %d-%d %d-%d\n", i, in.Op, in.Arg,
			in.Loc.Start.Line, in.Loc.End.Line, in.Loc.Start.Col, in.Loc.End.Col)
	}
	return b.String()
}

// describe returns constants as text in which equal constants are equal.
func describe(consts []pyc.Object) string {
	var b bytes.Buffer
	for _, o := range consts {
		describe1(&b, o)
	}
	return b.String()
}

func describe1(b *bytes.Buffer, o pyc.Object) {
	switch o := o.(type) {
	case *pyc.Tuple:
		b.WriteString("(")
		for _, item := range o.Items {
			describe1(b, item)
		}
		b.WriteString(")")
	case *pyc.FrozenSet:
		fmt.Fprintf(b, "frozenset of %d ", len(o.Items))
	case *pyc.Slice:
		describe1(b, o.Start)
		b.WriteString(":")
		describe1(b, o.Stop)
		b.WriteString(":")
		describe1(b, o.Step)
	case *pyc.Int:
		fmt.Fprintf(b, "int %d %v ", o.Small, o.Big)
	case *pyc.Float:
		fmt.Fprintf(b, "float %b ", o.Value)
	case *pyc.Complex:
		fmt.Fprintf(b, "complex %b ", o.Value)
	case *pyc.Str:
		fmt.Fprintf(b, "str %q ", o.Value)
	case *pyc.Bytes:
		fmt.Fprintf(b, "bytes %q ", o.Value)
	case *pyc.Code:
		fmt.Fprintf(b, "code %s ", o.Name.Value)
	default:
		fmt.Fprintf(b, "%v ", o)
	}
}

// dumpOf runs dump.py over files and calls f for what it says.
func dumpOf(t testing.TB, python string, files []string, f func(*dumpFile)) {
	t.Helper()
	for len(files) > 0 {
		n := min(50, len(files))
		runDump(t, exec.Command(python, append([]string{"-I", "-S", "testdata/dump.py"}, files[:n]...)...), f)
		files = files[n:]
	}
}

func runDump(t testing.TB, cmd *exec.Cmd, f func(*dumpFile)) {
	t.Helper()
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	readDump(t, pipe, f)
	if _, err := io.Copy(io.Discard, pipe); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("running %v: %v", cmd.Args, err)
	}
}

// stdlib returns the files of an interpreter's standard library: all of them
// if PYC_TEST_STDLIB is set, otherwise some. PYC_TEST_FILES names other files.
func stdlib(t testing.TB, python string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(testpython.Stdlib(t, python), func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".py") && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if only := os.Getenv("PYC_TEST_FILES"); only != "" {
		return strings.Split(only, ",")
	}
	return testpython.Sample(t, files, 150)
}

// TestOptimizeConfirm compares the optimising passes with CPython's on every
// code unit of the standard library.
func TestOptimizeConfirm(t *testing.T) {
	for _, v := range pyver.All() {
		if target.For(v) == nil {
			continue
		}
		t.Run(v.String(), func(t *testing.T) {
			python := testpython.Get(t, v)
			r := newRig(v)
			units, equal, files := 0, 0, 0
			dumpOf(t, python, stdlib(t, python), func(file *dumpFile) {
				files++
				for i, u := range file.units {
					if u.failed {
						continue
					}
					units++
					if r.checkOptimized(t, fmt.Sprintf("%s, unit %d", file.name, i), u) {
						equal++
					} else if units-equal > 3 {
						t.Fatalf("%d of %d units are equal in %d files", equal, units, files)
					}
				}
			})
			t.Logf("%d of %d units are equal in %d files", equal, units, files)
		})
	}
}
