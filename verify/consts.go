package verify

import (
	"bytes"
	"fmt"
	"math"
	"math/big"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// compareConsts shows the first constant with another value.
func compareConsts(native, reference *pyc.Code, v pyver.Version) *sides {
	n, r := itemsOf(native.Consts), itemsOf(reference.Consts)
	var known equalities
	for i := range max(len(n), len(r)) {
		if i < len(n) && i < len(r) && known.equal(n[i], r[i]) {
			continue
		}
		s := clipped(itemPath("consts", i), item(n, i, v), item(r, i, v))
		if s.native == s.reference { // NaNs with other bits
			s.native += fmt.Sprintf(" %#v", n[i])
			s.reference += fmt.Sprintf(" %#v", r[i])
		}
		return s
	}
	return nil
}

// equalities remembers containers that are equal, so that objects which are
// shared many times take no longer.
type equalities map[[2]pyc.Object]struct{}

// equal reports whether two objects have the same type and value, in the order
// in which the file has them. Code objects are equal to each other: they are
// compared in pairs.
func (e *equalities) equal(a, b pyc.Object) bool {
	switch a := a.(type) {
	case pyc.Singleton:
		return a == b
	case *pyc.Code:
		_, ok := b.(*pyc.Code)
		return ok
	case *pyc.Int:
		b, ok := b.(*pyc.Int)
		return ok && sameInt(a, b)
	case *pyc.Float:
		b, ok := b.(*pyc.Float)
		return ok && sameFloat(a.Value, b.Value)
	case *pyc.Complex:
		b, ok := b.(*pyc.Complex)
		return ok && sameFloat(real(a.Value), real(b.Value)) && sameFloat(imag(a.Value), imag(b.Value))
	case *pyc.Bytes:
		b, ok := b.(*pyc.Bytes)
		return ok && bytes.Equal(a.Value, b.Value)
	case *pyc.Str:
		b, ok := b.(*pyc.Str)
		return ok && a.Value == b.Value
	case *pyc.Tuple:
		b, ok := b.(*pyc.Tuple)
		return ok && e.items(a, b, a.Items, b.Items)
	case *pyc.FrozenSet:
		b, ok := b.(*pyc.FrozenSet)
		return ok && e.items(a, b, a.Items, b.Items)
	case *pyc.Slice:
		b, ok := b.(*pyc.Slice)
		return ok && e.items(a, b, []pyc.Object{a.Start, a.Stop, a.Step}, []pyc.Object{b.Start, b.Stop, b.Step})
	}
	return false
}

// items compares what two containers hold.
func (e *equalities) items(a, b pyc.Object, as, bs []pyc.Object) bool {
	if len(as) != len(bs) {
		return false
	}
	if _, ok := (*e)[[2]pyc.Object{a, b}]; ok {
		return true
	}
	for i := range as {
		if !e.equal(as[i], bs[i]) {
			return false
		}
	}
	if *e == nil {
		*e = equalities{}
	}
	(*e)[[2]pyc.Object{a, b}] = struct{}{}
	return true
}

func sameInt(a, b *pyc.Int) bool {
	if a.Big == nil && b.Big == nil {
		return a.Small == b.Small
	}
	return value(a).Cmp(value(b)) == 0
}

func value(i *pyc.Int) *big.Int {
	if i.Big != nil {
		return i.Big
	}
	return big.NewInt(i.Small)
}

func sameFloat(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
