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
	units := int(a.offsets[len(a.instrs)])
	w := lineWriter{lines: resize(a.lines, maxEntry*(len(a.runs)+units/maxUnits)), last: firstLine}
	runs := a.runs
	for i := w.nearRuns(runs, 0); i < len(runs); i = w.nearRuns(runs, i+1) {
		r := &runs[i]
		if int32(r.start) == nextLine {
			return false
		}
		w.farRun(r)
	}
	a.lines = w.lines[:w.n]
	return true
}

var (
	noLine   = instr.NoLoc().Start.Line
	nextLine = instr.NextLoc().Start.Line
)

// A lineWriter writes the location table of a unit.
type lineWriter struct {
	lines []byte // has room for the longest table of the runs
	n     int    // bytes of it that are written
	last  int32  // the line of the last entry that has one
	after int32  // where the last run ends in the bytecode
}

// nearRuns writes the runs from the index i on, up to the first that is not near,
// and returns its index.
func (w *lineWriter) nearRuns(runs []run, i int) int {
	lines, n, last, after := w.lines, w.n, w.last, w.after
	for ; i < len(runs); i++ {
		r := &runs[i]
		delta := uint64(uint32(int32(r.start) - last))
		if !near(r.start, r.end, delta) {
			break
		}
		last = int32(r.start)
		units := (r.after - after) >> 1
		after = r.after
		bytes, long := nearEntry(delta, r.start>>32, r.end>>32)
		for ; units > maxUnits; units -= maxUnits {
			binary.LittleEndian.PutUint32(lines[n:n+4:n+4], bytes|isEntry|(maxUnits-1))
			n = n + 2 - long
			bytes, long = nearEntry(0, r.start>>32, r.end>>32)
		}
		binary.LittleEndian.PutUint32(lines[n:n+4:n+4], bytes|uint32(units+(isEntry-1)))
		n = n + 2 - long
	}
	w.n, w.last, w.after = n, last, after
	return i
}

// near reports whether a location is in one line of no more than 128 columns,
// which is the one of the last entry or at most two lines behind. The numbers
// that must not be larger have bits from the 39th on if they are.
func near(start, end, delta uint64) bool {
	return (start|end|(2-delta))>>39|uint64(uint32(start^end)) == 0
}

// nearEntry returns the bytes of an entry for a near location, but for isEntry and
// the number of code units. They are two, or three if all bits of long are set. It
// takes no branch, which would be hard to predict.
func nearEntry(delta, col, endCol uint64) (bytes uint32, long int) {
	width := endCol - col
	short := formShort0<<3 + (col|col<<12)&0x7078 + width<<8
	oneLine := formOneLine0<<3 + delta<<3 + (endCol<<8+col)<<8
	long = int(-(delta|width>>4)|(79-col)) >> 63 // the columns or delta are too large for short
	return uint32(short ^ (short^oneLine)&uint64(long)), long
}

// farRun writes the entries of a run of which the first is not near. Nearly all
// need a single one of the form with all numbers.
func (w *lineWriter) farRun(r *run) {
	units := (r.after - w.after) >> 1
	w.after = r.after
	line := int32(r.start)
	delta := line - w.last
	d, lines := zigzag(delta), uint32(r.end)-uint32(r.start)
	col, endCol := uint32(r.start>>32)+1, uint32(r.end>>32)+1
	if int64(r.start|r.end) < 0 || (d|lines|col>>6|endCol>>6)>>6|uint32(units-1)>>3 != 0 {
		w.anyRun(units, r)
		return
	}
	w.last = line
	cols, colSize := twoGroups(col)
	endCols, endColSize := twoGroups(endCol)
	binary.LittleEndian.PutUint64(w.lines[w.n:w.n+8:w.n+8],
		uint64(isEntry|formLong<<3|uint32(units-1)|d<<8|lines<<16)|uint64(cols|endCols<<(8*colSize&31))<<24)
	w.n += int(3 + colSize + endColSize)
}

// twoGroups returns the bytes that varint writes of a number below 1<<12 and how
// many they are.
func twoGroups(x uint32) (bytes, size uint32) {
	second := (63 - x) >> 31 // 1 if there is a second
	return x&63 | second<<6 | x>>6<<8, 1 + second
}

// anyRun writes the entries of any run.
func (w *lineWriter) anyRun(units int32, r *run) {
	line := int32(r.start)
	delta := line - w.last
	if line != noLine {
		w.last = line
	}
	for ; units > maxUnits; units, delta = units-maxUnits, 0 {
		w.entry(maxUnits, delta, r)
	}
	w.entry(units, delta, r)
}

// entry writes an entry.
func (w *lineWriter) entry(units, delta int32, r *run) {
	first := byte(isEntry | units - 1)
	b := (*entry)(w.lines[w.n : w.n+maxEntry : w.n+maxEntry])
	line, endLine := int32(r.start), int32(r.end)
	switch {
	case line == noLine:
		b[0] = first | formNone<<3
		w.n++
	case near(r.start, r.end, uint64(uint32(delta))):
		bytes, long := nearEntry(uint64(uint32(delta)), r.start>>32, r.end>>32)
		binary.LittleEndian.PutUint32(b[:], bytes|uint32(first))
		w.n += 2 - long
	case int64(r.start|r.end) < 0 && (endLine == line || endLine < 0): // there are no columns
		b[0] = first | formNoColumns<<3
		w.n += b.varint(1, zigzag(delta))
	default:
		b[0] = first | formLong<<3
		n := b.varint(1, zigzag(delta))
		n = b.varint(n, uint32(endLine-line))
		n = b.varint(n, uint32(r.start>>32)+1)
		w.n += b.varint(n, uint32(r.end>>32)+1)
	}
}

// An entry is room for one.
type entry [maxEntry]byte

const maxEntry = 32

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
	sign := n >> 31 // all bits if n is negative
	return uint32((n^sign)-sign)<<1 | uint32(sign)&1
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
	for a.instrs[i].Loc == instr.NextLoc() && !a.rows[a.instrs[i].Op].ends() && i < len(a.instrs)-1 {
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
