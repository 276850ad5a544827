package arith

import (
	"encoding/binary"
	"math"
	"math/big"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// Unique returns the items of a set that is built from the items in order: of
// those that are equal in Python, such as 1, 1.0 and True, the first.
func Unique(items []pyc.Object) []pyc.Object {
	seen := make(map[string]bool, len(items))
	unique := items[:0]
	var key []byte
	for _, o := range items {
		key = appendKey(key[:0], o)
		if len(key) == 0 || !seen[string(key)] {
			unique = append(unique, o)
		}
		if len(key) > 0 {
			seen[string(key)] = true
		}
	}
	return unique
}

// appendKey appends a text that equal constants have in common; none for one
// that equals nothing else.
func appendKey(b []byte, o pyc.Object) []byte {
	switch o := o.(type) {
	case *pyc.Str:
		return append(appendLen(append(b, 's'), len(o.Value)), o.Value...)
	case *pyc.Bytes:
		return append(appendLen(append(b, 'b'), len(o.Value)), o.Value...)
	case *pyc.Tuple:
		return appendTuple(b, o)
	case pyc.Singleton:
		if o != pyc.True && o != pyc.False {
			return append(b, byte(o))
		}
	}
	x := number(o)
	switch x.kind {
	case isBool, isInt:
		return appendInt(b, x.bigInt())
	case isFloat:
		return appendFloat(b, x.f)
	case isComplex:
		if imag(x.c) == 0 {
			return appendFloat(b, real(x.c))
		}
		if math.IsNaN(real(x.c)) || math.IsNaN(imag(x.c)) {
			return b
		}
		return appendFloat(appendFloat(append(b, 'c'), real(x.c)), imag(x.c))
	}
	return b
}

func appendTuple(b []byte, t *pyc.Tuple) []byte {
	start := len(b)
	b = appendLen(append(b, '('), len(t.Items))
	for _, item := range t.Items {
		n := len(b)
		if b = appendKey(b, item); len(b) == n {
			return b[:start]
		}
	}
	return b
}

func appendLen(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func appendInt(b []byte, i *big.Int) []byte {
	b = append(b, 'i', byte(i.Sign()))
	bytes := i.Bytes()
	return append(appendLen(b, len(bytes)), bytes...)
}

func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return b
	case f == math.Trunc(f) && !math.IsInf(f, 0):
		i, _ := big.NewFloat(f).Int(nil)
		return appendInt(b, i)
	}
	return binary.LittleEndian.AppendUint64(append(b, 'f'), math.Float64bits(f))
}
