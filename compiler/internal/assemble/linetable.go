package assemble

import (
	"encoding/binary"

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

	maxUnits = 8 // code units that one entry stands for

	isEntry = 0x80 // bit of the first byte
)

// locationInfo writes the location table: one entry or more for each run of
// instructions with one location, each in the shortest form that holds the
// location. It reports false, and the table is not complete, if a run asks for
// the location of the next one.
//
// CPython: assemble.c, assemble_location_info, assemble_emit_location,
// write_location_info_entry.
func (a *Assembler) locationInfo(firstLine int32) bool {
	end := len(a.runs) - 1
	lines := resize(a.lines, len(entry{})*(end+1+int(a.runs[end].at)/(2*maxUnits)))
	n, last := 0, firstLine // the line of the last entry that has one
	for i := range a.runs[:end] {
		r := &a.runs[i]
		units := (a.runs[i+1].at - r.at) >> 1
		line, col, endLine, endCol := r.unpack()
		delta := line - last
		if !near(delta, line, col, endLine, endCol) {
			if line == nextLine {
				return false
			}
			n, last = farRun(lines, n, last, r, units)
			continue
		}
		last = line
		bytes, size := nearEntry(delta, col, endCol)
		for ; units > maxUnits; units -= maxUnits {
			binary.LittleEndian.PutUint32(lines[n:], bytes|(maxUnits-1))
			n += size
			bytes, size = nearEntry(0, col, endCol)
		}
		binary.LittleEndian.PutUint32(lines[n:], bytes|uint32(units-1))
		n += size
	}
	a.lines = lines[:n]
	return true
}

var (
	noLine   = instr.NoLoc().Start.Line
	nextLine = instr.NextLoc().Start.Line
)

// unpack returns the numbers of the location.
func (r *run) unpack() (line, col, endLine, endCol int32) {
	return int32(r.start), int32(r.start >> 32), int32(r.end), int32(r.end >> 32)
}

// near reports whether a location is in one line of no more than 128 columns,
// which is the one of the last entry or at most two lines behind. It is if none of
// these is negative.
func near(delta, line, col, endLine, endCol int32) bool {
	return delta|(2-delta)|col|(127-col)|endCol|(127-endCol)|(endLine-line)|(line-endLine) >= 0
}

// nearEntry returns the bytes of an entry for a near location, but for its number
// of code units, and how many bytes they are. It takes no branch, which would be
// hard to predict.
func nearEntry(delta, col, endCol int32) (bytes uint32, size int) {
	width := endCol - col
	short := isEntry | formShort0<<3 | col&0x78 | (col&7<<4|width)<<8
	oneLine := isEntry | (formOneLine0+delta)<<3 | col<<8 | endCol<<16
	long := (-delta | (79 - col) | width | (15 - width)) >> 31 // all bits if one is negative
	return uint32(short ^ (short^oneLine)&long), int(2 - long)
}

// farRun writes the entries of a run at the index n of the table, of which the
// first is not near, and returns the index behind them and the last line.
func farRun(lines []byte, n int, last int32, r *run, units int32) (int, int32) {
	line, col, endLine, endCol := r.unpack()
	for delta := line - last; units > 0; units, delta = units-maxUnits, 0 {
		first := byte(isEntry | min(units, maxUnits) - 1)
		b, size := (*entry)(lines[n:]), 1
		switch {
		case line == noLine:
			b[0] = first | formNone<<3
		case near(delta, line, col, endLine, endCol):
			var bytes uint32
			bytes, size = nearEntry(delta, col, endCol)
			binary.LittleEndian.PutUint32(b[:], bytes|uint32(first))
		case (col < 0 || endCol < 0) && (endLine == line || endLine < 0):
			b[0] = first | formNoColumns<<3
			size = b.varint(size, zigzag(delta))
		default:
			b[0] = first | formLong<<3
			size = b.varint(size, zigzag(delta))
			size = b.varint(size, uint32(endLine-line))
			size = b.varint(size, uint32(col+1))
			size = b.varint(size, uint32(endCol+1))
		}
		n += size
	}
	if line == noLine {
		return n, last
	}
	return n, line
}

// An entry is room for one.
type entry [32]byte

// varint writes a number in groups of six bits at the index n, the lowest first,
// and returns the index behind it.
//
// CPython: pycore_code.h, write_varint.
func (e *entry) varint(n int, x uint32) int {
	for ; x >= 64; x >>= 6 {
		e[n%len(e)] = 0x40 | byte(x&63)
		n++
	}
	e[n%len(e)] = byte(x)
	return n + 1
}

// zigzag returns a number with its sign in the lowest bit.
//
// CPython: pycore_code.h, write_signed_varint.
func zigzag(n int32) uint32 {
	if n < 0 {
		return uint32(-n)<<1 | 1
	}
	return uint32(n) << 1
}

// resolveNextLocations gives the instructions that ask for it the location of
// the instruction that follows, if control goes there.
func (a *Assembler) resolveNextLocations() {
	for i := range a.instrs {
		if a.instrs[i].Loc == instr.NextLoc() {
			a.resolveNextLocation(i)
		}
	}
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
