package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// decodeUTF8 checks what a codec for UTF-8 decodes. CPython:
// Objects/unicodeobject.c, unicode_decode_utf8.
func decodeUTF8(body []byte) ([]byte, error) {
	i := invalidIndex(body)
	if i == len(body) {
		return body, nil
	}
	size, reason := invalidSequence(body[i:])
	return nil, decodingError(utf8Name, body, i, size, reason)
}

// invalidIndex returns the index of the first byte that is not UTF-8, or the
// length.
func invalidIndex(b []byte) int {
	if utf8.Valid(b) {
		return len(b)
	}
	i := 0
	for i < len(b) {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return i
}

// invalidSequence returns how many bytes belong to the invalid sequence that b
// begins with, and why it is invalid.
func invalidSequence(b []byte) (int, string) {
	if b[0] < 0xc2 || b[0] > 0xf4 {
		return 1, "invalid start byte"
	}
	low, high, n := byte(0x80), byte(0xbf), 1
	switch b[0] {
	case 0xe0:
		low = 0xa0
	case 0xed:
		high = 0x9f
	case 0xf0:
		low = 0x90
	case 0xf4:
		high = 0x8f
	}
	for n < len(b) && b[n] >= low && b[n] <= high {
		low, high = 0x80, 0xbf
		n++
	}
	if n == len(b) {
		return n, "unexpected end of data"
	}
	return n, "invalid continuation byte"
}

// notUTF8 describes the first byte that is not UTF-8 in a file that declares no
// encoding, or UTF-8. CPython: Parser/tokenizer/helpers.c,
// _PyTokenizer_ensure_utf8.
func notUTF8(body []byte) *Error {
	i := invalidIndex(body)
	start := bytes.LastIndexByte(body[:i], '\n') + 1
	text, _, _ := bytes.Cut(body[start:], []byte("\n"))
	line := 1 + bytes.Count(body[:i], []byte("\n"))
	offset := utf8.RuneCount(body[start:i]) + 1
	return &Error{
		Msg: fmt.Sprintf("Non-UTF-8 code starting with '\\x%02x' on line %d, but no encoding declared; "+
			"see https://peps.python.org/pep-0263/ for details", body[i], line),
		Line: line, Offset: offset, EndLine: line, EndOffset: offset, Text: replaceInvalid(text),
	}
}

// Undecodable says what a UnicodeDecodeError says of a text that is not UTF-8;
// it is "" for one that is.
func Undecodable(text string) string {
	i := invalidIndex([]byte(text))
	if i == len(text) {
		return ""
	}
	size, reason := invalidSequence([]byte(text[i:]))
	return decodingError(utf8Name, []byte(text), i, size, reason).Error()
}

// Shown returns a text as errors show it: with U+FFFD in the place of each
// sequence that is not UTF-8.
func Shown(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return replaceInvalid([]byte(text))
}

// replaceInvalid decodes a text with U+FFFD in the place of each sequence that
// is not UTF-8, as the error handler "replace" does.
func replaceInvalid(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		i := invalidIndex(b)
		out.Write(b[:i])
		if b = b[i:]; len(b) > 0 {
			n, _ := invalidSequence(b)
			out.WriteRune(utf8.RuneError)
			b = b[n:]
		}
	}
	return out.String()
}
