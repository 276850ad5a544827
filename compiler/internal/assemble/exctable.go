package assemble

import "math/bits"

// exceptionTable writes the exception table: an entry for each run of
// instructions with one handler.
//
// CPython: assemble.c, assemble_exception_table.
func (a *Assembler) exceptionTable() {
	a.table = a.table[:0]
	run := guard{handler: NoHandler}
	for _, g := range a.guards {
		if !a.sameHandler(g.handler, run.handler) {
			a.exceptionEntry(run, g.offset)
			run = g
		}
	}
	a.exceptionEntry(run, a.offsets[len(a.instrs)])
}

// sameHandler reports whether two handlers begin at one place.
func (a *Assembler) sameHandler(x, y int32) bool {
	return x == y || x != NoHandler && y != NoHandler && a.handlers[x].Start == a.handlers[y].Start
}

// exceptionEntry writes the entry of a run of instructions, if they have a
// handler: its start and length in code units, the place of the handler, and the
// depth of the stack there.
//
// CPython: assemble.c, assemble_emit_exception_table_entry.
func (a *Assembler) exceptionEntry(run guard, end int32) {
	if run.handler == NoHandler {
		return
	}
	h := &a.handlers[run.handler]
	depth := h.Depth - 1
	lasti := int32(0)
	if h.Lasti {
		depth--
		lasti = 1
	}
	a.exceptionItem(run.offset, 0x80)
	a.exceptionItem(end-run.offset, 0)
	a.exceptionItem(a.offsets[h.Start], 0)
	a.exceptionItem(depth<<1|lasti, 0)
}

// exceptionItem writes a number in groups of six bits, the highest first. The
// first byte carries the mark.
//
// CPython: assemble.c, assemble_emit_exception_table_item.
func (a *Assembler) exceptionItem(n int32, mark byte) {
	if n >= 1<<6 {
		for shift := (bits.Len32(uint32(n)) - 1) / 6 * 6; shift > 0; shift -= 6 {
			a.table = append(a.table, byte(n>>shift)&0x3F|0x40|mark)
			mark = 0
		}
	}
	a.table = append(a.table, byte(n)&0x3F|mark)
}
