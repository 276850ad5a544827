package verify

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/dis"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// compareHandlers shows the first entry of the exception tables that differs.
func compareHandlers(native, reference *pyc.Code, _ pyver.Version) *sides {
	if sameBytes(native.ExceptionTable, reference.ExceptionTable) {
		return nil
	}
	n, r := handlers(native), handlers(reference)
	for i := range max(len(n), len(r)) {
		if a, b := entry(n, i), entry(r, i); a != b {
			return &sides{where: fmt.Sprintf("entry %d", i), native: a, reference: b}
		}
	}
	return firstBytes(bytesOf(native.ExceptionTable), bytesOf(reference.ExceptionTable))
}

// handlers returns the entries of an exception table as text.
func handlers(c *pyc.Code) []string {
	var all []string
	for h, err := range dis.Handlers(c) {
		if err != nil {
			return append(all, err.Error())
		}
		text := fmt.Sprintf("offsets %d to %d, handled at %d, depth %d", h.Start, h.End, h.Target, h.Depth)
		if h.Lasti {
			text += ", lasti"
		}
		all = append(all, text)
	}
	return all
}

func entry(all []string, i int) string {
	if i >= len(all) {
		return missing
	}
	return all[i]
}

// compareLocations shows the first instruction whose location differs or, if
// there is none, the first entry of the tables that does.
func compareLocations(native, reference *pyc.Code, v pyver.Version) *sides {
	if sameBytes(native.LineTable, reference.LineTable) {
		return nil
	}
	n, nativeErr := locations(native)
	r, referenceErr := locations(reference)
	if nativeErr != nil || referenceErr != nil {
		return &sides{native: readable(nativeErr), reference: readable(referenceErr)}
	}
	if s := firstUnit(n, r, reference, v); s != nil {
		return s
	}
	for i := range min(len(n), len(r)) {
		if n[i] != r[i] {
			s := &sides{where: fmt.Sprintf("entry %d", i), native: place(n[i].Location), reference: place(r[i].Location), line: r[i].Line}
			s.native += fmt.Sprintf(", offsets %d to %d", n[i].Start, n[i].End)
			s.reference += fmt.Sprintf(", offsets %d to %d", r[i].Start, r[i].End)
			return s
		}
	}
	return firstBytes(bytesOf(native.LineTable), bytesOf(reference.LineTable))
}

// locations returns the entries of a line table.
func locations(c *pyc.Code) ([]dis.LocationRange, error) {
	var all []dis.LocationRange
	for r, err := range dis.Locations(c) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// firstUnit shows the first code unit with another location. Each step passes
// over what two entries have in common.
func firstUnit(native, reference []dis.LocationRange, c *pyc.Code, v pyver.Version) *sides {
	for i, j := 0, 0; i < len(native) || j < len(reference); {
		switch {
		case i == len(native):
			return unit(reference[j].Start, missing, place(reference[j].Location), c, v)
		case j == len(reference):
			return unit(native[i].Start, place(native[i].Location), missing, c, v)
		case native[i].Location != reference[j].Location:
			at := max(native[i].Start, reference[j].Start)
			return unit(at, place(native[i].Location), place(reference[j].Location), c, v)
		}
		next := min(native[i].End, reference[j].End)
		if native[i].End == next {
			i++
		}
		if reference[j].End == next {
			j++
		}
	}
	return nil
}

// unit names the instruction at an offset.
func unit(at int, native, reference string, c *pyc.Code, v pyver.Version) *sides {
	s := &sides{where: fmt.Sprintf("offset %d", at), native: native, reference: reference}
	if in, ok := instructionAt(c, at, v); ok {
		s.where += ", " + describe(in, true)
		s.line = in.Location.Line
	}
	return s
}

// place describes a location. Columns are offsets in UTF-8 bytes from 0.
func place(l dis.Location) string {
	if l == dis.NoLocation {
		return "no location"
	}
	text := fmt.Sprintf("line %d", l.Line)
	if l.EndLine != l.Line {
		text = fmt.Sprintf("lines %d to %d", l.Line, l.EndLine)
	}
	if l.Col < 0 && l.EndCol < 0 {
		return text + ", no columns"
	}
	return text + fmt.Sprintf(", columns %d to %d", l.Col, l.EndCol)
}
