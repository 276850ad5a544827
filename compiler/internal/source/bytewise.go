package source

import (
	"fmt"
	"unicode/utf8"
)

// A bytewiseTable is an encoding of one byte a character.
type bytewiseTable struct {
	codec    string
	versions uint8 // a bit for each version, the oldest lowest
	// errorName and reason are what an error says of a byte that is no
	// character; empty if all are.
	errorName, reason string
	chars             string // the characters of all bytes
}

// undefined stands in a table for a byte that is no character.
const undefined = '\uffff'

// decode returns the text of bytes, as UTF-8. CPython: Objects/unicodeobject.c,
// PyUnicode_DecodeCharmap.
func (t *bytewiseTable) decode(body []byte) ([]byte, error) {
	var chars [256]rune
	i := 0
	for _, r := range t.chars {
		chars[i] = r
		i++
	}
	out := make([]byte, 0, len(body)+len(body)/8)
	for i, c := range body {
		r := chars[c]
		if r == undefined {
			return nil, &Error{Offset: -1, Msg: fmt.Sprintf("'%s' codec can't decode byte 0x%02x in position %d: %s", t.errorName, c, i, t.reason)}
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}
