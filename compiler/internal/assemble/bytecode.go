package assemble

import (
	"encoding/binary"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A codeWriter writes the bytecode of a unit, and notes where the location
// changes.
type codeWriter struct {
	rows     *[256]row
	code     []byte // zeros: CACHE is number 0 in all versions
	runs     []run  // has room for one more than there are instructions
	extended byte   // the number of EXTENDED_ARG

	at         int    // bytes of the code that are written
	run        int    // runs that have begun
	start, end uint64 // of the location of the last one
}

// A run is instructions with one location.
type run struct {
	start, end uint64 // pack
	at         int32  // where it begins in the bytecode, in bytes
}

// pack returns a place as one number, which takes one load and one comparison.
func pack(p source.Pos) uint64 { return uint64(uint32(p.Line)) | uint64(uint32(p.Col))<<32 }

// writeCode writes the bytecode, for which there is just enough room. It finds
// the runs of instructions with one location, and the offsets of the guards.
func (a *Assembler) writeCode(code []byte) {
	a.runs = resize(a.runs, len(a.instrs)+1)
	none := pack(instr.NextLoc().Start) // no instruction that is left has it
	w := codeWriter{
		rows: &a.rows, code: code, runs: a.runs, extended: a.rows[opcode.ExtendedArg].number, start: none, end: none,
	}
	first := int32(0)
	for i := range a.guards {
		g := &a.guards[i]
		w.write(a.instrs[first:g.at])
		first, g.offset = g.at, int32(w.at/2)
	}
	w.write(a.instrs[first:])
	a.runs = a.runs[:w.run+1]
	a.runs[w.run].at = int32(w.at)
}

// write writes instructions. Whether the location changes is hard to predict, so
// that no branch depends on it: each instruction begins a run in the next slot,
// which the next instruction overwrites if the location was that of the last run.
//
// CPython: assemble.c, write_instr.
func (w *codeWriter) write(instrs []instr.Instr) {
	code, at, runs, run0, start, end := w.code, w.at, w.runs, w.run, w.start, w.end
	for i := range instrs {
		in := &instrs[i]
		r := &runs[run0]
		r.at = int32(at)
		r.start, r.end = pack(in.Loc.Start), pack(in.Loc.End)
		changed := 0
		if (r.start^start)|(r.end^end) != 0 {
			changed = 1
		}
		run0 += changed
		start, end = r.start, r.end
		arg := uint32(in.Arg)
		if arg > 0xFF {
			at = w.extend(at, arg)
		}
		row := &w.rows[in.Op]
		binary.LittleEndian.PutUint16(code[at:], uint16(row.number)|uint16(arg)<<8)
		at += int(row.bytes)
	}
	w.at, w.run, w.start, w.end = at, run0, start, end
}

// extend writes the EXTENDED_ARG instructions of an operand at an index and
// returns the index behind them.
func (w *codeWriter) extend(at int, arg uint32) int {
	for shift := extendedBits(arg); shift > 0; shift -= 8 {
		w.code[at], w.code[at+1] = w.extended, byte(arg>>shift)
		at += 2
	}
	return at
}
