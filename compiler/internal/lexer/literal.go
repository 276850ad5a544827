package lexer

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// A mode is an open f- or t-string. Its text and its replacement fields
// alternate; inside a field, tokens are scanned as everywhere, but for the
// ones that end its expression.
// CPython: lexer/state.h, tokenizer_mode.
type mode struct {
	template bool // t-string
	raw      bool
	quote    byte
	size     int // 1 or 3 quotes
	inText   bool
	inSpec   bool // in the text of a format specification

	braces int // open brackets in fields
	field  int // index of the field we are in, -1 in the text
	// exprStart is the offset of each open field's expression.
	exprStart [maxFieldNesting + 1]uint32

	start     int // offset of the literal, and of its line
	lineStart int
	line      int32
}

func (m *mode) label() string {
	if m.template {
		return "t-string"
	}
	return "f-string"
}

// mode returns the innermost open f- or t-string, or nil.
func (l *Lexer) mode() *mode {
	if len(l.modes) == 0 {
		return nil
	}
	return &l.modes[len(l.modes)-1]
}

// inLiteral reports whether the next byte is text of an f- or t-string.
func (l *Lexer) inLiteral() bool {
	return len(l.modes) > 0 && l.modes[len(l.modes)-1].inText
}

// startLiteral scans the prefix and quotes of an f- or t-string.
func (l *Lexer) startLiteral(kind token.Kind, start, quote int, flags token.Flags) bool {
	if len(l.modes)+1 >= maxStrings {
		l.pos = quote + 1
		if l.tstrings {
			return l.errorHere("too many nested f-strings or t-strings")
		}
		return l.errorHere("too many nested f-strings")
	}
	q := l.src[quote]
	m := mode{
		template: kind == token.TStringStart, raw: flags&token.Raw != 0, quote: q, size: 1, inText: true, field: -1,
		start: start, lineStart: l.lineStart, line: l.line,
	}
	if quote+2 < len(l.src) && l.src[quote+1] == q && l.src[quote+2] == q {
		m.size = 3
		flags |= token.Triple
	}
	l.modes = append(l.modes, m)
	l.pos = quote + m.size
	l.emitAt(kind, start, l.pos).Flags = flags
	return true
}

// endsExpression scans a colon or exclamation mark that ends the expression of
// a replacement field; false means that it is an ordinary operator.
func (l *Lexer) endsExpression(c byte) bool {
	m := l.mode()
	if m.field < 0 || m.braces-1 != m.field {
		return false
	}
	if c == '!' {
		if l.peek(1) == '=' {
			return false
		}
		l.op(token.Exclamation, 1)
	} else {
		l.op(token.Colon, 1)
		m.inText, m.inSpec = true, true
	}
	l.last().Name = names.ID(m.exprStart[m.field] + 1)
	return true
}

// startField begins a replacement field at the brace at l.pos.
func (l *Lexer) startField(m *mode) bool {
	m.field++
	if m.field >= maxFieldNesting {
		return l.errorHere(m.label() + ": expressions nested too deeply")
	}
	m.exprStart[m.field] = uint32(l.pos + 1)
	m.inText = false
	return true
}

// literalPart scans text of an f- or t-string up to a field or the end.
// CPython: lexer.c, tok_get_fstring_mode.
func (l *Lexer) literalPart() bool {
	m := l.mode()
	if l.peek(0) == '{' && l.peek(1) != '{' {
		if !l.startField(m) {
			return false
		}
		return l.open('{')
	}
	if l.atQuotes(m, l.pos) {
		kind := token.FStringEnd
		if m.template {
			kind = token.TStringEnd
		}
		l.op(kind, m.size)
		l.modes = l.modes[:len(l.modes)-1]
		return true
	}
	return l.literalText(m)
}

// atQuotes reports whether the closing quotes of a literal are at an offset.
func (l *Lexer) atQuotes(m *mode, off int) bool {
	if off+m.size > len(l.src) {
		return false
	}
	for i := range m.size {
		if l.src[off+i] != m.quote {
			return false
		}
	}
	return true
}

// literalText scans a piece of text. A doubled brace ends the piece after the
// first of the two, the next piece begins behind the second.
func (l *Lexer) literalText(m *mode) bool {
	start, begin := l.pos, l.at(l.pos)
	var flags token.Flags
	inSpec := m.field >= 0 && (m.inSpec || !l.fieldEndsSpec)
	named := false
	for {
		if l.pos >= len(l.src) {
			return l.errorLiteral(m)
		}
		switch c := l.src[l.pos]; {
		case c == m.quote && l.atQuotes(m, l.pos):
			l.emitText(m, start, l.pos, begin, flags)
			return true
		case c == '\n':
			if m.size == 1 && inSpec && l.newlineEndsSpec {
				l.emitText(m, start, l.pos, begin, flags)
				m.inText, m.inSpec = false, false
				return true
			}
			if m.size == 1 {
				return l.errorLiteralNewline(m, inSpec)
			}
			l.newline(l.pos + 1)
		case c == '{':
			if l.peek(1) == '{' && !inSpec {
				return l.doubled(m, start, begin, flags)
			}
			l.emitText(m, start, l.pos, begin, flags)
			m.inSpec = false
			if !l.startField(m) {
				return false
			}
			return l.open('{')
		case c == '}' && named:
			l.pos++
			l.emitText(m, start, l.pos, begin, flags)
			return true
		case c == '}':
			if l.peek(1) == '}' && !inSpec && m.braces == 0 {
				return l.doubled(m, start, begin, flags)
			}
			l.emitText(m, start, l.pos, begin, flags)
			m.inText, m.inSpec = false, false
			return true
		case c == '\\':
			flags |= token.HasEscape
			named = l.literalEscape(m) || named
			continue
		case c >= 0x80:
			flags |= token.NonASCII
		}
		l.pos++
	}
}

// doubled ends a piece of text at a doubled brace. The second brace is in the
// span of the piece but not in its text.
func (l *Lexer) doubled(m *mode, start int, begin source.Pos, flags token.Flags) bool {
	l.emitText(m, start, l.pos+1, begin, flags)
	l.pos += 2
	l.last().Span.End.Col++
	return true
}

// literalEscape goes over a backslash in text and what it escapes. A brace is
// never escaped. It reports whether a \N{ begins.
func (l *Lexer) literalEscape(m *mode) bool {
	l.pos++
	switch c := l.peek(0); {
	case c == '{' || c == '}':
		if !m.raw {
			l.warn(diag.InvalidEscape("", string(c), l.explainsEscapes))
		}
	case c == 'N' && !m.raw && l.peek(1) == '{':
		l.pos += 2
		return true
	case c == '\n':
		l.newline(l.pos + 1)
		l.pos++
	case l.pos < len(l.src):
		l.pos++
	}
	return false
}

func (l *Lexer) emitText(m *mode, start, end int, begin source.Pos, flags token.Flags) {
	kind := token.FStringMiddle
	if m.template {
		kind = token.TStringMiddle
	}
	t := l.emitAt(kind, start, end)
	t.Flags, t.Span.Start = flags, begin
}

func (l *Lexer) warn(msg string) {
	l.warnings = append(l.warnings, diag.Warning{Class: diag.SyntaxWarning, Msg: msg, Line: int(l.line)})
}
