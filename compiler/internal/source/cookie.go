package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	utf8Name   = "utf-8"
	latin1Name = "iso-8859-1"
)

// declared returns the encoding that a declaration in the first two lines
// names (PEP 263), normalised, or utf-8. The second line counts only if the
// first is blank or a comment. It reports whether there is a declaration.
// CPython: tokenizer/helpers.c, _PyTokenizer_check_coding_spec.
func declared(body []byte, hasBOM bool) (string, bool, error) {
	for line := 1; line <= 2; line++ {
		var text []byte
		text, body = cutLine(body)
		name, found := codingSpec(text)
		switch {
		case !found && blankOrComment(text):
			continue
		case !found:
			return utf8Name, false, nil
		}
		name = normalName(name)
		if hasBOM && name != utf8Name {
			return "", false, &Error{
				Msg:  fmt.Sprintf("encoding problem: %s with BOM", name),
				Line: line, EndLine: line, EndOffset: utf8.RuneCount(text) + line - 1, Text: string(text),
			}
		}
		return name, true, nil
	}
	return utf8Name, false, nil
}

func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return line, rest
}

func blankOrComment(line []byte) bool {
	line = bytes.TrimLeft(line, " \t\f")
	return len(line) == 0 || line[0] == '#'
}

// codingSpec finds "coding:" or "coding=" and a name in a comment line.
// CPython: tokenizer/helpers.c, get_coding_spec.
func codingSpec(line []byte) (string, bool) {
	if !blankOrComment(line) {
		return "", false
	}
	for {
		i := bytes.Index(line, []byte("coding"))
		if i < 0 {
			return "", false
		}
		line = line[i+len("coding"):]
		if len(line) == 0 || line[0] != ':' && line[0] != '=' {
			continue
		}
		rest := bytes.TrimLeft(line[1:], " \t")
		n := 0
		for n < len(rest) && isNameByte(rest[n]) {
			n++
		}
		if n > 0 {
			return string(rest[:n]), true
		}
	}
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
}

// normalName gives the spellings of UTF-8 and Latin-1 one name each, and other
// names as they are. CPython: tokenizer/helpers.c, get_normal_name.
func normalName(name string) string {
	s := strings.ReplaceAll(strings.ToLower(name[:min(len(name), 12)]), "_", "-")
	if s == utf8Name || strings.HasPrefix(s, "utf-8-") {
		return utf8Name
	}
	for _, latin := range []string{"latin-1", "iso-8859-1", "iso-latin-1"} {
		if s == latin || strings.HasPrefix(s, latin+"-") {
			return latin1Name
		}
	}
	return name
}
