// Package opcode has the instruction set of every supported CPython version as
// data: numbers, inline caches, what an operand refers to, and the effect on
// the stack.
//
// Op is one enumeration over all versions. A Table says how one version
// encodes it. Tables are complete for each version, generated from the real
// interpreter (see data and tools/genopcodes) and never changed at run time.
//
// CPython: Lib/opcode.py, Include/internal/pycore_opcode_metadata.h.
package opcode

//go:generate go run ../../tools/genopcodes -data data -out .

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// An Op is an instruction of any version, pseudo-instructions of the compiler
// included. Its value is no opcode number: those differ between versions.
type Op uint8

// String returns CPython's name of the instruction, such as LOAD_FAST.
func (op Op) String() string {
	if int(op) >= NumOps {
		return fmt.Sprintf("<Op %d>", uint8(op))
	}
	return opNames[op]
}

// Parse returns the instruction with CPython's name, such as LOAD_FAST.
func Parse(name string) (Op, bool) {
	for op, s := range opNames {
		if s == name && Op(op) != Invalid {
			return Op(op), true
		}
	}
	return Invalid, false
}

// Flags say what an instruction is and what its operand refers to.
type Flags uint16

// The flags. Those named Has come from the lists of CPython's opcode module.
const (
	Present    Flags = 1 << iota // the version has the instruction
	Pseudo                       // only the compiler uses it; it is in no bytecode
	HasArg                       // the operand means something
	HasConst                     // the operand is an index into co_consts
	HasName                      // the operand holds an index into co_names
	HasLocal                     // the operand holds an index of a local variable
	HasFree                      // the operand is the index of a cell or free variable
	HasJump                      // the operand is a distance in code units, from the end of the caches
	HasExc                       // it begins an exception handler's range
	HasCompare                   // the operand holds a comparison
	Backward                     // the distance is towards the start
	EvalBreak                    // it checks for signals; known since 3.13
	HasCounts                    // Popped and Pushed are known
)

// A Table is the instruction set of one version.
type Table struct {
	version  pyver.Version
	ops      [NumOps]row
	codes    [256]code
	operands Operands
	caches   [NumOps][]CacheField
}

// row is an instruction of one version.
type row struct {
	number     int16
	flags      Flags
	caches     uint8
	fall, jump Effect
	pop, push  Effect
}

// code is what one byte of bytecode means.
type code struct {
	name   string
	op     Op
	flags  Flags
	caches uint8
}

// Operands are the names of numbers that operands encode. Indices out of their
// range are in no bytecode that CPython writes.
type Operands struct {
	Compare            []string // comparison operators
	Binary             []string // operators of BINARY_OP
	Intrinsic1         []string // functions of CALL_INTRINSIC_1
	Intrinsic2         []string // functions of CALL_INTRINSIC_2
	CommonConstants    []string // constants of LOAD_COMMON_CONSTANT
	SpecialMethods     []string // methods of LOAD_SPECIAL
	FunctionAttributes []string // bits of MAKE_FUNCTION or SET_FUNCTION_ATTRIBUTE, lowest first
}

// A CacheField is a part of an instruction's inline cache.
type CacheField struct {
	Name  string
	Units int // in code units of two bytes
}

// Version returns the version whose instructions these are.
func (t *Table) Version() pyver.Version { return t.version }

// Operands returns the names of the numbers that operands encode.
func (t *Table) Operands() *Operands { return &t.operands }

// Has reports whether the version has the instruction.
func (t *Table) Has(op Op) bool { return t.ops[op].flags&Present != 0 }

// Number returns the instruction's opcode, which is above 255 or negative for a
// pseudo-instruction. It is meaningless unless Has.
func (t *Table) Number(op Op) int { return int(t.ops[op].number) }

// Caches returns the number of code units of inline cache that follow.
func (t *Table) Caches(op Op) int { return int(t.ops[op].caches) }

// CacheFields returns the parts of the instruction's inline cache, in order.
func (t *Table) CacheFields(op Op) []CacheField { return t.caches[op] }

// Flags returns the instruction's flags; 0 if the version does not have it.
func (t *Table) Flags(op Op) Flags { return t.ops[op].flags }

// StackEffect returns by how many values the instruction makes the stack
// deeper, when it falls through or when it jumps.
func (t *Table) StackEffect(op Op, arg int32, jump bool) int {
	if jump {
		return t.ops[op].jump.At(arg)
	}
	return t.ops[op].fall.At(arg)
}

// FallEffect returns the effect that the instruction has on the stack when it
// falls through.
func (t *Table) FallEffect(op Op) Effect { return t.ops[op].fall }

// PopPushEffects returns how many values the instruction takes off the stack and
// puts on it: see Popped.
func (t *Table) PopPushEffects(op Op) (pop, push Effect) { return t.ops[op].pop, t.ops[op].push }

// Popped and Pushed return how many values the instruction takes off the stack
// and puts on it. They mean something only with HasCounts.
func (t *Table) Popped(op Op, arg int32) int { return t.ops[op].pop.At(arg) }

// Pushed is described with Popped.
func (t *Table) Pushed(op Op, arg int32) int { return t.ops[op].push.At(arg) }

// Decode returns the instruction that a byte of bytecode stands for. A
// specialised instruction, which only a running interpreter writes, is the one
// that it specialises; a number that is no instruction is Invalid.
func (t *Table) Decode(number byte) Op { return t.codes[number].op }

// Name returns what CPython's dis calls the number: the name of an instruction,
// a specialised or instrumented one included, or <N>.
func (t *Table) Name(number byte) string {
	if name := t.codes[number].name; name != "" {
		return name
	}
	return fmt.Sprintf("<%d>", number)
}

// NumberFlags returns the flags of a byte of bytecode. An invalid number can
// have HasArg: CPython's dis of some versions shows its operand.
func (t *Table) NumberFlags(number byte) Flags { return t.codes[number].flags }

// NumberCaches returns the number of code units of inline cache that follow the
// instruction with the number.
func (t *Table) NumberCaches(number byte) int { return int(t.codes[number].caches) }
