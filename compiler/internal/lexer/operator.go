package lexer

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// A symbol says what one byte of an operator or a bracket is.
type symbol struct {
	kind  token.Kind // of the token of this byte alone
	joins joins      // the bytes behind it with which it may be something else
	// The tokens with = behind it, twice, and twice with = behind it.
	equal, twice, twiceEqual token.Kind
}

// A joins is a set of bytes.
type joins uint8

const (
	joinsEqual joins = 1 << iota
	joinsDot         // a dot or a digit
	joinsGreater
	joinsStar
	joinsSlash
	joinsLess
	joinsAll
)

// follows has the sets that each byte is in.
var follows = func() (t [256]joins) {
	for c := range t {
		t[c] = joinsAll
	}
	for c := '0'; c <= '9'; c++ {
		t[c] |= joinsDot
	}
	t['='] |= joinsEqual
	t['.'] |= joinsDot
	t['>'] |= joinsGreater
	t['*'] |= joinsStar
	t['/'] |= joinsSlash
	t['<'] |= joinsLess
	return t
}()

var symbols = [256]symbol{
	'(': {kind: token.LParen}, ')': {kind: token.RParen},
	'[': {kind: token.LBracket}, ']': {kind: token.RBracket},
	'{': {kind: token.LBrace}, '}': {kind: token.RBrace},
	',': {kind: token.Comma}, ';': {kind: token.Semicolon}, '~': {kind: token.Tilde},
	'.': {kind: token.Dot, joins: joinsDot},
	'=': {token.Equal, joinsEqual, token.EqEqual, 0, 0},
	'!': {token.Exclamation, joinsAll, token.NotEqual, 0, 0},
	'<': {token.Less, joinsEqual | joinsLess | joinsGreater, token.LessEqual, token.LeftShift, token.LeftShiftEqual},
	'>': {token.Greater, joinsEqual | joinsGreater, token.GreaterEqual, token.RightShift, token.RightShiftEqual},
	'+': {token.Plus, joinsEqual, token.PlusEqual, 0, 0},
	'-': {token.Minus, joinsEqual | joinsGreater, token.MinusEqual, 0, 0},
	'*': {token.Star, joinsEqual | joinsStar, token.StarEqual, token.DoubleStar, token.DoubleStarEqual},
	'/': {token.Slash, joinsEqual | joinsSlash, token.SlashEqual, token.DoubleSlash, token.DoubleSlashEqual},
	'%': {token.Percent, joinsEqual, token.PercentEqual, 0, 0},
	'&': {token.Amper, joinsEqual, token.AmperEqual, 0, 0},
	'|': {token.Vbar, joinsEqual, token.VbarEqual, 0, 0},
	'^': {token.Circumflex, joinsEqual, token.CircumflexEqual, 0, 0},
	'@': {token.At, joinsEqual, token.AtEqual, 0, 0},
	':': {token.Colon, joinsEqual, token.ColonEqual, 0, 0},
}

// operator scans an operator of up to three bytes that begins with c.
func (l *Lexer) operator(c byte) bool {
	if len(l.modes) > 0 && (c == ':' || c == '!') && l.endsExpression(c) {
		return true
	}
	s, next := &symbols[c], l.peek(1)
	switch {
	case c == '.':
		return l.dot()
	case next == '=' && s.equal != 0:
		l.op(s.equal, 2)
	case next == c && s.twice != 0:
		if l.peek(2) == '=' {
			l.op(s.twiceEqual, 3)
		} else {
			l.op(s.twice, 2)
		}
	case c == '-' && next == '>':
		l.op(token.Arrow, 2)
	case c == '<' && next == '>' && !l.splitsInequality:
		l.op(token.NotEqual, 2)
	case c == '!' && !l.fstrings:
		return l.strange(c)
	default:
		l.op(s.kind, 1)
	}
	return true
}

func (l *Lexer) dot() bool {
	next := l.peek(1)
	switch {
	case classes[next] == classDigit:
		return l.number()
	case next == '.' && l.peek(2) == '.':
		l.op(token.Ellipsis, 3)
	default:
		l.op(token.Dot, 1)
	}
	return true
}

func (l *Lexer) open(c byte) bool {
	if l.nparens >= maxParens {
		l.pos++
		return l.errorHere("too many nested parentheses")
	}
	l.parens[l.nparens] = l.n
	l.nparens++
	if m := l.mode(); m != nil {
		m.braces++
	}
	l.op(symbols[c].kind, 1)
	return true
}

// close scans a closing bracket, which may end a replacement field.
// CPython: lexer.c, tok_get_normal_mode, "Keep track of parentheses nesting
// level".
func (l *Lexer) close(c byte) bool {
	m := l.mode()
	if m != nil && m.braces == 0 && c == '}' {
		l.pos++
		return l.errorHere(m.label() + ": single '}' is not allowed")
	}
	if l.nparens == 0 {
		l.pos++
		return l.errorHere(fmt.Sprintf("unmatched '%c'", c))
	}
	opened := l.bracket()
	l.nparens--
	kind := symbols[c].kind
	if !closes(kind, symbols[opened.Char].kind) {
		return l.errorMismatch(m, opened, c)
	}
	l.op(kind, 1)
	if m == nil {
		return true
	}
	m.braces--
	if m.braces < 0 {
		return l.errorHere(fmt.Sprintf("%s: unmatched '%c'", m.label(), c))
	}
	if c == '}' && m.braces == m.field {
		l.last().Name = names.ID(m.exprStart[m.field] + 1)
		m.field--
		m.inText, m.inSpec = true, false
	}
	return true
}

// closes reports whether a bracket closes one that opens.
func closes(closing, opening token.Kind) bool { return closing == opening+1 }

// bracket returns the innermost open bracket. There is none if its line is 0.
func (l *Lexer) bracket() Bracket {
	if l.nparens == 0 {
		return Bracket{}
	}
	t := &l.toks[l.parens[l.nparens-1]]
	return Bracket{"([{"[(t.Kind-token.LParen)/2], t.Span.Start.Line, t.Span.Start.Col}
}
