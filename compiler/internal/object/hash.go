package object

import (
	"math"
	"math/bits"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// The hashes of the constant cache. They only decide where a constant is
// looked for, never an order that reaches the output.

const (
	mul1 = 0x9E3779B97F4A7C15
	mul2 = 0xD6E8FEB86659FD93
)

// The seeds keep the types apart.
const (
	seedStr = iota + 1
	seedBytes
	seedInt
	seedFloat
	seedComplex
	seedTuple
	seedSet
	seedSlice
	seedCode
	seedSingleton
)

// mix returns the hash of h and x.
func mix(h, x uint64) uint64 {
	hi, lo := bits.Mul64(h^x^mul1, mul2^x)
	return hi ^ lo
}

func hashStr(s string) uint64 { return hashText(seedStr, s) }

// hashText hashes sixteen bytes at a time.
func hashText[T string | []byte](seed uint64, s T) uint64 {
	h := mix(seed, uint64(len(s)))
	for ; len(s) > 16; s = s[16:] {
		h = mixTwo(h, word(s), word(s[8:]))
	}
	switch n := len(s); {
	case n >= 8:
		return mixTwo(h, word(s), word(s[n-8:]))
	case n >= 4:
		return mixTwo(h, half(s), half(s[n-4:]))
	case n > 0:
		return mix(h, uint64(s[0])|uint64(s[n/2])<<8|uint64(s[n-1])<<16)
	}
	return h
}

// mixTwo returns the hash of h, x and y.
func mixTwo(h, x, y uint64) uint64 {
	hi, lo := bits.Mul64(h^x^mul1, h^y^mul2)
	return hi ^ lo
}

// word returns the first eight bytes as a number.
func word[T string | []byte](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// half returns the first four bytes as a number.
func half[T string | []byte](s T) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// hashKey returns a number that is equal for constants that sameKey says are
// equal.
func hashKey(o pyc.Object) uint64 {
	switch o := o.(type) {
	case pyc.Singleton:
		return mix(seedSingleton, uint64(o))
	case *pyc.Str:
		return hashStr(o.Value)
	case *pyc.Bytes:
		return hashText(seedBytes, o.Value)
	case *pyc.Int:
		return hashInt(o)
	case *pyc.Float:
		return mix(seedFloat, math.Float64bits(o.Value))
	case *pyc.Complex:
		return mix(mix(seedComplex, math.Float64bits(real(o.Value))), math.Float64bits(imag(o.Value)))
	case *pyc.Tuple:
		return hashItems(seedTuple, o.Items)
	case *pyc.FrozenSet:
		sum := uint64(0)
		for _, item := range o.Items {
			sum += hashKey(item) * mul1
		}
		return mix(seedSet, sum)
	case *pyc.Slice:
		return mix(mix(mix(seedSlice, hashKey(o.Start)), hashKey(o.Stop)), hashKey(o.Step))
	case *pyc.Code:
		// Equal line tables are one object. Code from different places has
		// different ones.
		return mix(mix(seedCode, uint64(o.FirstLine)), uint64(o.LineTable.Serial)<<32|uint64(len(o.Bytecode.Value)))
	}
	return 0
}

func hashInt(i *pyc.Int) uint64 {
	if i.Big == nil {
		return mix(seedInt, uint64(i.Small))
	}
	h := mix(seedInt, uint64(i.Big.Sign()))
	for _, word := range i.Big.Bits() {
		h = mix(h, uint64(word))
	}
	return h
}

func hashItems(seed uint64, items []pyc.Object) uint64 {
	h := mix(seed, uint64(len(items)))
	for _, item := range items {
		h = mix(h, hashKey(item))
	}
	return h
}
