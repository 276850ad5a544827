package instr_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

func TestSequence(t *testing.T) {
	var s instr.Sequence
	for range 2 { // the second time with the memory of the first
		s.Reset()
		start, end, unused := s.NewLabel(), s.NewLabel(), s.NewLabel()
		s.Use(start)
		s.Emit(opcode.LoadName, 3, instr.NoLoc())
		s.Jump(opcode.JumpIfFalse, end, instr.NoLoc())
		s.Emit(opcode.PopTop, 0, instr.NoLoc())
		s.Use(end)
		s.Emit(opcode.ReturnValue, 0, instr.NextLoc())
		s.InsertJump(0, opcode.SetupCleanup, end, instr.NoLoc())
		s.InsertJump(3, opcode.SetupFinally, end, instr.NoLoc())
		got := []int32{s.Place(start), s.Place(end), s.Place(unused), int32(s.Len())}
		if want := []int32{1, 5, -1, 6}; !cmp.Equal(got, want) {
			t.Errorf("labels are at %v, want %v", got, want)
		}
		var ops []opcode.Op
		for _, in := range s.Instrs() {
			ops = append(ops, in.Op)
		}
		want := []opcode.Op{opcode.SetupCleanup, opcode.LoadName, opcode.JumpIfFalse, opcode.SetupFinally, opcode.PopTop, opcode.ReturnValue}
		if !cmp.Equal(ops, want) {
			t.Errorf("instructions are %v, want %v", ops, want)
		}
		if got, want := s.Jumps(), []int32{2, 0, 3}; !cmp.Equal(got, want) {
			t.Errorf("jumps are at %v, want %v", got, want)
		}
		if jump := s.Instrs()[2]; instr.Label(jump.Arg) != end {
			t.Errorf("the jump goes to label %d, want %d", jump.Arg, end)
		}
	}
}
