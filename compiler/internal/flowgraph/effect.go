package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// An effect is an opcode.Effect in the form base + scale × (operand & mask),
// which takes no branch to compute. What instructions do to the stack changes
// from one to the next, so that a branch would often be mispredicted.
type effect struct {
	base, scale int8
	rare        opcode.Term // in place of the operand's bits, for the few terms that are none
	mask        int32
}

func effectOf(e opcode.Effect) effect {
	f := effect{base: e.Base, scale: e.Scale}
	switch e.Term {
	case opcode.NoTerm:
	case opcode.Arg:
		f.mask = -1
	case opcode.LowBit:
		f.mask = 1
	default:
		f.rare = e.Term
	}
	return f
}

// at returns the number of values for an operand.
func (e *effect) at(arg int32) int {
	if e.rare != opcode.NoTerm {
		return e.rarely(arg)
	}
	return int(e.base) + int(e.scale)*int(arg&e.mask)
}

//go:noinline
func (e *effect) rarely(arg int32) int {
	return opcode.Effect{Base: e.base, Scale: e.scale, Term: e.rare}.At(arg)
}
