// Package instr holds what code generation produces: sequences of instructions
// with labels, before there is a control flow graph.
//
// An instruction is a value of 24 bytes. Its operand is a number: an index of a
// constant, a name or a variable, or the number of a label. Pseudo-instructions
// of the compiler (JUMP, SETUP_FINALLY …) are ordinary members of opcode.Op.
//
// CPython: instruction_sequence.c.
package instr

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A Loc is the stretch of source that an instruction stands for. All four
// numbers reach the location table.
type Loc = source.Span

// noLine and nextLine are the lines of the two locations that are no place.
const (
	noLine   = -1
	nextLine = -2
)

// NoLoc returns the location of an instruction that stands for no source. A
// pass may give the instruction its neighbour's location.
func NoLoc() Loc {
	return Loc{Start: source.Pos{Line: noLine, Col: noLine}, End: source.Pos{Line: noLine, Col: noLine}}
}

// NextLoc returns the location that asks the assembler for the location of the
// instruction that follows.
func NextLoc() Loc {
	return Loc{Start: source.Pos{Line: nextLine, Col: nextLine}, End: source.Pos{Line: nextLine, Col: nextLine}}
}

// An Instr is one instruction.
type Instr struct {
	Op  opcode.Op
	Arg int32 // 0 if the instruction has no operand
	Loc Loc
}

// A Label is a place in a Sequence that instructions refer to.
type Label int32

// NoLabel is no place.
const NoLabel Label = -1
