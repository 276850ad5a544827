package lexer

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// A class is what a byte may begin.
type class uint8

const (
	classBad class = iota
	classSpace
	classNewline
	classComment
	classContinue
	classLetter
	classHigh // above 127
	classDigit
	classQuote
	classOpen
	classClose
	classSymbol // an operator, perhaps of several bytes
)

var classes = func() (t [256]class) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
			t[c] = classLetter
		case c >= '0' && c <= '9':
			t[c] = classDigit
		case c >= 0x80:
			t[c] = classHigh
		}
	}
	for class, chars := range map[class]string{
		classSpace: " \t\f", classNewline: "\n", classComment: "#", classContinue: `\`, classQuote: `"'`,
		classOpen: "([{", classClose: ")]}", classSymbol: ",;~.=!<>+-*/%&|^@:",
	} {
		for i := range len(chars) {
			t[chars[i]] = class
		}
	}
	return t
}()

// inName reports for each byte whether it may continue an identifier.
var inName = func() (t [256]bool) {
	for c := range t {
		t[c] = classes[c] == classLetter || classes[c] == classDigit || classes[c] == classHigh
	}
	return t
}()

// joinsName reports for each byte whether a name in front of it is not only
// that: it may be the prefix of a string, or go on.
var joinsName = func() (t [256]bool) {
	for c := range t {
		t[c] = classes[c] == classQuote || classes[c] == classHigh
	}
	return t
}()

// scanTokens scans the tokens from the start of a logical line to the end of the
// file or the part, or to an error. The tokens that most of a file consists of
// are scanned right here.
func (l *Lexer) scanTokens() {
	src, toks := l.src, l.toks
	pos, n := l.pos, l.n
	for pos < len(src) {
		if n >= len(toks) {
			l.grow()
			toks = l.toks
		}
		l.pos, l.n = pos, n
		c := src[pos]
		kind, id, end, more := symbols[c].kind, names.None, pos, false
		switch classes[c] {
		case classSpace:
			pos++
			continue
		case classLetter:
			if id, end = l.simpleName(src, pos); id != names.None {
				kind = nameKind(id)
			} else {
				more = l.name()
			}
		case classSymbol:
			if pos+1 < len(src) && follows[src[pos+1]]&symbols[c].joins == 0 && len(l.modes) == 0 {
				end++
			} else {
				more = l.operator(c)
			}
		case classOpen:
			if l.nparens < maxParens && len(l.modes) == 0 {
				l.parens[l.nparens] = n
				l.nparens++
				end++
			} else {
				more = l.open(c)
			}
		case classClose:
			if p := l.nparens - 1; p >= 0 && closes(kind, toks[l.parens[p]].Kind) && len(l.modes) == 0 {
				l.nparens = p
				end++
			} else {
				more = l.close(c)
			}
		case classNewline:
			if l.nparens > 0 {
				pos++
				l.newline(pos)
				continue
			}
			more = l.endLine(pos)
		case classComment:
			more = l.comment()
		case classQuote:
			more = l.str(pos, pos, 0)
		case classDigit:
			more = l.number()
		default:
			more = l.other(c)
		}
		if end > pos {
			l.set(&toks[n], kind, id, pos, end)
			n++
			pos = end
			continue
		}
		for more && l.inLiteral() {
			more = l.literalPart()
		}
		if !more {
			return
		}
		pos, n, toks = l.pos, l.n, l.toks
	}
	l.pos, l.n = pos, n
	if !l.part || l.nparens != 1 {
		l.errorEnd()
	}
}

// comment scans a comment, and the newline if that ends a logical line. It
// reports whether more tokens follow.
func (l *Lexer) comment() bool {
	start := l.pos
	l.skipComment()
	return l.nparens > 0 || l.endLine(start)
}

// endLine scans the newline of a logical line, whose token begins at the comment
// in front of it, and goes on to the next logical line. It reports whether there
// is one.
func (l *Lexer) endLine(start int) bool {
	l.pos++
	t := l.emitAt(token.Newline, start, l.pos)
	if !l.fstrings {
		t.Span.End.Col--
	}
	l.newline(l.pos)
	return !l.part && l.indentation()
}

// other scans what is rare.
func (l *Lexer) other(c byte) bool {
	switch classes[c] {
	case classContinue:
		return l.continuation()
	case classHigh:
		return l.highName(l.pos)
	}
	return l.strange(c)
}
