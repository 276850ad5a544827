package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// An effect is an opcode.Effect in the form base + scale × (operand & mask),
// which takes no branch to compute. What instructions do to the stack changes
// from one to the next, so that a branch would often be mispredicted. The few
// that have another form are of the class isRare.
type effect struct {
	base, scale int8
	term        opcode.Term
	mask        int32
}

func effectOf(e opcode.Effect) effect {
	f := effect{base: e.Base, scale: e.Scale, term: e.Term}
	switch e.Term {
	case opcode.Arg:
		f.mask = -1
	case opcode.LowBit:
		f.mask = 1
	}
	return f
}

// isRare reports whether at is not for the effect.
func (e *effect) isRare() bool { return e.term > opcode.LowBit }

// at returns the number of values for an operand, of an instruction that is not
// rare.
func (e *effect) at(arg int32) int32 { return int32(e.base) + int32(e.scale)*(arg&e.mask) }

// rarely returns the number of values for an operand of any instruction.
func (e *effect) rarely(arg int32) int32 {
	return int32(opcode.Effect{Base: e.base, Scale: e.scale, Term: e.term}.At(arg))
}
