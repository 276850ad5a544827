// Package instr holds what code generation produces: sequences of instructions
// with labels, before there is a control flow graph. The graph is made of the
// same instructions, in the same memory.
//
// An instruction is a value of 32 bytes. Its operand is a number: an index of a
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

// A Block is the number of a block of a control flow graph. The zero Block is
// no block.
type Block int32

// An Instr is one instruction. In a graph, one with a target keeps it in Target,
// and its operand means nothing.
type Instr struct {
	Op     opcode.Op
	Arg    int32 // 0 if the instruction has no operand
	Target Block // where it jumps to, or the handler that it sets up; of graphs only
	Except Block // the handler of exceptions that it raises; of graphs only
	Loc    Loc
}

// A Label is a place in a Sequence that instructions refer to.
type Label int32

// NoLabel is no place.
const NoLabel Label = -1
