package assemble

// exceptionTable writes the exception table: an entry for each run of
// instructions with one handler.
//
// CPython: assemble.c, assemble_exception_table.
func (a *Assembler) exceptionTable() {
	a.table = a.table[:0]
	var first *Instr // of the run; nil if it has no handler
	start, offset := int32(0), int32(0)
	handler := NoHandler
	for i := range a.instrs {
		in := &a.instrs[i]
		if in.Handler != handler {
			if handler != NoHandler {
				a.exceptionEntry(start, offset, first)
			}
			first, handler, start = in, in.Handler, offset
		}
		offset += a.size(in)
	}
	if handler != NoHandler {
		a.exceptionEntry(start, offset, first)
	}
}

// exceptionEntry writes the entry of a run of code units: its start and length,
// the place of the handler, and the depth of the stack there.
//
// CPython: assemble.c, assemble_emit_exception_table_entry.
func (a *Assembler) exceptionEntry(start, end int32, first *Instr) {
	depth := first.Depth - 1
	lasti := int32(0)
	if first.Lasti {
		depth--
		lasti = 1
	}
	target := a.instrs[first.Handler].offset
	a.exceptionItem(start, 0x80)
	a.exceptionItem(end-start, 0)
	a.exceptionItem(target, 0)
	a.exceptionItem(depth<<1|lasti, 0)
}

// exceptionItem writes a number in groups of six bits, the highest first. The
// first byte carries the mark.
//
// CPython: assemble.c, assemble_emit_exception_table_item.
func (a *Assembler) exceptionItem(n int32, mark byte) {
	for shift := 24; shift > 0; shift -= 6 {
		if n >= 1<<shift {
			a.table = append(a.table, byte(n>>shift)&0x3F|0x40|mark)
			mark = 0
		}
	}
	a.table = append(a.table, byte(n)&0x3F|mark)
}
