package lexer

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// indentation goes over blank lines and comments to the first token of a
// logical line, and appends its Indent or Dedents. It reports whether there is
// such a line: else the file ends, or there is an error.
// CPython: lexer.c, tok_get_normal_mode, "Get indentation level".
func (l *Lexer) indentation() bool {
	for {
		col, alt, ok := l.measure()
		if !ok {
			return false
		}
		if l.pos >= len(l.src) {
			l.backToLastLine()
			l.dedentTo(0, 0)
			return false
		}
		switch l.src[l.pos] {
		case '#':
			l.skipComment()
			if l.pos < len(l.src) {
				l.pos++
				l.newline(l.pos)
			}
		case '\n':
			l.pos++
			l.newline(l.pos)
		default:
			return l.indentTo(col, alt)
		}
	}
}

// inIndent reports which bytes other than spaces are part of an indentation.
var inIndent = [256]bool{'\t': true, formFeed: true, '\\': true}

// measure goes over the whitespace at the start of a line and returns its
// width with tabs to multiples of 8, and with tabs as one column. The first
// backslash that joins lines fixes the width.
func (l *Lexer) measure() (col, alt int32, ok bool) {
	src, i := l.src, l.pos
	for {
		var w uint64
		if i+8 <= len(src) {
			w = load(src, i)
		} else {
			w = tail(src, i)
		}
		w ^= ' ' * eachByte
		i += first(w)
		if w != 0 {
			break
		}
	}
	col = int32(i - l.pos)
	l.pos = i
	if i >= len(src) || !inIndent[src[i]] {
		return col, col, true
	}
	return l.measureOdd(col)
}

// measureOdd is measure behind spaces at the start of a line.
func (l *Lexer) measureOdd(spaces int32) (col, alt int32, ok bool) {
	col, alt = spaces, spaces
	var fixed int32
	for l.pos < len(l.src) {
		switch l.src[l.pos] {
		case ' ':
			col++
			alt++
		case '\t':
			col = (col/tabSize + 1) * tabSize
			alt++
		case formFeed:
			col, alt = 0, 0
		case '\\':
			if fixed == 0 {
				fixed = col
			}
			if !l.continuation() {
				return 0, 0, false
			}
			continue
		default:
			if fixed != 0 {
				return fixed, fixed, true
			}
			return col, alt, true
		}
		l.pos++
	}
	return 0, 0, true
}

func (l *Lexer) indentTo(col, alt int32) bool {
	switch cur := l.indents[l.depth]; {
	case col == cur:
		if alt != l.altIndents[l.depth] {
			return l.errorTabs()
		}
		return true
	case col < cur:
		return l.dedentTo(col, alt)
	}
	if l.depth+1 >= maxIndent {
		return l.errorLine(diag.IndentationError, "too many levels of indentation")
	}
	if alt <= l.altIndents[l.depth] {
		return l.errorTabs()
	}
	l.depth++
	l.indents[l.depth], l.altIndents[l.depth] = col, alt
	l.emitAt(token.Indent, l.lineStart, l.pos)
	return true
}

// dedentTo closes the indents that are deeper than col, which must be the
// column of one that is open.
func (l *Lexer) dedentTo(col, alt int32) bool {
	n := 0
	for l.depth > 0 && col < l.indents[l.depth] {
		l.depth--
		n++
	}
	if col != l.indents[l.depth] {
		return l.errorDedent()
	}
	if alt != l.altIndents[l.depth] {
		return l.errorTabs()
	}
	for range n {
		l.emitAt(token.Dedent, l.pos, l.pos)
	}
	return true
}

// backToLastLine has the tokens at the end of the file behind its last line.
func (l *Lexer) backToLastLine() {
	if l.line > 1 && l.lineStart == len(l.src) {
		l.line--
		l.lineStart = strings.LastIndexByte(l.src[:len(l.src)-1], '\n') + 1
	}
}
