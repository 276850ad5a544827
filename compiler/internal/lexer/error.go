package lexer

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// fail records the error that ends the scan. It returns false, for the
// caller to return.
func (l *Lexer) fail(class diag.Class, span source.Span, msg string) bool {
	l.err = diag.At(l.file, class, span, msg)
	return false
}

// errorHere reports an error at the byte in front of the next.
// CPython: tokenizer/helpers.c, _syntaxerror_range.
func (l *Lexer) errorHere(msg string) bool {
	at := l.at(max(l.pos-1, l.lineStart))
	return l.fail(diag.SyntaxError, source.Span{Start: at, End: source.Pos{Line: at.Line, Col: -1}}, msg)
}

func (l *Lexer) errorChar(c byte) bool {
	if c < ' ' || c == 0x7f {
		l.pos++
		return l.errorHere(fmt.Sprintf("invalid non-printable character U+%04X", c))
	}
	at := l.at(l.pos)
	return l.fail(diag.SyntaxError, source.Span{Start: at, End: at}, "invalid syntax")
}

func (l *Lexer) errorRune(off int, r rune) bool {
	l.pos = off + 1
	return l.errorHere(fmt.Sprintf("invalid character '%c' (U+%04X)", r, r))
}

// errorString reports a string literal without end, at its first quote.
func (l *Lexer) errorString(start, _ int, line int32, lineStart int, flags token.Flags) bool {
	found := l.line
	l.line, l.lineStart, l.pos = line, lineStart, start+1
	if flags&token.Triple != 0 {
		return l.errorHere(fmt.Sprintf("unterminated triple-quoted string literal (detected at line %d)", found))
	}
	return l.errorHere(fmt.Sprintf("unterminated string literal (detected at line %d)", found))
}

// errorLiteral reports an f- or t-string without end, at its start.
func (l *Lexer) errorLiteral(m *mode) bool {
	found := l.line
	l.line, l.lineStart, l.pos = m.line, m.lineStart, m.start+1
	kind := ""
	if m.size == 3 {
		kind = "triple-quoted "
	}
	return l.errorHere(fmt.Sprintf("unterminated %s%s literal (detected at line %d)", kind, m.label(), found))
}

func (l *Lexer) errorLiteralNewline(m *mode, inSpec bool) bool {
	if inSpec {
		l.pos++
		return l.errorHere(m.label() + ": newlines are not allowed in format specifiers for single quoted " + m.label() + "s")
	}
	return l.errorLiteral(m)
}

func (l *Lexer) errorMismatch(m *mode, opened paren, c byte) bool {
	l.pos++
	if m != nil && opened.char == '{' && m.braces-1 == m.field {
		return l.errorHere(fmt.Sprintf("%s: unmatched '%c'", m.label(), c))
	}
	msg := fmt.Sprintf("closing parenthesis '%c' does not match opening parenthesis '%c'", c, opened.char)
	if opened.line != l.line {
		msg += fmt.Sprintf(" on line %d", opened.line)
	}
	return l.errorHere(msg)
}

// errorEnd reports a file that ends inside brackets.
func (l *Lexer) errorEnd() bool {
	if len(l.parens) == 0 {
		return l.errorHere("unexpected EOF while parsing")
	}
	p := l.parens[len(l.parens)-1]
	at := source.Pos{Line: p.line, Col: p.col}
	return l.fail(diag.SyntaxError, source.Span{Start: at, End: source.Pos{Line: p.line, Col: -1}}, fmt.Sprintf("'%c' was never closed", p.char))
}

func (l *Lexer) errorTabs() bool {
	at := l.at(l.pos)
	return l.fail(diag.TabError, source.Span{Start: at, End: at}, "inconsistent use of tabs and spaces in indentation")
}

func (l *Lexer) errorIndent(msg string) bool {
	at := l.at(l.pos)
	return l.fail(diag.IndentationError, source.Span{Start: at, End: at}, msg)
}

func (l *Lexer) errorDedent() bool {
	return l.errorIndent("unindent does not match any outer indentation level")
}
