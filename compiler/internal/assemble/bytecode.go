package assemble

import (
	"encoding/binary"
	"math"

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

	at  int // bytes of the code that are written
	run int // runs that have ended
}

// A run is instructions with one location.
type run struct {
	start, end uint64 // pack
	after      int32  // where it ends in the bytecode, in bytes
}

// pack returns a place as one number, which takes one load and one comparison.
func pack(p source.Pos) uint64 { return uint64(uint32(p.Line)) | uint64(uint32(p.Col))<<32 }

// noPlace is a location that no instruction has.
var noPlace = instr.Loc{Start: source.Pos{Line: math.MinInt32}}

// writeCode writes the bytecode, for which there is just enough room. It finds
// the runs of instructions with one location, and the offsets of the guards.
func (a *Assembler) writeCode(code []byte) {
	n := len(a.instrs)
	a.runs = resize(a.runs, n+1)
	w := codeWriter{rows: &a.rows, code: code, runs: a.runs, extended: a.rows[opcode.ExtendedArg].number()}
	instrs := a.instrs[:n+1] // Begin left room
	instrs[n].Loc = noPlace
	first := int32(0)
	for i := range a.guards {
		g := &a.guards[i]
		w.write(instrs[first : g.at+1])
		first, g.offset = g.at, int32(w.at/2)
	}
	w.write(instrs[first:])
	a.runs = a.runs[:w.run]
}

// write writes instructions but the last, which only has the location that
// follows. Whether the location changes is hard to predict, so that no branch
// depends on it: each instruction ends a run in the next slot, which the next
// instruction overwrites if it has the same location.
//
// CPython: assemble.c, write_instr.
func (w *codeWriter) write(instrs []instr.Instr) {
	rows, code, at, runs, run := w.rows, w.code, w.at, w.runs, w.run
	for len(instrs) > 1 {
		in, next := &instrs[0], &instrs[1]
		instrs = instrs[1:]
		arg := uint32(in.Arg)
		if arg > 0xFF {
			at = w.extend(at, arg)
		}
		row := rows[in.Op]
		binary.LittleEndian.PutUint16(code[at:at+2:at+2], uint16(row.number())|uint16(arg)<<8)
		at += row.bytes()
		r := &runs[run]
		r.start, r.end, r.after = pack(in.Loc.Start), pack(in.Loc.End), int32(at)
		ended := 0
		if (r.start^pack(next.Loc.Start))|(r.end^pack(next.Loc.End)) != 0 {
			ended = 1
		}
		run += ended
	}
	w.at, w.run = at, run
}

// extend writes the EXTENDED_ARG instructions of an operand at an index and
// returns the index behind them. It is not inlined, as few operands need it.
//
//go:noinline
func (w *codeWriter) extend(at int, arg uint32) int {
	for shift := extendedBits(arg); shift > 0; shift -= 8 {
		w.code[at], w.code[at+1] = w.extended, byte(arg>>shift)
		at += 2
	}
	return at
}
