package lexer

import (
	"math/bits"

	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// str scans a string literal whose quotes begin at offset quote.
// CPython: lexer.c, tok_get_normal_mode, "letter_quote".
func (l *Lexer) str(start, quote int, flags token.Flags) bool {
	src, q, begin := l.src, l.src[quote], l.at(start)
	if quote+2 < len(src) && src[quote+1] == q && src[quote+2] == q {
		return l.longStr(start, quote, flags|token.Triple)
	}
	line, lineStart, escaped := l.line, l.lineStart, false
	var high uint64
	for i := quote + 1; i < len(src); {
		var w uint64
		if i+8 <= len(src) {
			w = load(src, i)
		} else {
			w = tail(src, i)
		}
		mask := marks(w, q) | marks(w, '\\') | marks(w, '\n')
		if mask == 0 {
			high |= w
			i += 8
			continue
		}
		high |= w & (mask&-mask - 1)
		i += first(mask)
		switch src[i] {
		case q:
			l.emitStr(start, i+1, begin, flags, high)
			return true
		case '\n':
			return l.errorString(start, quote, line, lineStart, flags, escaped)
		}
		flags |= token.HasEscape
		escaped = l.escape(i+1, q) || escaped
		i += 2
	}
	return l.errorString(start, quote, line, lineStart, flags, escaped)
}

// longStr scans a string literal with three quotes.
func (l *Lexer) longStr(start, quote int, flags token.Flags) bool {
	src, q, begin := l.src, l.src[quote], l.at(start)
	line, lineStart := l.line, l.lineStart
	var high uint64
	for i := quote + 3; i < len(src); {
		var w uint64
		if i+8 <= len(src) {
			w = load(src, i)
		} else {
			w = tail(src, i)
		}
		mask := marks(w, q) | marks(w, '\\')
		below := mask&-mask - 1 // all bits if nothing is marked
		high |= w & below
		if newlines := marksAll(w, '\n') & below; newlines != 0 {
			l.line += int32(bits.OnesCount64(newlines))
			l.lineStart = i + bits.Len64(newlines)/8
		}
		i += first(mask)
		if mask == 0 {
			continue
		}
		switch {
		case src[i] == '\\':
			flags |= token.HasEscape
			l.escape(i+1, q)
			i += 2
		case i+2 < len(src) && src[i+1] == q && src[i+2] == q:
			l.emitStr(start, i+3, begin, flags, high)
			return true
		default:
			i++
		}
	}
	return l.errorString(start, quote, line, lineStart, flags, false)
}

// escape looks at the byte behind a backslash in a string. It reports whether
// that is a quote.
func (l *Lexer) escape(i int, q byte) bool {
	if i < len(l.src) && l.src[i] == '\n' {
		l.newline(i + 1)
	}
	return i < len(l.src) && l.src[i] == q
}

// emitStr appends the token of a string literal, and goes behind it. The bytes of
// high have the high bit if any byte of the text has it.
func (l *Lexer) emitStr(start, end int, begin source.Pos, flags token.Flags, high uint64) {
	if high&highBits != 0 {
		flags |= token.NonASCII
	}
	t := l.emitAt(token.String, start, end)
	t.Flags, t.Span.Start = flags, begin
	l.pos = end
}
