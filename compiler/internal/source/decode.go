package source

import (
	"bytes"
	"fmt"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// An UnsupportedError says that a file is in an encoding that only CPython
// decodes: whether it is valid Python is not known.
type UnsupportedError struct {
	Encoding string // as the file declares it
}

// Error says what to do.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("the encoding %s is not supported natively; --compiler=cpython compiles such a file", e.Encoding)
}

// decode turns the bytes of a file in a declared encoding into UTF-8.
// CPython: Parser/tokenizer/helpers.c, _PyTokenizer_translate_into_utf8.
func decode(name string, body []byte, v pyver.Version) ([]byte, error) {
	c, known := lookup(name, v)
	if !known {
		return nil, &Error{Msg: "unknown encoding: " + name, Offset: -1}
	}
	switch c.kind {
	case otherCodec:
		return nil, &Error{Offset: -1, Msg: fmt.Sprintf("'%s' is not a text encoding; use codecs.decode() to handle arbitrary codecs", name)}
	case utf8Codec:
		return decodeUTF8(body)
	case bytewiseCodec:
		if t := findBytewise(c.codec, v); t != nil {
			return checkLines(name)(t.decode(body))
		}
	case multibyteCodec:
		t, err := readMultibyte(c.codec)
		if err != nil {
			return nil, err
		}
		return checkLines(name)(t.decode(body))
	}
	return nil, &UnsupportedError{name}
}

// checkLines refuses text whose lines are not what the other stages expect, as
// from an encoding in which the bytes of ASCII are other characters.
func checkLines(name string) func(text []byte, err error) ([]byte, error) {
	return func(text []byte, err error) ([]byte, error) {
		if err == nil && len(text) > 0 && (text[len(text)-1] != '\n' || bytes.ContainsAny(text, "\r\x00")) {
			return nil, &UnsupportedError{name}
		}
		return text, err
	}
}
