package lexer

import "math/bits"

// Eight bytes of the text are one number here, the first byte lowest: runs of
// bytes of a kind are measured eight at a time, with few branches.

const (
	eachByte = 0x0101010101010101 // times a byte gives eight of it
	highBits = 0x80 * eachByte
	lowBits  = 0x7f * eachByte
)

// load returns eight bytes of s from offset i.
func load(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// wordAt returns the eight bytes of s from offset i, with zeros behind its end. It
// is too large to be inlined: the loops that take most words have its two lines.
func wordAt(s string, i int) uint64 {
	if i+8 <= len(s) {
		return load(s, i)
	}
	return tail(s, i)
}

func tail(s string, i int) (w uint64) {
	for j := range len(s) - i {
		w |= uint64(s[i+j]) << (8 * j)
	}
	return w
}

// first returns how many bytes are in front of the first one that is not 0, as
// in a mask that marks bytes with their high bits: 8 if there is none.
func first(mask uint64) int { return bits.TrailingZeros64(mask) / 8 }

// marks marks with their high bits the bytes that are c, and perhaps others
// behind the first of them.
func marks(w uint64, c byte) uint64 {
	w ^= uint64(c) * eachByte
	return (w - eachByte) &^ w & highBits
}

// marksAll marks with their high bits the bytes that are c, and no others.
func marksAll(w uint64, c byte) uint64 {
	w ^= uint64(c) * eachByte
	return ^(w&lowBits + lowBits | w) & highBits
}

// notName marks with their high bits the bytes that are not part of an ASCII
// identifier.
func notName(w uint64) uint64 {
	// A byte without its high bit, plus 0x80 minus a limit, has the high bit if it
	// is not below the limit.
	b := w & lowBits
	lower := b | 0x20*eachByte
	letter := (lower + (0x80-'a')*eachByte) &^ (lower + (0x80-'z'-1)*eachByte)
	digit := (b + (0x80-'0')*eachByte) &^ (b + (0x80-'9'-1)*eachByte)
	other := b ^ '_'*eachByte + lowBits // has no high bit for an underscore
	return (other&^letter&^digit | w) & highBits
}
