package object

import (
	"encoding/binary"
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
	return multiply(h^x^mul1, mul2^x)
}

// multiply returns both halves of a product, folded.
func multiply(x, y uint64) uint64 {
	hi, lo := bits.Mul64(x, y)
	return hi ^ lo
}

func hashStr(s string) uint64 { return hashText(seedStr, []byte(s)) }

// hashText hashes 16 bytes at a time, of which the last may be taken twice. Of a
// shorter text it takes four times four, which may overlap, or three that may be
// the same.
func hashText(seed uint64, b []byte) uint64 {
	n := len(b)
	var x, y uint64
	switch {
	case n > 16:
		last := b[n-16:]
		for ; len(b) > 16; b = b[16:] {
			seed = multiply(binary.LittleEndian.Uint64(b)^seed^mul1, binary.LittleEndian.Uint64(b[8:])^mul2)
		}
		x, y = binary.LittleEndian.Uint64(last), binary.LittleEndian.Uint64(last[8:])
	case n >= 4:
		last, step := n-4, n>>3<<2
		x, y = four(b, 0)<<32|four(b, step), four(b, last)<<32|four(b, last-step)
	case n > 0:
		x = uint64(b[0])<<16 | uint64(b[n/2])<<8 | uint64(b[n-1])
	}
	return multiply(multiply(x^seed^mul1, y^mul2)^uint64(n), mul1)
}

// four returns the four bytes at an index.
func four(b []byte, i int) uint64 { return uint64(binary.LittleEndian.Uint32(b[i : i+4 : i+4])) }

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
