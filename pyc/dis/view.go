package dis

import (
	"slices"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// noEntry marks an offset at which no line starts.
const noEntry = -2

// A view is a code object with its tables decoded for showing.
type view struct {
	code      *pyc.Code
	version   pyver.Version
	table     *opcode.Table
	handlers  []Handler
	labels    []int   // offsets that jumps and handlers refer to, ascending
	lineAt    []int32 // by code unit: the line that starts there, -1 for none, or noEntry
	maxLine   int32   // largest line, or -1
	hasStarts bool    // whether any line starts
	hasNoLine bool    // whether some instructions have no line
	locations []Location
	maxConst  int
	consts    []string // repr of each constant, once it has been needed
}

// newView decodes the tables of a code object. What is wrong with them is the
// error, beside a view of the rest.
func newView(c *pyc.Code, v pyver.Version, maxConst int) (*view, error) {
	w := &view{code: c, version: v, table: opcode.For(v), maxConst: maxConst, maxLine: -1}
	if w.table == nil {
		return nil, unknownVersion(v)
	}
	if c.Consts != nil {
		w.consts = make([]string, len(c.Consts.Items))
	}
	for _, step := range []func() error{w.readHandlers, w.readLabels, w.readLines} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *view) bytecode() []byte { return bytesOf(w.code.Bytecode) }

func (w *view) readHandlers() error {
	for h, err := range Handlers(w.code) {
		if err != nil {
			return err
		}
		w.handlers = append(w.handlers, h)
	}
	return nil
}

// readLabels collects the offsets that dis marks: those that jumps go to and,
// where it names labels, the bounds of the exception table's entries too.
//
// CPython: Lib/dis.py, findlabels and _make_labels_map.
func (w *view) readLabels() error {
	for in, err := range Decode(w.bytecode(), w.version) {
		if err != nil {
			return err
		}
		if target, ok := w.target(in); ok {
			w.labels = append(w.labels, target)
		}
	}
	named := w.version.Has(pyver.DisLabels)
	for _, h := range w.handlers {
		if named {
			w.labels = append(w.labels, h.Start, h.End)
		}
		if named || h.Start < h.End {
			w.labels = append(w.labels, h.Target)
		}
	}
	slices.Sort(w.labels)
	w.labels = slices.Compact(w.labels)
	return nil
}

// target returns the offset that a jump goes to.
func (w *view) target(in Instr) (int, bool) {
	flags := w.table.Flags(in.Op)
	if !in.HasArg || flags&opcode.HasJump == 0 {
		return 0, false
	}
	if flags&opcode.Backward != 0 {
		return in.End() - 2*int(in.Arg), true
	}
	return in.End() + 2*int(in.Arg), true
}

// label returns the number of an offset's label, which starts at 1, or 0.
func (w *view) label(offset int) int {
	if i, ok := slices.BinarySearch(w.labels, offset); ok {
		return i + 1
	}
	return 0
}

// readLines finds where lines start.
//
// CPython: Lib/dis.py, findlinestarts.
func (w *view) readLines() error {
	w.lineAt = make([]int32, len(w.bytecode())/2)
	for i := range w.lineAt {
		w.lineAt[i] = noEntry
	}
	last := int32(noEntry)
	showsMissing := w.version.Has(pyver.DisLabels)
	for r, err := range Lines(w.code) {
		if err != nil {
			return err
		}
		if r.Line < 0 && !showsMissing || r.Line == last {
			continue
		}
		last = r.Line
		w.maxLine = max(w.maxLine, r.Line)
		w.hasStarts = true
		w.hasNoLine = w.hasNoLine || r.Line < 0
		if r.Start/2 < len(w.lineAt) {
			w.lineAt[r.Start/2] = r.Line
		}
	}
	return nil
}

// readLocations decodes the location of every code unit.
func (w *view) readLocations() error {
	w.locations = make([]Location, len(w.bytecode())/2)
	for i := range w.locations {
		w.locations[i] = NoLocation
	}
	for r, err := range Locations(w.code) {
		if err != nil {
			return err
		}
		for i := r.Start / 2; i < min(r.End/2, len(w.locations)); i++ {
			w.locations[i] = r.Location
		}
	}
	return nil
}
