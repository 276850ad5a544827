// Package source turns the bytes of a Python source file into the text that
// the other stages read, and names places in it.
//
// The text is valid UTF-8 without a byte order mark, its lines end in a single
// \n and so does its last one, and it holds no NUL: what CPython's tokenizer
// sees. It is a string, so that names, literals and lines are slices of it and
// never copies. CPython: Parser/tokenizer/, decoding and newline translation.
package source

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// A File is the text of one source file.
type File struct {
	Name string // as errors name it
	Text string
	// Encoding is the declared encoding in Python's spelling, "utf-8" if
	// there is no declaration.
	Encoding string
	// Declared says that there is a declaration or a byte order mark.
	Declared bool
	// ImplicitNewline says that the last line had no newline of its own.
	ImplicitNewline bool
	// Invalid says that the text is not UTF-8. Not all versions mind that in
	// comments.
	Invalid bool
}

// An Error says why bytes are not the text of a Python source file.
type Error struct {
	Msg string
	// The attributes of CPython's SyntaxError; columns count characters from
	// 1, and 0 or less is unknown.
	Line, Offset, EndLine, EndOffset int
	Text                             string
}

// Error returns the message.
func (e *Error) Error() string { return e.Msg }

var bom = []byte("\xef\xbb\xbf")

// Decode decodes the bytes of a file as a version does. An error is an *Error,
// or an *UnsupportedError. Newlines are translated before the declared encoding
// is decoded. CPython: Parser/tokenizer/string_tokenizer.c, decode_str.
func Decode(name string, data []byte, v pyver.Version) (*File, error) {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, &Error{Msg: "source code string cannot contain null bytes"}
	}
	body, hasBOM := bytes.CutPrefix(data, bom)
	crlf := v.Has(pyver.CountsLineBehindCRLF) && bytes.HasSuffix(body, []byte("\r\n"))
	body, implicit := translateNewlines(body)
	if crlf {
		body = append(body, '\n')
	}
	encoding, hasCookie, err := declared(body, hasBOM)
	if err != nil {
		return nil, err
	}
	if encoding != utf8Name {
		if body, err = decode(encoding, body, v); err != nil {
			return nil, err
		}
	}
	valid := utf8.Valid(body)
	if !valid && v.Has(pyver.ChecksUTF8AtOnce) {
		return nil, notUTF8(body)
	}
	return &File{
		Name: name, Text: string(body), Encoding: encoding,
		Declared: hasBOM || hasCookie, ImplicitNewline: implicit, Invalid: !valid,
	}, nil
}

// translateNewlines ends all lines in \n, and the last one too, and reports
// whether that had no newline. CPython: Parser/tokenizer/helpers.c,
// _PyTokenizer_translate_newlines.
func translateNewlines(body []byte) (translated []byte, implicit bool) {
	implicit = len(body) > 0 && body[len(body)-1] != '\n' && body[len(body)-1] != '\r'
	if !implicit && bytes.IndexByte(body, '\r') < 0 {
		return body, false
	}
	out := make([]byte, 0, len(body)+1)
	for {
		i := bytes.IndexByte(body, '\r')
		if i < 0 {
			break
		}
		out = append(append(out, body[:i]...), '\n')
		body = body[i+1:]
		if len(body) > 0 && body[0] == '\n' {
			body = body[1:]
		}
	}
	out = append(out, body...)
	if implicit {
		out = append(out, '\n')
	}
	return out, implicit
}

// Line returns the text of a 1-based line with its newline, or "" if there is
// no such line.
func (f *File) Line(n int) string {
	rest := f.Text
	for ; n > 1; n-- {
		i := strings.IndexByte(rest, '\n')
		if i < 0 {
			return ""
		}
		rest = rest[i+1:]
	}
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		return rest[:i+1]
	}
	return rest
}
