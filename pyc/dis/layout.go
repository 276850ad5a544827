package dis

import (
	"strconv"

	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The widths of columns, and what stands for a missing line. CPython:
// Lib/dis.py.
const (
	opnameWidth = 20
	opargWidth  = 5
	noLine      = "  --"
)

// A layout writes the lines of one code object in the columns of a version's
// dis: line, label (or a mark of jump targets), offset, instruction, operand.
type layout struct {
	*view
	named         bool // jump targets have labels
	showPositions bool
	lineWidth     int // 0 leaves the column out
	labelWidth    int
	offsetWidth   int // 0 leaves the column out
}

func newLayout(w *view, o Options) layout {
	l := layout{view: w, named: w.version.Has(pyver.DisLabels), showPositions: o.ShowPositions}
	switch {
	case o.ShowPositions:
		l.lineWidth = w.positionsWidth()
	case l.named:
		l.lineWidth = w.lineWidthWithMissing()
	case w.hasStarts:
		l.lineWidth = max(3, digits(int(w.maxLine)))
	}
	largest := max(len(w.bytecode())-2, 9999)
	if !l.named {
		l.offsetWidth = max(4, digits(len(w.bytecode())-2))
	} else if o.ShowOffsets {
		l.offsetWidth = digits(largest)
	}
	l.labelWidth = 4 + digits(len(w.labels))
	return l
}

// digits returns the number of characters of a decimal number.
func digits(n int) int { return len(strconv.Itoa(n)) }

// lineWidthWithMissing is the width of the column in which missing lines show.
//
// CPython: Lib/dis.py, _get_lineno_width.
func (w *view) lineWidthWithMissing() int {
	if w.maxLine <= 0 {
		return 0
	}
	width := max(3, digits(int(w.maxLine)))
	if w.hasNoLine {
		width = max(width, len(noLine))
	}
	return width
}

// positionsWidth is the width of the column of lines and columns, a space
// included.
//
// CPython: Lib/dis.py, _get_positions_width.
func (w *view) positionsWidth() int {
	const separators = 3
	widest := 0
	known := false
	for _, l := range w.locations {
		width := 0
		for _, n := range []int32{l.Line, l.EndLine, l.Col, l.EndCol} {
			if n < 0 {
				width++
			} else {
				known = true
				width += digits(int(n))
			}
		}
		widest = max(widest, width)
	}
	if !known {
		return 0
	}
	return 1 + max(len(noLine), separators+widest)
}

// A row is a line of text before it is laid out.
type row struct {
	in      Instr // whose location it has
	offset  int
	line    int32 // as in view.lineAt
	label   int
	name    string
	hasArg  bool
	arg     int32
	operand []byte
}

// instruction appends the line of an instruction, after an empty one where a
// line of the source starts.
func (l *layout) instruction(dst []byte, in Instr, operand []byte) []byte {
	return l.row(dst, row{
		in: in, offset: in.Offset, line: l.lineAt[in.Offset/2], label: l.label(in.Offset),
		name: l.table.Name(in.Number), hasArg: in.HasArg, arg: in.Arg, operand: operand,
	})
}

// cache appends the line of a code unit of an instruction's cache.
func (l *layout) cache(dst []byte, in Instr, at int, operand []byte) []byte {
	return l.row(dst, row{
		in: in, offset: at, line: noEntry,
		name: opcode.Cache.String(), hasArg: true, operand: operand,
	})
}

// row appends a line.
//
// CPython: Lib/dis.py, Formatter.print_instruction_line.
func (l *layout) row(dst []byte, r row) []byte {
	if l.lineWidth > 0 && r.line != noEntry && r.offset > 0 {
		dst = append(dst, '\n')
	}
	start := len(dst)
	if l.lineWidth > 0 {
		dst = append(l.source(dst, r), ' ')
	}
	if l.named {
		dst = l.labelColumns(dst, r)
	} else {
		dst = l.offsetColumns(dst, r)
	}
	dst = padRight(append(dst, r.name...), len(r.name), opnameWidth)
	if r.hasArg {
		width := opargWidth
		if l.named { // a long name takes from the room of the operand
			width -= max(0, len(r.name)-opnameWidth)
		}
		dst = appendInt(append(dst, ' '), int(r.arg), width)
		if len(r.operand) > 0 {
			dst = append(append(append(dst, " ("...), r.operand...), ')')
		}
	}
	for len(dst) > start && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return append(dst, '\n')
}

// labelColumns appends the label and the offset, with the room of the mark of a
// current instruction.
func (l *layout) labelColumns(dst []byte, r row) []byte {
	if r.label > 0 {
		dst = padLeft(dst, 2+digits(r.label), l.labelWidth)
		dst = append(strconv.AppendInt(append(dst, 'L'), int64(r.label), 10), ':')
	} else {
		dst = padLeft(dst, 0, l.labelWidth)
	}
	if l.offsetWidth > 0 {
		dst = append(appendInt(append(dst, ' '), r.offset, l.offsetWidth), "  "...)
	}
	return append(dst, "     "...)
}

// offsetColumns appends the mark of a jump target and the offset, with the room
// of the mark of a current instruction.
func (l *layout) offsetColumns(dst []byte, r row) []byte {
	mark := "  "
	if r.label > 0 {
		mark = ">>"
	}
	dst = append(append(dst, "    "...), mark...)
	return append(appendInt(append(dst, ' '), r.offset, l.offsetWidth), ' ')
}

// source appends the column of the line, or of lines and columns.
func (l *layout) source(dst []byte, r row) []byte {
	switch {
	case l.showPositions:
		start := len(dst)
		dst = appendPosition(dst, l.locations[r.in.Offset/2])
		return padRight(dst, len(dst)-start, l.lineWidth)
	case r.line == noEntry:
		return padLeft(dst, 0, l.lineWidth)
	case r.line < 0:
		return append(padLeft(dst, len(noLine), l.lineWidth), noLine...)
	}
	return appendInt(dst, int(r.line), l.lineWidth)
}

func appendPosition(dst []byte, l Location) []byte {
	if l == NoLocation {
		return append(dst, noLine...)
	}
	dst = append(appendKnown(dst, l.Line), ':')
	dst = append(appendKnown(dst, l.Col), '-')
	dst = append(appendKnown(dst, l.EndLine), ':')
	return appendKnown(dst, l.EndCol)
}

func appendKnown(dst []byte, n int32) []byte {
	if n < 0 {
		return append(dst, '?')
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

// handler appends the line of an exception handler. By offset, the end is that
// of the last instruction.
func (l *layout) handler(dst []byte, h Handler) []byte {
	start, end, target := h.Start, h.End-2, h.Target
	letter := ""
	if l.named {
		start, end, target = l.label(h.Start), l.label(h.End), l.label(h.Target)
		letter = "L"
	}
	dst = appendInt(append(append(dst, "  "...), letter...), start, 0)
	dst = appendInt(append(append(dst, " to "...), letter...), end, 0)
	dst = appendInt(append(append(dst, " -> "...), letter...), target, 0)
	dst = append(appendInt(append(dst, " ["...), h.Depth, 0), ']')
	if h.Lasti {
		dst = append(dst, " lasti"...)
	}
	return append(dst, '\n')
}

// appendCache appends the name and value of a cache field.
func appendCache(dst []byte, field opcode.CacheField, b []byte) []byte {
	dst = append(append(dst, field.Name...), ": "...)
	return strconv.AppendUint(dst, cacheValue(field, b), 10)
}

// appendInt appends a number, right-aligned.
func appendInt(dst []byte, n, width int) []byte {
	return strconv.AppendInt(padLeft(dst, digits(n), width), int64(n), 10)
}

// padLeft appends the spaces before a text of some length.
func padLeft(dst []byte, length, width int) []byte {
	for ; length < width; length++ {
		dst = append(dst, ' ')
	}
	return dst
}

// padRight appends the spaces after a text of some length.
func padRight(dst []byte, length, width int) []byte { return padLeft(dst, length, width) }
