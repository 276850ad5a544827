package verify

import (
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// compareObjects returns the first difference of two modules whose bytes
// differ: of the first stage in which any pair of code objects differs, that of
// the first such pair. It returns nil if it finds none.
func compareObjects(native, reference *pyc.Code, v pyver.Version) *Difference {
	all := pairs(native, reference)
	for _, stage := range stages {
		for _, p := range all {
			if s := stage.compare(p.native, p.reference, v); s != nil {
				return p.difference(stage.name, s)
			}
		}
	}
	return compareIdentities(native, reference, v)
}

// stages are those of code objects, in their order. A comparison returns nil if
// it finds no difference.
var stages = [...]struct {
	name    Stage
	compare func(native, reference *pyc.Code, v pyver.Version) *sides
}{
	{Definition, compareDefinition},
	{Locals, compareLocals},
	{Bytecode, compareBytecode},
	{Consts, compareConsts},
	{Names, compareNames},
	{StackSize, compareStackSize},
	{Flags, compareFlags},
	{ExceptionTable, compareHandlers},
	{LineTable, compareLocations},
}

// A pair is two code objects that stand for the same part of a source.
type pair struct {
	native, reference *pyc.Code
	path              string // in the reference
}

func (p pair) difference(stage Stage, s *sides) *Difference {
	d := &Difference{
		Stage: stage, QualName: textOf(p.reference.QualName), Path: p.path, Line: s.line,
		Where: s.where, Native: s.native, Reference: s.reference,
	}
	if d.Line <= 0 {
		d.Line = max(p.reference.FirstLine, 0)
	}
	return d
}

// pairs returns the modules and the code objects below them, outer ones before
// inner ones.
func pairs(native, reference *pyc.Code) []pair {
	all := []pair{{native, reference, ""}}
	seen := map[*pyc.Code]bool{reference: true}
	for i := 0; i < len(all); i++ {
		for _, inner := range innerPairs(all[i]) {
			if !seen[inner.reference] {
				seen[inner.reference] = true
				all = append(all, inner)
			}
		}
	}
	return all
}

// innerPairs returns the code objects in the constants of a pair: in their
// order when there are as many on both sides, else by name and line. Their
// numbers among the constants do not matter, since those can differ because of
// another constant.
func innerPairs(p pair) []pair {
	native, _ := codeConsts(p.native)
	reference, at := codeConsts(p.reference)
	var inner []pair
	for i, r := range reference {
		n := i
		if len(native) != len(reference) {
			for n = 0; n < len(native) && !sameDefinition(native[n], r); n++ {
			}
		}
		if n < len(native) {
			inner = append(inner, pair{native[n], r, itemPath(slotPath(p.path, "consts"), at[i])})
		}
	}
	return inner
}

// codeConsts returns the code objects among the constants, and their numbers.
func codeConsts(c *pyc.Code) (codes []*pyc.Code, at []int) {
	for i, o := range itemsOf(c.Consts) {
		if code, ok := o.(*pyc.Code); ok {
			codes, at = append(codes, code), append(at, i)
		}
	}
	return codes, at
}

func sameDefinition(a, b *pyc.Code) bool {
	return textOf(a.QualName) == textOf(b.QualName) && a.FirstLine == b.FirstLine
}

func compareDefinition(native, reference *pyc.Code, v pyver.Version) *sides {
	for _, field := range []struct {
		name              string
		native, reference *pyc.Str
	}{
		{"name", native.Name, reference.Name},
		{"qualified name", native.QualName, reference.QualName},
		{"file name", native.Filename, reference.Filename},
	} {
		if n, r := textOf(field.native), textOf(field.reference); n != r {
			return clipped(field.name, quote(n, v), quote(r, v))
		}
	}
	for _, field := range []struct {
		name              string
		native, reference int32
	}{
		{"first line", native.FirstLine, reference.FirstLine},
		{"number of positional parameters", native.ArgCount, reference.ArgCount},
		{"number of positional-only parameters", native.PosOnlyArgCount, reference.PosOnlyArgCount},
		{"number of keyword-only parameters", native.KwOnlyArgCount, reference.KwOnlyArgCount},
	} {
		if field.native != field.reference {
			return &sides{where: field.name, native: fmt.Sprint(field.native), reference: fmt.Sprint(field.reference)}
		}
	}
	return nil
}

func compareLocals(native, reference *pyc.Code, v pyver.Version) *sides {
	for i := range max(len(itemsOf(native.LocalsPlusNames)), len(itemsOf(reference.LocalsPlusNames))) {
		if n, r := local(native, i, v), local(reference, i, v); n != r {
			return &sides{where: fmt.Sprintf("variable %d", i), native: n, reference: r}
		}
	}
	return nil
}

// kinds are the bits of LocalsPlusKinds. CPython: pycore_code.h, CO_FAST_LOCAL.
var kinds = [...]struct {
	bit  byte
	name string
}{
	{0x02, "positional"},
	{0x04, "keyword"},
	{0x08, "variadic"},
	{0x10, "hidden"},
	{0x20, "local"},
	{0x40, "cell"},
	{0x80, "free"},
}

// local describes a variable by its name and kind.
func local(c *pyc.Code, i int, v pyver.Version) string {
	bits := bytesOf(c.LocalsPlusKinds)
	if i >= len(itemsOf(c.LocalsPlusNames)) || i >= len(bits) {
		return missing
	}
	text := []string{item(c.LocalsPlusNames.Items, i, v)}
	rest := bits[i]
	for _, kind := range kinds {
		if rest&kind.bit != 0 {
			text = append(text, kind.name)
			rest &^= kind.bit
		}
	}
	if rest != 0 {
		text = append(text, fmt.Sprintf("%#x", rest))
	}
	return strings.Join(text, " ")
}

func compareNames(native, reference *pyc.Code, v pyver.Version) *sides {
	n, r := itemsOf(native.Names), itemsOf(reference.Names)
	for i := range max(len(n), len(r)) {
		if a, b := item(n, i, v), item(r, i, v); a != b {
			return clipped(itemPath("names", i), a, b)
		}
	}
	return nil
}

func compareStackSize(native, reference *pyc.Code, _ pyver.Version) *sides {
	if native.StackSize == reference.StackSize {
		return nil
	}
	return &sides{native: fmt.Sprint(native.StackSize), reference: fmt.Sprint(reference.StackSize)}
}

func compareFlags(native, reference *pyc.Code, _ pyver.Version) *sides {
	if native.Flags == reference.Flags {
		return nil
	}
	return &sides{native: fmt.Sprintf("%#x", native.Flags), reference: fmt.Sprintf("%#x", reference.Flags)}
}
