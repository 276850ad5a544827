package assemble

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
)

// The forms of an entry in the location table, the codes of their first bytes.
// CPython: Objects/locations.md.
const (
	formShort0    = 0 // and the columns' high bits: up to 9
	formOneLine0  = 10
	formNoColumns = 13
	formLong      = 14
	formNone      = 15

	maxEntry = 8 // code units that one entry stands for
)

// locationInfo writes the location table. A run of instructions with one
// location shares entries.
//
// CPython: assemble.c, assemble_location_info.
func (a *Assembler) locationInfo(firstLine int32) {
	a.lines = a.lines[:0]
	a.line = firstLine
	loc := instr.NoLoc()
	start := int32(0) // of the run
	for i := range a.instrs {
		in := &a.instrs[i]
		if in.Loc == loc {
			continue
		}
		if in.Loc == instr.NextLoc() {
			a.resolveNextLocation(i)
			if in.Loc == loc {
				continue
			}
		}
		a.emitLocation(loc, a.offsets[i]-start)
		loc, start = in.Loc, a.offsets[i]
	}
	a.emitLocation(loc, a.offsets[len(a.instrs)]-start)
}

// resolveNextLocation gives the instruction with the index, which asks for it,
// and those behind it that ask too, the location of the one that follows.
func (a *Assembler) resolveNextLocation(first int) {
	i := first
	for a.instrs[i].Loc == instr.NextLoc() && !a.rows[a.instrs[i].Op].ends && i < len(a.instrs)-1 {
		i++
	}
	loc := a.instrs[i].Loc
	if loc == instr.NextLoc() {
		loc = instr.NoLoc()
	}
	for ; i >= first; i-- {
		a.instrs[i].Loc = loc
	}
}

// CPython: assemble.c, assemble_emit_location.
func (a *Assembler) emitLocation(loc instr.Loc, size int32) {
	if size == 0 {
		return
	}
	for ; size > maxEntry; size -= maxEntry {
		a.locationEntry(loc, maxEntry)
	}
	a.locationEntry(loc, size)
}

// locationEntry writes an entry for some code units in the shortest form that
// holds the location.
//
// CPython: assemble.c, write_location_info_entry.
func (a *Assembler) locationEntry(loc instr.Loc, size int32) {
	line, endLine, col, endCol := loc.Start.Line, loc.End.Line, loc.Start.Col, loc.End.Col
	if line == instr.NoLoc().Start.Line {
		a.lines = append(a.lines, first(formNone, size))
		return
	}
	delta := line - a.line
	switch {
	case (col < 0 || endCol < 0) && (endLine == line || endLine < 0):
		a.lines = append(a.lines, first(formNoColumns, size))
		a.signedVarint(delta)
	case col < 0 || endCol < 0 || endLine != line:
		a.longForm(loc, size, delta)
	case delta == 0 && col < 80 && endCol-col < 16 && endCol >= col:
		a.lines = append(a.lines, first(byte(formShort0+col>>3), size), byte(col&7<<4|(endCol-col)))
	case delta >= 0 && delta < 3 && col < 128 && endCol < 128:
		a.lines = append(a.lines, first(byte(formOneLine0+delta), size), byte(col), byte(endCol))
	default:
		a.longForm(loc, size, delta)
	}
	a.line = line
}

func (a *Assembler) longForm(loc instr.Loc, size, delta int32) {
	a.lines = append(a.lines, first(formLong, size))
	a.signedVarint(delta)
	a.varint(uint32(loc.End.Line - loc.Start.Line))
	a.varint(uint32(loc.Start.Col + 1))
	a.varint(uint32(loc.End.Col + 1))
}

// first returns the first byte of an entry.
func first(form byte, size int32) byte { return 0x80 | form<<3 | byte(size-1) }

// varint writes a number in groups of six bits, the lowest first.
//
// CPython: pycore_code.h, write_varint.
func (a *Assembler) varint(n uint32) {
	for ; n >= 64; n >>= 6 {
		a.lines = append(a.lines, 0x40|byte(n&63))
	}
	a.lines = append(a.lines, byte(n))
}

// signedVarint writes a number with its sign in the lowest bit.
//
// CPython: pycore_code.h, write_signed_varint.
func (a *Assembler) signedVarint(n int32) {
	if n < 0 {
		a.varint(uint32(-n)<<1 | 1)
	} else {
		a.varint(uint32(n) << 1)
	}
}
