package lexer

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
)

// raise records an error of the characters of a token, from a column to a
// column of the current line; columns count characters from 1. It returns
// false, for the caller to return.
// CPython: tokenizer/helpers.c, _syntaxerror_range.
func (l *Lexer) raise(msg string, col, endCol int) bool {
	text := strings.TrimSuffix(source.Shown(l.file.Line(int(l.line))), "\n")
	l.err = &diag.Error{
		Class: diag.SyntaxError, Msg: msg, Line: int(l.line), Offset: col, EndLine: int(l.line), EndOffset: endCol, Text: text,
	}
	l.raised = true
	return false
}

// raiseRange records an error of the bytes from one offset to another.
func (l *Lexer) raiseRange(msg string, start, end int) bool {
	if l.rangesInChars {
		return l.raise(msg, runesIn(l.src[l.lineStart:start])+1, runesIn(l.src[l.lineStart:end]))
	}
	return l.raise(msg, start+1-l.lineStart, end-l.lineStart)
}

// errorHere reports an error at the character in front of the next byte.
func (l *Lexer) errorHere(msg string) bool {
	col := runesIn(l.src[min(l.lineStart, l.pos):min(l.pos, len(l.src))])
	return l.raise(msg, col, col)
}

// runesIn counts characters; the bytes of one that is cut off count as one.
func runesIn(s string) int { return utf8.RuneCountInString(source.Shown(s)) }

// failAt records an error that is reported when the parser gets to it; columns
// count bytes from 1.
func (l *Lexer) failAt(class diag.Class, at diag.Place, msg string, newline bool) bool {
	l.err = diag.New(l.file, class, at, msg, newline, l.inBytes && !l.file.Declared)
	return false
}

// strange scans a character that begins no token of the language: a token that
// no rule has, or an error if it cannot be seen.
func (l *Lexer) strange(c byte) bool {
	if c < ' ' || c == 0x7f {
		l.pos++
		return l.errorHere(fmt.Sprintf("invalid non-printable character U+%04X", c))
	}
	l.op(token.Strange, 1)
	return true
}

// errorRune reports a character that an identifier cannot have.
// CPython: lexer.c, verify_identifier.
func (l *Lexer) errorRune(off int, r rune) bool {
	l.pos = off + utf8.RuneLen(r)
	if pyrepr.IsPrintable(r, l.version) {
		return l.errorHere(fmt.Sprintf("invalid character '%c' (U+%04X)", r, r))
	}
	return l.errorHere(fmt.Sprintf("invalid non-printable character U+%04X", r))
}

// errorUndecodable reports an identifier that is not UTF-8. The parser makes a
// syntax error of it when it gets there.
func (l *Lexer) errorUndecodable(msg string) bool {
	line := int(l.line)
	at := diag.Place{Line: line, Col: l.pos - l.lineStart, EndLine: line, EndCol: -1}
	l.failAt(diag.SyntaxError, at, "(unicode error) "+msg, true)
	l.joinText(FirstJoined(l.file, l.toks[:l.n], l.line), at)
	l.raised, l.bare = true, &diag.Error{Class: diag.UnicodeDecodeError, Msg: msg}
	return false
}

// errorString reports a string literal without end, at its start.
func (l *Lexer) errorString(start, quote int, line int32, lineStart int, flags token.Flags, escaped bool) bool {
	found := l.lastLine()
	l.line, l.lineStart, l.pos = line, lineStart, start+1
	size := 1
	if flags&token.Triple != 0 {
		size, l.atEnd = 3, true
	}
	if m := l.mode(); m != nil && m.quote == l.src[quote] && m.size == size {
		return l.errorHere(m.label() + ": expecting '}'")
	}
	switch {
	case size == 3:
		return l.errorHere(fmt.Sprintf("unterminated triple-quoted string literal (detected at line %d)", found))
	case escaped && l.mindsEscapedQuote:
		return l.errorHere(fmt.Sprintf("unterminated string literal (detected at line %d); perhaps you escaped the end quote?", found))
	}
	return l.errorHere(fmt.Sprintf("unterminated string literal (detected at line %d)", found))
}

// lastLine returns the current line, or the last one at the end of the file.
func (l *Lexer) lastLine() int32 {
	if l.lineStart >= len(l.src) {
		return l.line - 1
	}
	return l.line
}

// errorPrefixes reports letters in front of a string that are prefixes, but
// not together.
// CPython: lexer.c, maybe_raise_syntax_error_for_string_prefixes.
func (l *Lexer) errorPrefixes(start, quote int, one, other byte) bool {
	l.pos = quote + 1
	return l.raiseRange(fmt.Sprintf("'%c' and '%c' prefixes are incompatible", one, other), start, quote+1)
}

// errorLiteral reports an f- or t-string without end, at its start.
func (l *Lexer) errorLiteral(m *mode) bool {
	found := l.lastLine()
	l.line, l.lineStart, l.pos = m.line, m.lineStart, m.start+1
	kind := ""
	if m.size == 3 {
		kind, l.atEnd = "triple-quoted ", true
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

func (l *Lexer) errorMismatch(m *mode, opened Bracket, c byte) bool {
	l.pos++
	if m != nil && opened.Char == '{' && m.braces-1 == m.field {
		return l.errorHere(fmt.Sprintf("%s: unmatched '%c'", m.label(), c))
	}
	msg := fmt.Sprintf("closing parenthesis '%c' does not match opening parenthesis '%c'", c, opened.Char)
	if opened.Line != l.line {
		msg += fmt.Sprintf(" on line %d", opened.Line)
	}
	return l.errorHere(msg)
}

// errorEnd reports a file that ends where it cannot.
func (l *Lexer) errorEnd() bool {
	l.atEnd = true
	if p := l.bracket(); p.Line > 0 {
		line := int(p.Line)
		last := int(l.lastLine()) <= line
		at := diag.Place{Line: line, Col: int(p.Col) + 1, EndLine: line}
		l.failAt(diag.SyntaxError, at, fmt.Sprintf("'%c' was never closed", p.Char), last)
		if last {
			l.joinText(FirstJoined(l.file, l.toks[:l.n], p.Line), at)
		}
		return false
	}
	l.backToLastLine()
	line := int(l.line)
	at := diag.Place{Line: line, Col: len(l.src) - l.lineStart, EndLine: line, EndCol: -1}
	l.failAt(diag.SyntaxError, at, "unexpected EOF while parsing", true)
	l.joinText(FirstJoined(l.file, l.toks[:l.n], l.line), at)
	return false
}

// errorContinuation reports a backslash that is not at the end of a line. The
// column counts from the first of the lines that are joined.
func (l *Lexer) errorContinuation() bool {
	line, first := int(l.line), FirstJoined(l.file, l.toks[:l.n], l.line)
	l.pos += 2
	col := l.pos - l.lineStart + len(Lines(l.file, first, l.line-1))
	at := diag.Place{Line: line, Col: col, EndLine: line}
	l.failAt(diag.SyntaxError, at, "unexpected character after line continuation character", true)
	l.joinText(first, at)
	return false
}

// joinText has the text of the error begin at another line. Its column is then
// counted in all of the text.
func (l *Lexer) joinText(first int32, at diag.Place) {
	if !l.joinsText {
		return
	}
	l.err.Text = source.Shown(Lines(l.file, first, int32(at.Line)))
	if !l.inBytes || l.file.Declared {
		l.err.Offset = diag.Offset(l.err.Text, at.Col)
	}
}

func (l *Lexer) errorTabs() bool {
	return l.errorLine(diag.TabError, "inconsistent use of tabs and spaces in indentation")
}

// errorLine reports an error of a line as such.
func (l *Lexer) errorLine(class diag.Class, msg string) bool {
	line := int(l.line)
	return l.failAt(class, diag.Place{Line: line, Col: 1, EndLine: line}, msg, true)
}

// errorDedent reports a dedent to a column where no block is, at the end of
// the line.
func (l *Lexer) errorDedent() bool {
	line := int(l.line)
	text := source.Shown(l.file.Line(line))
	l.err = &diag.Error{
		Class: diag.IndentationError, Msg: "unindent does not match any outer indentation level",
		Line: line, Offset: runesIn(text), EndLine: line, EndOffset: -1, Text: text,
	}
	if l.inBytes && !l.file.Declared {
		l.err.Offset = len(text)
	}
	return false
}
