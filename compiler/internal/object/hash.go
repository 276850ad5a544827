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
	hi, lo := bits.Mul64(h^x^mul1, mul2^x)
	return hi ^ lo
}

func hashStr(s string) uint64 { return hashText(seedStr, s) }

// hashText hashes eight bytes at a time.
func hashText[T string | []byte](seed uint64, s T) uint64 {
	h := mix(seed, uint64(len(s)))
	i := 0
	for ; i+8 <= len(s); i += 8 {
		h = mix(h, uint64(s[i])|uint64(s[i+1])<<8|uint64(s[i+2])<<16|uint64(s[i+3])<<24|
			uint64(s[i+4])<<32|uint64(s[i+5])<<40|uint64(s[i+6])<<48|uint64(s[i+7])<<56)
	}
	var tail [8]byte
	copy(tail[:], s[i:])
	return mix(h, binary.LittleEndian.Uint64(tail[:]))
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
