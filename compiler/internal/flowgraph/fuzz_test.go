package flowgraph

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// assembleCodeObject does what _testinternalcapi.assemble_code_object does.
//
// CPython: compile.c, _PyCompile_Assemble.
func (r *rig) assembleCodeObject(u *unit.Unit) (*pyc.Code, error) {
	if err := r.begin(u); err != nil {
		return nil, err
	}
	if err := r.run([]target.Pass{target.TranslateJumpLabelsToTargets, target.LabelExceptionTargets}); err != nil {
		return nil, err
	}
	for id := entry; id != noBlock; id = r.g.blocks[id].next {
		for _, in := range r.g.blocks[id].instrs {
			if in.Op == opcode.PopBlock {
				return nil, nil // it is in unreachable code, where CPython keeps it, as some number
			}
		}
	}
	if err := r.run(r.target.Lower); err != nil {
		return nil, err
	}
	r.emit()
	return r.assembler.Code(u, r.stackDepth), nil
}

// checkAssembled compares assembleCodeObject's result with CPython's.
func (r *rig) checkAssembled(t *testing.T, name string, u *dumpUnit) bool {
	t.Helper()
	if u.assembled == nil {
		return true
	}
	want, err := pyc.Read(u.assembled, r.target.Version)
	if err != nil {
		t.Fatal(err)
	}
	r.resetModule()
	r.unit.Reset()
	r.emitAll(&r.unit.Instrs, u.instrs)
	for range r.constants(t, u.consts) {
		r.unit.Consts.Append(pyc.None)
	}
	r.addLocals(&r.unit, len(want.LocalsPlusNames.Items))
	r.unit.FirstLine = 1
	r.unit.Filename, r.unit.Name, r.unit.QualName = r.pool.Str("file.py"), r.pool.Str("f"), r.pool.Str("f.g")
	got, err := r.assembleCodeObject(&r.unit)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return false
	}
	if got == nil {
		return true
	}
	for _, slot := range []struct {
		name      string
		got, want []byte
	}{
		{"bytecode", got.Bytecode.Value, want.Bytecode.Value},
		{"line table", got.LineTable.Value, want.LineTable.Value},
		{"exception table", got.ExceptionTable.Value, want.ExceptionTable.Value},
		{"kinds", got.LocalsPlusKinds.Value, want.LocalsPlusKinds.Value},
	} {
		if !bytes.Equal(slot.got, slot.want) {
			t.Errorf("%s: %s\n%x\nwant\n%x\nfrom\n%s", name, slot.name, slot.got, slot.want, listing(u.instrs))
			return false
		}
	}
	if got.StackSize != want.StackSize {
		t.Errorf("%s: stack size %d, want %d", name, got.StackSize, want.StackSize)
		return false
	}
	return true
}

// TestRandomConfirm compares random sequences of instructions with CPython's
// results. PYC_TEST_SEQUENCES says how many, PYC_TEST_SEED where to begin.
func TestRandomConfirm(t *testing.T) {
	number := func(name string, missing int) int {
		if s := os.Getenv(name); s != "" {
			return atoi(t, s)
		}
		return missing
	}
	seed, count := number("PYC_TEST_SEED", 1), number("PYC_TEST_SEQUENCES", 60)
	for _, v := range pyver.All() {
		if target.For(v) == nil {
			continue
		}
		t.Run(v.String(), func(t *testing.T) {
			python := testpython.Get(t, v)
			r := newRig(v)
			units, instrs, bad := 0, 0, 0
			cmd := exec.Command(python, "-I", "-S", "testdata/fuzz.py", strconv.Itoa(seed), strconv.Itoa(count))
			runDump(t, cmd, func(file *dumpFile) {
				u := file.units[0]
				if u.failed {
					return
				}
				units++
				instrs += len(u.instrs)
				if !r.checkOptimized(t, file.name, u) || !r.checkAssembled(t, file.name, u) {
					if bad++; bad > 3 {
						t.Fatal("too many differences")
					}
				}
			})
			t.Logf("%d sequences, %d instructions", units, instrs)
		})
	}
}
