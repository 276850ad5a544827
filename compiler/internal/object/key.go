package object

import (
	"bytes"
	"math"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// sameKey reports whether the constant cache merges a and b. Constants of
// different types are never merged, nor zeros of different sign. A NaN equals
// itself alone.
//
// CPython: codeobject.c, _PyCode_ConstantKey.
func sameKey(a, b pyc.Object) bool {
	if a, ok := a.(*pyc.Str); ok { // as most are
		b, ok := b.(*pyc.Str)
		return ok && a.Value == b.Value
	}
	if a == b {
		return true
	}
	switch a := a.(type) {
	case *pyc.Bytes:
		b, ok := b.(*pyc.Bytes)
		return ok && bytes.Equal(a.Value, b.Value)
	case *pyc.Int:
		b, ok := b.(*pyc.Int)
		return ok && sameInt(a, b)
	case *pyc.Float:
		b, ok := b.(*pyc.Float)
		return ok && sameFloat(a.Value, b.Value)
	case *pyc.Complex:
		b, ok := b.(*pyc.Complex)
		return ok && sameFloat(real(a.Value), real(b.Value)) && sameFloat(imag(a.Value), imag(b.Value))
	case *pyc.Tuple:
		b, ok := b.(*pyc.Tuple)
		return ok && sameItems(a.Items, b.Items)
	case *pyc.FrozenSet:
		b, ok := b.(*pyc.FrozenSet)
		return ok && sameSet(a.Items, b.Items)
	case *pyc.Slice:
		b, ok := b.(*pyc.Slice)
		return ok && sameKey(a.Start, b.Start) && sameKey(a.Stop, b.Stop) && sameKey(a.Step, b.Step)
	case *pyc.Code:
		b, ok := b.(*pyc.Code)
		return ok && sameCode(a, b)
	}
	return false
}

func sameInt(a, b *pyc.Int) bool {
	if a.Big != nil && b.Big != nil {
		return a.Big.Cmp(b.Big) == 0
	}
	return a.Big == nil && b.Big == nil && a.Small == b.Small
}

func sameFloat(a, b float64) bool {
	return a == b && math.Signbit(a) == math.Signbit(b)
}

func sameItems(a, b []pyc.Object) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sameKey(a[i], b[i]) {
			return false
		}
	}
	return true
}

// sameSet compares frozensets, whose items are in no order. Their hashes are
// equal, so that a long search is rare.
func sameSet(a, b []pyc.Object) bool {
	if len(a) != len(b) {
		return false
	}
	for i, x := range a {
		if sameKey(x, b[i]) {
			continue
		}
		found := false
		for _, y := range b {
			if found = sameKey(x, y); found {
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// sameCode compares code objects. Code from different places in the source
// differs in its line table or first line.
//
// CPython: codeobject.c, code_richcompare.
func sameCode(a, b *pyc.Code) bool {
	return a.FirstLine == b.FirstLine && a.Flags == b.Flags &&
		a.ArgCount == b.ArgCount && a.PosOnlyArgCount == b.PosOnlyArgCount && a.KwOnlyArgCount == b.KwOnlyArgCount &&
		a.Name.Value == b.Name.Value &&
		bytes.Equal(a.Bytecode.Value, b.Bytecode.Value) &&
		bytes.Equal(a.LineTable.Value, b.LineTable.Value) &&
		bytes.Equal(a.ExceptionTable.Value, b.ExceptionTable.Value) &&
		sameItems(a.Names.Items, b.Names.Items) &&
		sameItems(a.LocalsPlusNames.Items, b.LocalsPlusNames.Items) &&
		sameItems(a.Consts.Items, b.Consts.Items)
}
