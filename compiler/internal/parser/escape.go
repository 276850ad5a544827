package parser

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// simpleEscapes has what the one-letter escapes stand for.
var simpleEscapes = [256]byte{
	'\\': '\\', '\'': '\'', '"': '"', 'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
}

// An unescaper decodes the escapes of one literal.
type unescaper struct {
	p      *Parser
	tok    *token.Token
	body   string
	i      int // offset of the next byte
	warned bool
	inSpec bool // of a format specification
}

// unescape decodes the escapes of a str. A surrogate becomes three bytes, as
// if it were a character.
// CPython: string_parser.c, decode_unicode_with_escapes; unicodeobject.c,
// _PyUnicode_DecodeUnicodeEscapeInternal.
func (p *Parser) unescape(body string, t *token.Token) string {
	u := unescaper{p: p, tok: t, body: body}
	return u.text()
}

// unescapeSpec is unescape for the text of format specifications, whose errors
// CPython does not turn into those of the source.
// CPython: action_helpers.c, _PyPegen_decoded_constant_from_token.
func (p *Parser) unescapeSpec(body string, t *token.Token) string {
	u := unescaper{p: p, tok: t, body: body, inSpec: true}
	return u.text()
}

func (u *unescaper) text() string {
	body, buf := u.body, u.p.buf[:0]
	for u.i < len(body) {
		n := strings.IndexByte(body[u.i:], '\\')
		if n < 0 {
			buf = append(buf, body[u.i:]...)
			break
		}
		buf = append(buf, body[u.i:u.i+n]...)
		u.i += n + 1
		buf = u.escape(buf)
	}
	u.p.buf = buf
	return string(buf)
}

// escape decodes the escape whose backslash is behind it. One at the end
// of a piece of an f-string stands for itself.
func (u *unescaper) escape(buf []byte) []byte {
	if u.i >= len(u.body) {
		return append(buf, '\\')
	}
	c := u.body[u.i]
	if s := simpleEscapes[c]; s != 0 {
		u.i++
		return append(buf, s)
	}
	switch c {
	case '\n':
		u.i++
		return buf
	case '0', '1', '2', '3', '4', '5', '6', '7':
		return appendRune(buf, rune(u.octal()))
	case 'x':
		return appendRune(buf, u.hex(2, `truncated \xXX escape`))
	case 'u':
		return appendRune(buf, u.hex(4, `truncated \uXXXX escape`))
	case 'U':
		start := u.i - 1
		r := u.hex(8, `truncated \UXXXXXXXX escape`)
		if r < 0 || r > utf8.MaxRune {
			u.fail(start, "illegal Unicode character")
		}
		return appendRune(buf, r)
	case 'N':
		return utf8.AppendRune(buf, u.named())
	}
	if c < utf8.RuneSelf {
		u.warn(u.i, 1)
	}
	return append(buf, '\\')
}

// appendRune appends a character, or a surrogate as if it were one.
func appendRune(buf []byte, r rune) []byte {
	if r >= 0xd800 && r <= 0xdfff {
		return append(buf, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0xbf, 0x80|byte(r)&0xbf)
	}
	return utf8.AppendRune(buf, r)
}

// octal reads up to three octal digits.
func (u *unescaper) octal() int {
	start, n := u.i, 0
	for u.i < len(u.body) && u.i < start+3 && u.body[u.i] >= '0' && u.body[u.i] <= '7' {
		n = n*8 + int(u.body[u.i]-'0')
		u.i++
	}
	if n > 0o377 {
		u.warn(start, u.i-start)
	}
	return n
}

// hex reads a letter and exactly n hexadecimal digits.
func (u *unescaper) hex(n int, msg string) rune {
	start := u.i - 1
	u.i++
	r := rune(0)
	for range n {
		d := -1
		if u.i < len(u.body) {
			d = hexDigit(u.body[u.i])
		}
		if d < 0 {
			u.fail(start, msg)
		}
		r = r<<4 | rune(d)
		u.i++
	}
	return r
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// named reads a character's name in braces.
func (u *unescaper) named() rune {
	const malformed = `malformed \N character escape`
	start := u.i - 1
	u.i++
	if u.i >= len(u.body) || u.body[u.i] != '{' {
		u.fail(start, malformed)
	}
	u.i++
	n := strings.IndexByte(u.body[u.i:], '}')
	if n < 0 {
		u.i = len(u.body)
		u.fail(start, malformed)
	}
	name := u.body[u.i : u.i+n]
	u.i += n
	if n == 0 {
		u.fail(start, malformed)
	}
	u.i++
	r, ok := u.p.uni.LookupName(name)
	if !ok {
		u.fail(start, "unknown Unicode character name")
	}
	return r
}

// fail gives up at the escape that begins at offset start. Positions are those
// in CPython's copy of the literal, where a character above 127 is an escape of
// ten bytes.
func (u *unescaper) fail(start int, msg string) {
	from, to := expanded(u.body[:start]), expanded(u.body[:u.i])-1
	where := fmt.Sprintf("bytes in position %d-%d", from, to)
	if from >= to {
		where = fmt.Sprintf("byte 0x5c in position %d", from)
	}
	msg = fmt.Sprintf("'unicodeescape' codec can't decode %s: %s", where, msg)
	if u.inSpec {
		u.p.raise(diag.UnicodeDecodeError, source.Span{}, msg)
	}
	u.p.raiseLast("(unicode error) " + msg)
}

// checkText gives up if a text is not UTF-8. With escapes in it, each run of
// characters above 127 is decoded by itself.
// CPython: string_parser.c, decode_unicode_with_escapes.
func (p *Parser) checkText(body string, t *token.Token) {
	if msg := undecodable(body, t.Flags&token.HasEscape != 0 && t.Flags&token.Raw == 0); msg != "" {
		p.raiseLast("(unicode error) " + msg)
	}
}

func undecodable(body string, escapes bool) string {
	msg := source.Undecodable(body)
	if msg == "" || !escapes {
		return msg
	}
	for run := range strings.FieldsFuncSeq(body, func(r rune) bool { return r < utf8.RuneSelf }) {
		if msg = source.Undecodable(run); msg != "" {
			break
		}
	}
	return msg
}

func expanded(s string) int {
	n := 0
	for _, r := range s {
		if r < utf8.RuneSelf {
			n++
		} else {
			n += len(`\U00000000`)
		}
	}
	return n
}

// warn records a warning about the escape whose letter or digits are at an
// offset; one for a literal is enough.
// CPython: string_parser.c, warn_invalid_escape_sequence.
func (u *unescaper) warn(off, n int) {
	c := u.body[off]
	if u.warned || (c == '{' || c == '}') && u.tok.Kind != token.String {
		return
	}
	u.warned = true
	class := diag.DeprecationWarning
	if u.p.has(pyver.WarnsOfLiteralsAsSyntax) {
		class = diag.SyntaxWarning
	}
	line := int(u.tok.Span.Start.Line)
	if u.p.has(pyver.WarnsAtLineOfEscape) {
		line += strings.Count(u.body[:off], "\n")
	}
	kind := ""
	if n > 1 {
		kind = "octal "
	}
	msg := diag.InvalidEscape(kind, u.body[off:off+n], u.p.has(pyver.ExplainsInvalidEscapes))
	u.p.warnings = append(u.p.warnings, diag.Warning{Class: class, Msg: msg, Line: line})
}

// unescapeBytes decodes the escapes of a bytes literal.
// CPython: bytesobject.c, _PyBytes_DecodeEscape.
func (p *Parser) unescapeBytes(body string, t *token.Token) string {
	u := unescaper{p: p, tok: t, body: body}
	buf := p.buf[:0]
	for u.i < len(body) {
		c := body[u.i]
		u.i++
		if c != '\\' {
			buf = append(buf, c)
			continue
		}
		c = body[u.i]
		switch {
		case simpleEscapes[c] != 0:
			buf = append(buf, simpleEscapes[c])
			u.i++
		case c == '\n':
			u.i++
		case c >= '0' && c <= '7':
			buf = append(buf, byte(u.octal()))
		case c == 'x':
			if u.i+2 >= len(body) || hexDigit(body[u.i+1]) < 0 || hexDigit(body[u.i+2]) < 0 {
				p.raiseLast(fmt.Sprintf(`(value error) invalid \x escape at position %d`, u.i-1))
			}
			buf = append(buf, byte(hexDigit(body[u.i+1])<<4|hexDigit(body[u.i+2])))
			u.i += 3
		default:
			u.warn(u.i, 1)
			buf = append(buf, '\\')
		}
	}
	p.buf = buf
	return string(buf)
}
