package verify

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/dis"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// extendedArg is the instruction that gives the next one the upper bits of its
// operand.
const extendedArg = "EXTENDED_ARG"

// compareBytecode shows the instructions that hold the first byte that differs.
func compareBytecode(native, reference *pyc.Code, v pyver.Version) *sides {
	if sameBytes(native.Bytecode, reference.Bytecode) {
		return nil
	}
	n, r := bytesOf(native.Bytecode), bytesOf(reference.Bytecode)
	at := 0
	for at < len(n) && at < len(r) && n[at] == r[at] {
		at++
	}
	a, okA := instructionAt(native, at, v)
	b, okB := instructionAt(reference, at, v)
	if !okA && !okB || describe(a, okA) == describe(b, okB) {
		return firstBytes(n, r)
	}
	s := &sides{native: describe(a, okA), reference: describe(b, okB)}
	start := b
	if !okB {
		start = a
	}
	s.where, s.line = fmt.Sprintf("offset %d", start.StartOffset), start.Location.Line
	return s
}

// instructionAt returns the instruction whose code units, those before it that
// extend its operand and its caches included, hold the byte at an offset.
func instructionAt(c *pyc.Code, at int, v pyver.Version) (in dis.Instruction, ok bool) {
	// Instructions before a fault are good; the bytes are shown if the fault
	// comes first.
	all, _ := dis.Instructions(c, v)
	for _, in := range all {
		if in.Name != extendedArg && end(in) > at {
			return in, true
		}
	}
	return dis.Instruction{}, false
}

// end returns the offset after an instruction and its caches.
func end(in dis.Instruction) int {
	units := 1
	for _, c := range in.Caches {
		units += c.Units
	}
	return in.Offset + 2*units
}

// describe returns an instruction as a line of a disassembly.
func describe(in dis.Instruction, ok bool) string {
	if !ok {
		return missing
	}
	text := in.Name
	if in.HasArg {
		text += fmt.Sprintf(" %d", in.Arg)
	}
	if in.ArgRepr != "" {
		text += " (" + clip(in.ArgRepr, 0) + ")"
	}
	if in.StartOffset != in.Offset {
		text += fmt.Sprintf(", extended from offset %d", in.StartOffset)
	}
	return text
}
