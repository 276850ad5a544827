package pyc

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// shortString reads the rest of a string of fewer than shortLength ASCII
// characters.
func (r *reader) shortString(flag Flag, interned bool) (Object, *FormatError) {
	n, err := r.length8()
	if err != nil {
		return nil, err
	}
	return r.ascii(n, flag, interned)
}

// longString reads the rest of a string of shortLength ASCII characters or more.
func (r *reader) longString(flag Flag, interned bool) (Object, *FormatError) {
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	if n < shortLength {
		return nil, r.errorf(r.pos-5, "a string of %d characters has the form of a longer one", n)
	}
	return r.ascii(n, flag, interned)
}

func (r *reader) ascii(n int, flag Flag, interned bool) (Object, *FormatError) {
	at, err := r.take(n)
	if err != nil {
		return nil, err
	}
	text := r.text[at : at+n]
	if i := indexNonASCII(text); i < n {
		return nil, r.errorf(at+i, "byte %#x is in a string of ASCII characters", text[i])
	}
	return r.str(text, flag, interned), nil
}

// unicode reads the rest of a string with characters beyond ASCII.
func (r *reader) unicode(flag Flag, interned bool) (Object, *FormatError) {
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	at, err := r.take(n)
	if err != nil {
		return nil, err
	}
	text := r.text[at : at+n]
	if indexNonASCII(text) == n {
		return nil, r.errorf(at-5, "a string of ASCII characters has the form of one with others")
	}
	if i := indexInvalid(text); i < n {
		return nil, r.errorf(at+i, "byte %#x is not UTF-8", text[i])
	}
	return r.str(text, flag, interned), nil
}

func (r *reader) str(text string, flag Flag, interned bool) *Str {
	s := r.mem.strs.take(r.left())
	s.Flag, s.Interned, s.Value = flag, interned, text
	r.number(s, flag)
	return s
}

// indexNonASCII returns the index of the first byte that is not ASCII, or the
// length.
func indexNonASCII(s string) int {
	if isASCII([]byte(s)) {
		return len(s)
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return i
		}
	}
	return len(s)
}

// isASCII reports whether all bytes are ASCII. It takes eight at a time, of which
// the last may be taken twice.
func isASCII(b []byte) bool {
	const high = 0x8080808080808080
	n := len(b)
	switch {
	case n >= 8:
		last := binary.LittleEndian.Uint64(b[n-8:])
		for ; len(b) > 8; b = b[8:] {
			if binary.LittleEndian.Uint64(b)&high != 0 {
				return false
			}
		}
		return last&high == 0
	case n >= 4:
		return (binary.LittleEndian.Uint32(b)|binary.LittleEndian.Uint32(b[n-4:]))&(high&math.MaxUint32) == 0
	case n > 0:
		return b[0]|b[n/2]|b[n-1] < utf8.RuneSelf
	}
	return true
}

// indexInvalid returns the index of the first byte that is not part of UTF-8
// with lone surrogates, or the length.
func indexInvalid(s string) int {
	if utf8.ValidString(s) {
		return len(s)
	}
	for i := 0; i < len(s); {
		_, size := utf8.DecodeRuneInString(s[i:])
		if size == 1 && s[i] >= utf8.RuneSelf {
			if !startsWithSurrogate(s[i:]) {
				return i
			}
			size = 3
		}
		i += size
	}
	return len(s)
}

// startsWithSurrogate reports whether s starts with a code point from U+D800
// to U+DFFF in the three bytes that UTF-8 would have for it.
func startsWithSurrogate(s string) bool {
	return len(s) >= 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] <= 0xbf && s[2] >= 0x80 && s[2] <= 0xbf
}

// str writes a string.
func (w *Writer) str(s *Str) error {
	if w.reference(&s.Flag, s.Serial) {
		return nil
	}
	n := len(s.Value)
	if !isASCII([]byte(s.Value)) {
		return w.unicode(s)
	}
	code := byte(typeShortASCII)
	if s.Interned {
		code = typeShortInterned
	}
	if n < shortLength {
		w.buf = append(w.buf, code|flagBit(s.Flag), byte(n))
	} else {
		// The long forms are the short ones' letters at the other end of the
		// alphabet.
		code -= typeShortASCII - typeASCII
		if err := w.typeAndLength(code|flagBit(s.Flag), n); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, s.Value...)
	return nil
}

func (w *Writer) unicode(s *Str) error {
	if i := indexInvalid(s.Value); i < len(s.Value) {
		return w.errorf("byte %d of a string, %#x, is not UTF-8", i, s.Value[i])
	}
	code := byte(typeUnicode)
	if s.Interned {
		code = typeInterned
	}
	if err := w.typeAndLength(code|flagBit(s.Flag), len(s.Value)); err != nil {
		return err
	}
	w.buf = append(w.buf, s.Value...)
	return nil
}
