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

// nonASCII is the bits that no bytes of ASCII characters have.
const nonASCII = 0x8080808080808080

// isASCII reports whether all bytes are ASCII. It takes eight at a time, of which
// the last may be taken twice.
func isASCII(b []byte) bool {
	n := len(b)
	switch {
	case n >= 8:
		last := binary.LittleEndian.Uint64(b[n-8:])
		for ; len(b) > 8; b = b[8:] {
			if binary.LittleEndian.Uint64(b)&nonASCII != 0 {
				return false
			}
		}
		return last&nonASCII == 0
	case n >= 4:
		return (binary.LittleEndian.Uint32(b)|binary.LittleEndian.Uint32(b[n-4:]))&(nonASCII&math.MaxUint32) == 0
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
	return w.newStr(s)
}

// newStr writes a string that was not written before. Most are short.
func (w *Writer) newStr(s *Str) error {
	n, at := len(s.Value), len(w.buf)
	if n > maxCopied || n > cap(w.buf)-at-2 {
		return w.anyStr(s)
	}
	b := w.buf[at : at+2+n]
	if !copyASCII(b[2:], s.Value) {
		return w.unicode(s)
	}
	b[0], b[1] = shortCode(s)|flagBit(s.Flag), byte(n)
	w.buf = w.buf[:at+2+n]
	return nil
}

// shortCode returns the type code of a string of fewer than shortLength ASCII
// characters.
func shortCode(s *Str) byte {
	if s.Interned {
		return typeShortInterned
	}
	return typeShortASCII
}

// maxCopied is the length of the longest string for copyASCII.
const maxCopied = 16

// copyASCII copies a short string to b, which has its length, and reports whether
// all of its bytes are ASCII. The first half and the last may overlap.
func copyASCII(b []byte, s string) bool {
	n, text := len(s), []byte(s)
	switch {
	case n >= 8:
		first, last := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[n-8:])
		binary.LittleEndian.PutUint64(b, first)
		binary.LittleEndian.PutUint64(b[n-8:], last)
		return (first|last)&nonASCII == 0
	case n >= 4:
		first, last := binary.LittleEndian.Uint32(text), binary.LittleEndian.Uint32(text[n-4:])
		binary.LittleEndian.PutUint32(b, first)
		binary.LittleEndian.PutUint32(b[n-4:], last)
		return (first|last)&(nonASCII&math.MaxUint32) == 0
	case n > 0:
		first, middle, last := text[0], text[n/2], text[n-1]
		b[0], b[n/2], b[n-1] = first, middle, last
		return first|middle|last < utf8.RuneSelf
	}
	return true
}

// anyStr is newStr for strings of all lengths.
func (w *Writer) anyStr(s *Str) error {
	n := len(s.Value)
	if !isASCII([]byte(s.Value)) {
		return w.unicode(s)
	}
	code := shortCode(s)
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
