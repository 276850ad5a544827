package dis

import (
	"iter"
	"math"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// A Location is the part of the source that an instruction comes from. Lines
// are 1-based; columns are 0-based offsets in UTF-8 bytes. What is not known is
// -1.
type Location struct {
	Line    int32 `json:"line"`
	EndLine int32 `json:"end_line"`
	Col     int32 `json:"col"`
	EndCol  int32 `json:"end_col"`
}

// NoLocation is the location of an instruction that comes from no source.
var NoLocation = Location{-1, -1, -1, -1}

// A LocationRange is the location of the instructions from Start to before End,
// offsets in bytes.
type LocationRange struct {
	Start, End int
	Location
}

// A LineRange is the line of the instructions from Start to before End, offsets
// in bytes. Line is -1 where there is none.
type LineRange struct {
	Start, End int
	Line       int32
}

// The kinds of location entry. CPython: Objects/locations.md.
const (
	oneLine0  = 10 // kinds below hold the upper bits of a column
	noColumns = 13
	longForm  = 14
	noneForm  = 15
)

// Locations returns the entries of a code object's location table, which is
// what its co_positions says. After an error, which is a *TableError, there are
// no more.
//
// CPython: Objects/codeobject.c, advance_with_locations.
func Locations(c *pyc.Code) iter.Seq2[LocationRange, error] {
	return func(yield func(LocationRange, error) bool) {
		r := tableReader{name: "co_linetable", data: bytesOf(c.LineTable)}
		line, at := c.FirstLine, 0
		for r.more() {
			entry, err := r.location(&line)
			if err != nil {
				yield(LocationRange{}, err)
				return
			}
			entry.Start = at
			entry.End += at
			at = entry.End
			if !yield(entry, nil) {
				return
			}
		}
	}
}

// location reads an entry. line is that of the entry before; End of the result
// is the length of the range.
func (r *tableReader) location(line *int32) (LocationRange, error) {
	start := r.at
	first, err := r.first()
	if err != nil {
		return LocationRange{}, err
	}
	entry := LocationRange{End: 2 * (int(first&7) + 1), Location: NoLocation}
	kind := first >> 3 & 15
	if kind == noneForm {
		return entry, nil
	}
	delta := int32(0)
	switch {
	case kind == longForm || kind == noColumns:
		delta, err = r.signed()
	case kind >= oneLine0:
		delta = int32(kind - oneLine0)
	}
	if err != nil {
		return LocationRange{}, err
	}
	next := int64(*line) + int64(delta)
	// Line -1 is no line, as in CPython: a code object whose first line was set
	// to 0 can have it.
	if next < -1 || next > math.MaxInt32 {
		return LocationRange{}, r.errorf(start, "the line is not within 0 and 2147483647")
	}
	*line = int32(next)
	entry.Line, entry.EndLine = *line, *line
	switch {
	case kind == longForm:
		err = r.long(start, &entry.Location)
	case kind == noColumns:
	case kind >= oneLine0:
		err = r.columns(&entry.Location)
	default:
		var second byte
		second, err = r.byte()
		entry.Col = int32(kind)<<3 | int32(second>>4)
		entry.EndCol = entry.Col + int32(second&15)
	}
	return entry, err
}

// long reads what follows the line of the long form.
func (r *tableReader) long(start int, l *Location) error {
	for _, field := range []struct {
		value       *int32
		base, minus int64
	}{{&l.EndLine, int64(l.Line), 0}, {&l.Col, 0, 1}, {&l.EndCol, 0, 1}} {
		u, err := r.little()
		if err != nil {
			return err
		}
		value := field.base + int64(u) - field.minus
		if value > math.MaxInt32 {
			return r.errorf(start, "a line or column is larger than 2147483647")
		}
		*field.value = int32(value)
	}
	return nil
}

func (r *tableReader) columns(l *Location) error {
	col, err := r.byte()
	if err != nil {
		return err
	}
	end, err := r.byte()
	l.Col, l.EndCol = int32(col), int32(end)
	return err
}

// Lines returns the lines of a code object, adjacent ranges of one line merged,
// which is what its co_lines says. After an error, which is a *TableError,
// there are no more.
//
// CPython: Objects/codeobject.c, lineiter_next.
func Lines(c *pyc.Code) iter.Seq2[LineRange, error] {
	return func(yield func(LineRange, error) bool) {
		var open LineRange
		for entry, err := range Locations(c) {
			if err != nil {
				yield(LineRange{}, err)
				return
			}
			if open.End > 0 && open.Line == entry.Line {
				open.End = entry.End
				continue
			}
			if open.End > 0 && !yield(open, nil) {
				return
			}
			open = LineRange{entry.Start, entry.End, entry.Line}
		}
		if open.End > 0 {
			yield(open, nil)
		}
	}
}

func bytesOf(b *pyc.Bytes) []byte {
	if b == nil {
		return nil
	}
	return b.Value
}
