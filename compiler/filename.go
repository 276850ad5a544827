package compiler

import (
	"strings"
	"unicode/utf8"
)

// storedName returns a file name as a code object holds it: a byte that is not
// part of UTF-8 becomes a lone surrogate, as Python's error handler
// "surrogateescape" has it, which is encoded like other code points.
func storedName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for name != "" {
		r, size := utf8.DecodeRuneInString(name)
		if r == utf8.RuneError && size == 1 {
			// U+DC80 to U+DCFF, in three bytes that Go's encoder refuses.
			c := name[0]
			b.Write([]byte{0xED, 0xB0 | c>>6, 0x80 | c&0x3F})
		} else {
			b.WriteString(name[:size])
		}
		name = name[size:]
	}
	return b.String()
}
