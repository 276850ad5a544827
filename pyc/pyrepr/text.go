package pyrepr

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// printable is a range of code points that repr shows as they are, and a bit
// for each version, the oldest lowest, in which they are printable.
type printable struct {
	lo, hi   rune
	versions uint8
}

// IsPrintable reports whether version v's repr of a string shows the code
// point as it is: str.isprintable of that version's Unicode database.
func IsPrintable(r rune, v pyver.Version) bool {
	if r < 0x7F {
		return r >= ' '
	}
	i, found := slices.BinarySearchFunc(printables[:], r, func(p printable, r rune) int {
		switch {
		case p.hi < r:
			return -1
		case p.lo > r:
			return 1
		}
		return 0
	})
	return found && printables[i].versions>>(v-pyver.First)&1 != 0
}

const hexDigits = "0123456789abcdef"

// AppendStr appends the repr of a string: UTF-8, in which lone surrogates are
// encoded like other code points. A byte that is no such text, which a str
// cannot hold, is shown as the lone surrogate of CPython's "surrogateescape".
//
// CPython: Objects/unicodeobject.c, unicode_repr.
func AppendStr(dst []byte, s string, v pyver.Version) []byte {
	q := quote(strings.Contains(s, "'"), strings.Contains(s, `"`))
	dst = append(dst, q)
	for i := 0; i < len(s); {
		r, size := decodeRune(s[i:])
		switch {
		case r < utf8.RuneSelf:
			dst = appendASCII(dst, byte(r), q)
		case IsPrintable(r, v):
			dst = append(dst, s[i:i+size]...)
		case r <= 0xFF:
			dst = appendHex(append(dst, `\x`...), r, 2)
		case r <= 0xFFFF:
			dst = appendHex(append(dst, `\u`...), r, 4)
		default:
			dst = appendHex(append(dst, `\U`...), r, 8)
		}
		i += size
	}
	return append(dst, q)
}

// AppendBytes appends the repr of a bytes object.
//
// CPython: Objects/bytesobject.c, PyBytes_Repr.
func AppendBytes(dst, b []byte) []byte {
	q := quote(slices.Contains(b, '\''), slices.Contains(b, '"'))
	dst = append(dst, 'b', q)
	for _, c := range b {
		dst = appendASCII(dst, c, q)
	}
	return append(dst, q)
}

// quote chooses the quotes around a text that holds single or double ones.
func quote(single, double bool) byte {
	if single && !double {
		return '"'
	}
	return '\''
}

// appendASCII appends a byte as it stands between quotes.
func appendASCII(dst []byte, c, quote byte) []byte {
	switch {
	case c == quote || c == '\\':
		return append(dst, '\\', c)
	case c == '\t':
		return append(dst, `\t`...)
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c < ' ' || c >= 0x7F:
		return appendHex(append(dst, `\x`...), rune(c), 2)
	}
	return append(dst, c)
}

func appendHex(dst []byte, r rune, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[r>>shift&15])
	}
	return dst
}

// decodeRune is utf8.DecodeRuneInString for text that can hold surrogates.
func decodeRune(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r != utf8.RuneError || size != 1 {
		return r, size
	}
	if len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return 0xDC00 | rune(s[0]), 1
}
