package unidata

import (
	"bytes"
	"strings"
)

// ideographs is a range of characters whose names are a prefix and their number
// in hexadecimal.
type ideographs struct {
	first, last rune
	prefix      string
}

// derivedName returns the character of a name that is made of parts. The name
// is in upper case if the version does not care.
func (t *Tables) derivedName(name []byte) (rune, bool) {
	if parts, ok := bytes.CutPrefix(name, []byte("HANGUL SYLLABLE ")); ok {
		return syllableName(parts)
	}
	for _, block := range t.ideographs {
		digits, ok := bytes.CutPrefix(name, []byte(block.prefix))
		if !ok {
			continue
		}
		if r := t.number(digits); r >= block.first && r <= block.last {
			return r, true
		}
	}
	return 0, false
}

// number reads the number of an ideograph, and returns -1 if it is none. All
// ideographs have numbers of four or five digits.
//
// CPython: unicodedata.c, parse_hex_code.
func (t *Tables) number(digits []byte) rune {
	if len(digits) != 4 && len(digits) != 5 || digits[0] == '0' && !t.takesLeadingZero {
		return -1
	}
	var r rune
	for _, c := range digits {
		n := strings.IndexByte("0123456789ABCDEF", c)
		if n < 0 {
			return -1
		}
		r = r<<4 | rune(n)
	}
	return r
}

// syllableName returns the Hangul syllable whose name is made of the parts. Each
// part is the longest that fits.
//
// CPython: unicodedata.c, find_syllable.
func syllableName(parts []byte) (rune, bool) {
	var found [3]int
	for column, names := range jamoNames {
		longest := -1
		for i, name := range names {
			if len(name) > longest && bytes.HasPrefix(parts, []byte(name)) {
				found[column], longest = i, len(name)
			}
		}
		if longest < 0 {
			return 0, false
		}
		parts = parts[longest:]
	}
	if len(parts) > 0 {
		return 0, false
	}
	return syllable(found[0], found[1], found[2]), true
}
