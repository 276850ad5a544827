package instr

import (
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A Sequence is the instructions of one code unit in the making, in the end as
// the blocks of a graph. The zero Sequence is empty and ready for use; Reset
// makes a used one so and keeps its memory.
type Sequence struct {
	memory []Instr // the instructions are the first n
	n      int
	jumps  []int32 // the indices of instructions with a label, in no order
	places []int32 // for each label, the index of the instruction it is before; unplaced if none yet
}

const unplaced = -1

// maxKept is the number of instructions whose memory Reset keeps.
const maxKept = 1 << 16

// Reset empties the sequence.
func (s *Sequence) Reset() {
	if len(s.memory) > maxKept {
		*s = Sequence{}
	}
	s.n, s.jumps, s.places = 0, s.jumps[:0], s.places[:0]
}

// Len returns the number of instructions.
func (s *Sequence) Len() int { return s.n }

// Instrs returns the instructions. The slice is valid until the next Emit.
func (s *Sequence) Instrs() []Instr { return s.memory[:s.n] }

// Jumps returns the indices of the instructions with a label, in no order. The
// slice is valid until the next Jump.
func (s *Sequence) Jumps() []int32 { return s.jumps }

// NewLabel returns a label that is nowhere yet.
//
// CPython: instruction_sequence.c, _PyInstructionSequence_NewLabel.
func (s *Sequence) NewLabel() Label {
	s.places = append(s.places, unplaced)
	return Label(len(s.places) - 1)
}

// Use places the label before the next instruction that is emitted. Several
// labels may be at one place. A label that is jumped to must be placed, and an
// instruction must follow it.
//
// CPython: instruction_sequence.c, _PyInstructionSequence_UseLabel.
func (s *Sequence) Use(l Label) { s.places[l] = int32(s.n) }

// Place returns the index of the instruction that the label is before, or -1
// if the label was not used.
func (s *Sequence) Place(l Label) int32 { return s.places[l] }

// Emit appends an instruction. The operand of an instruction with a target
// (a jump or a SETUP_…) is a label: see Jump.
//
// CPython: instruction_sequence.c, _PyInstructionSequence_Addop.
func (s *Sequence) Emit(op opcode.Op, arg int32, loc Loc) {
	memory, n := s.memory, s.n
	if uint(n) >= uint(len(memory)) {
		s.grow()
		s.Emit(op, arg, loc)
		return
	}
	s.n = n + 1
	in := &memory[n] // set in place: what is put together on the stack must be copied
	in.Op, in.Arg, in.Target, in.Except, in.Loc = op, arg, 0, 0, loc
}

// grow makes room for at least one instruction.
//
//go:noinline // it is rare
func (s *Sequence) grow() {
	s.memory = append(s.memory, make([]Instr, max(len(s.memory), 64))...)
	s.memory = s.memory[:cap(s.memory)]
}

// Jump appends an instruction whose target is the label.
func (s *Sequence) Jump(op opcode.Op, target Label, loc Loc) {
	s.jumps = append(s.jumps, int32(s.n))
	s.Emit(op, int32(target), loc)
}

// InsertJump puts an instruction whose target is the label before the one with
// the index at. Labels at that place move behind the new instruction, so that
// jumps to them skip it.
//
// CPython: instruction_sequence.c, _PyInstructionSequence_InsertInstruction.
func (s *Sequence) InsertJump(at int, op opcode.Op, target Label, loc Loc) {
	s.Emit(op, int32(target), loc)
	instrs := s.Instrs()
	in := instrs[s.n-1]
	copy(instrs[at+1:], instrs[at:])
	instrs[at] = in
	for _, list := range [...][]int32{s.places, s.jumps} {
		for i, place := range list {
			if int(place) >= at {
				list[i]++
			}
		}
	}
	s.jumps = append(s.jumps, int32(at))
}
