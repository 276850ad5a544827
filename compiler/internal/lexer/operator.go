package lexer

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

var singles = [256]token.Kind{',': token.Comma, ';': token.Semicolon, '~': token.Tilde}

// An operatorRow has the tokens that begin with one character: the character
// alone, with = behind it, twice, and twice with = behind it.
type operatorRow struct {
	alone, equal, twice, twiceEqual token.Kind
}

var operators = [256]operatorRow{
	'=': {token.Equal, token.EqEqual, 0, 0},
	'!': {token.Exclamation, token.NotEqual, 0, 0},
	'<': {token.Less, token.LessEqual, token.LeftShift, token.LeftShiftEqual},
	'>': {token.Greater, token.GreaterEqual, token.RightShift, token.RightShiftEqual},
	'+': {token.Plus, token.PlusEqual, 0, 0},
	'-': {token.Minus, token.MinusEqual, 0, 0},
	'*': {token.Star, token.StarEqual, token.DoubleStar, token.DoubleStarEqual},
	'/': {token.Slash, token.SlashEqual, token.DoubleSlash, token.DoubleSlashEqual},
	'%': {token.Percent, token.PercentEqual, 0, 0},
	'&': {token.Amper, token.AmperEqual, 0, 0},
	'|': {token.Vbar, token.VbarEqual, 0, 0},
	'^': {token.Circumflex, token.CircumflexEqual, 0, 0},
	'@': {token.At, token.AtEqual, 0, 0},
	':': {token.Colon, token.ColonEqual, 0, 0},
}

// operator scans an operator of up to three bytes that begins with c.
func (l *Lexer) operator(c byte) bool {
	if len(l.modes) > 0 && (c == ':' || c == '!') && l.endsExpression(c) {
		return true
	}
	row, next := &operators[c], l.peek(1)
	switch {
	case next == '=':
		l.op(row.equal, 2)
	case next == c && row.twice != 0:
		if l.peek(2) == '=' {
			l.op(row.twiceEqual, 3)
		} else {
			l.op(row.twice, 2)
		}
	case c == '-' && next == '>':
		l.op(token.Arrow, 2)
	case c == '<' && next == '>' && !l.splitsInequality:
		l.op(token.NotEqual, 2)
	case c == '!' && !l.fstrings:
		return l.strange(c)
	default:
		l.op(row.alone, 1)
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
	if len(l.parens) >= maxParens {
		l.pos++
		return l.errorHere("too many nested parentheses")
	}
	l.parens = append(l.parens, Bracket{c, l.line, int32(l.pos - l.lineStart)})
	if len(l.modes) > 0 {
		l.modes[len(l.modes)-1].braces++
	}
	kind := token.LParen
	switch c {
	case '[':
		kind = token.LBracket
	case '{':
		kind = token.LBrace
	}
	l.op(kind, 1)
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
	if len(l.parens) == 0 {
		l.pos++
		return l.errorHere(fmt.Sprintf("unmatched '%c'", c))
	}
	last := l.parens[len(l.parens)-1]
	l.parens = l.parens[:len(l.parens)-1]
	if !matches(last.Char, c) {
		return l.errorMismatch(m, last, c)
	}
	kind := token.RParen
	switch c {
	case ']':
		kind = token.RBracket
	case '}':
		kind = token.RBrace
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
		l.toks[len(l.toks)-1].Name = names.ID(m.exprStart[m.field] + 1)
		m.field--
		m.inText, m.inSpec = true, false
	}
	return true
}

func matches(open, closing byte) bool {
	return open == '(' && closing == ')' || open == '[' && closing == ']' || open == '{' && closing == '}'
}
