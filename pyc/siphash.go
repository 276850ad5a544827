package pyc

import (
	"encoding/binary"
	"math/bits"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// SourceHash returns the hash of a source file that version v stores in the
// header of a hash-based .pyc: SipHash-1-3 keyed by the magic number.
//
// CPython: import.c, _imp_source_hash_impl; pyhash.c, _Py_KeyedHash.
func SourceHash(v pyver.Version, source []byte) [8]byte {
	// importlib reads the key from all four bytes of the magic number, of
	// which the last two are always "\r\n".
	key := uint64(v.Magic()) | '\r'<<16 | '\n'<<24
	var out [8]byte
	binary.LittleEndian.PutUint64(out[:], sipHash13(key, 0, source))
	return out
}

// sipHash13 returns SipHash of the data with one round for each eight bytes and
// three to finish, under the key k0, k1. Source: Aumasson and Bernstein,
// "SipHash: a fast short-input PRF" (2012).
func sipHash13(k0, k1 uint64, data []byte) uint64 {
	v0 := k0 ^ 0x736f6d6570736575 // "somepseu"
	v1 := k1 ^ 0x646f72616e646f6d // "dorandom"
	v2 := k0 ^ 0x6c7967656e657261 // "lygenera"
	v3 := k1 ^ 0x7465646279746573 // "tedbytes"
	length := uint64(len(data))
	for len(data) >= 8 {
		m := binary.LittleEndian.Uint64(data)
		v0, v1, v2, v3 = sipRound(v0, v1, v2, v3^m)
		v0 ^= m
		data = data[8:]
	}
	// The last word holds what is left of the data and the length modulo 256.
	m := length << 56
	for i, b := range data {
		m |= uint64(b) << (8 * i)
	}
	v0, v1, v2, v3 = sipRound(v0, v1, v2, v3^m)
	v0 ^= m
	v2 ^= 0xff
	for range 3 {
		v0, v1, v2, v3 = sipRound(v0, v1, v2, v3)
	}
	return v0 ^ v1 ^ v2 ^ v3
}

func sipRound(v0, v1, v2, v3 uint64) (uint64, uint64, uint64, uint64) {
	v0 += v1
	v2 += v3
	v1 = bits.RotateLeft64(v1, 13) ^ v0
	v3 = bits.RotateLeft64(v3, 16) ^ v2
	v0 = bits.RotateLeft64(v0, 32)
	v2 += v1
	v0 += v3
	v1 = bits.RotateLeft64(v1, 17) ^ v2
	v3 = bits.RotateLeft64(v3, 21) ^ v0
	v2 = bits.RotateLeft64(v2, 32)
	return v0, v1, v2, v3
}
