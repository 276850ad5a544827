package unidata

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// NFKC returns the normal form of s as unicodedata.normalize("NFKC", s) of the
// version does. Text that is normal, as nearly all identifiers are, is
// returned as it is, without an allocation. Bytes that are not UTF-8 stay, as
// characters that nothing joins.
//
// CPython: unicodedata.c, nfc_nfkc.
func (t *Tables) NFKC(s string) string {
	if t.settled(s) {
		return s
	}
	var space [32]char
	chars := t.decompose(space[:0], s)
	reorder(chars)
	return encode(t.compose(chars), len(s))
}

// A char is a code point with its canonical combining class, or else a byte of
// text that is not UTF-8, as strayByte plus the byte.
type char struct {
	r         rune
	combining uint8
}

const strayByte = utf8.MaxRune + 1

// settled reports whether s has no character that normalization could act on.
func (t *Tables) settled(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < utf8.RuneSelf {
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if t.class(r).properties&unsettled != 0 {
			return false
		}
		i += size - 1
	}
	return true
}

// decompose appends the compatibility decomposition of each character of s.
func (t *Tables) decompose(chars []char, s string) []char {
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r < utf8.RuneSelf:
			chars = append(chars, char{r: r})
		case r == utf8.RuneError && size == 1:
			chars = append(chars, char{r: strayByte + rune(s[0])})
		case isSyllable(r):
			chars = decomposeSyllable(chars, r)
		default:
			chars = t.decomposeRune(chars, r)
		}
		s = s[size:]
	}
	return chars
}

func (t *Tables) decomposeRune(chars []char, r rune) []char {
	text := t.decomposition(r)
	if text == "" {
		return append(chars, char{r, t.class(r).combining})
	}
	for _, part := range text {
		chars = append(chars, char{part, t.class(part).combining})
	}
	return chars
}

// A decomposition says that the code point stands for the text at
// decomposedText[at:at+size], which is decomposed and in order itself.
type decomposition struct {
	code     rune
	at       uint16
	size     uint8
	versions versions
}

// decomposition returns the compatibility decomposition of a character, and the
// empty text when it has none.
func (t *Tables) decomposition(r rune) string {
	i, _ := slices.BinarySearchFunc(decompositions[:], r, func(d decomposition, r rune) int {
		return cmp.Compare(d.code, r)
	})
	for ; i < len(decompositions) && decompositions[i].code == r; i++ {
		if d := decompositions[i]; d.versions&t.version != 0 {
			return decomposedText[d.at : int(d.at)+int(d.size)]
		}
	}
	return ""
}

// reorder sorts each run of combining characters by class, and leaves those of
// the same class as they are.
func reorder(chars []char) {
	for i := 0; i < len(chars); i++ {
		first := i
		for i < len(chars) && chars[i].combining != 0 {
			i++
		}
		if i-first > 1 {
			slices.SortStableFunc(chars[first:i], func(a, b char) int { return cmp.Compare(a.combining, b.combining) })
		}
	}
}

func encode(chars []char, size int) string {
	var b strings.Builder
	b.Grow(size)
	for _, c := range chars {
		if c.r >= strayByte {
			b.WriteByte(byte(c.r - strayByte))
			continue
		}
		b.WriteRune(c.r)
	}
	return b.String()
}
