package lexer

import (
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func isOctal(c byte) bool  { return c >= '0' && c <= '7' }
func isBinary(c byte) bool { return c == '0' || c == '1' }

// number scans a number, at a digit or a dot in front of one.
// CPython: lexer.c, tok_get_normal_mode, "Number".
func (l *Lexer) number() bool {
	start := l.pos
	var kind string
	var ok bool
	if l.peek(0) == '0' {
		switch l.peek(1) {
		case 'x', 'X':
			kind = "hexadecimal"
			ok = l.radix(kind, isHex)
		case 'o', 'O':
			kind = "octal"
			ok = l.radix(kind, isOctal)
		case 'b', 'B':
			kind = "binary"
			ok = l.radix(kind, isBinary)
		default:
			kind, ok = l.decimal(true)
		}
	} else {
		kind, ok = l.decimal(false)
	}
	if !ok {
		return false
	}
	if kind != "" && inName[l.peek(0)] && !l.endOfNumber(kind) {
		return false
	}
	l.emitAt(token.Number, start, l.pos)
	return true
}

// radix scans the digits behind 0x, 0o or 0b.
func (l *Lexer) radix(kind string, isDigitOf func(byte) bool) bool {
	l.pos += 2
	for {
		if l.peek(0) == '_' {
			l.pos++
		}
		if c := l.peek(0); !isDigitOf(c) {
			if isDigit(c) {
				l.pos++
				return l.errorHere(fmt.Sprintf("invalid digit '%c' in %s literal", c, kind))
			}
			return l.errorNumber("invalid " + kind + " literal")
		}
		for isDigitOf(l.peek(0)) {
			l.pos++
		}
		if l.peek(0) != '_' {
			break
		}
	}
	if c := l.peek(0); isDigit(c) {
		l.pos++
		return l.errorHere(fmt.Sprintf("invalid digit '%c' in %s literal", c, kind))
	}
	return true
}

// decimal scans a decimal integer, float or imaginary number, and returns what
// to call it when it does not end well; "" if that is checked already.
func (l *Lexer) decimal(zero bool) (kind string, ok bool) {
	start := l.pos
	zerosEnd, leading := 0, false
	if zero {
		for l.peek(0) == '0' || l.peek(0) == '_' {
			if l.peek(0) == '_' && !isDigit(l.peek(1)) {
				l.pos++
				return "", l.errorNumber("invalid decimal literal")
			}
			l.pos++
		}
		zerosEnd, leading = l.pos, isDigit(l.peek(0))
	}
	if l.peek(0) != '.' && isDigit(l.peek(0)) && !l.digits() {
		return "", false
	}
	float := false
	if l.peek(0) == '.' {
		float = true
		l.pos++
		if isDigit(l.peek(0)) && !l.digits() {
			return "", false
		}
	}
	if c := l.peek(0); c == 'e' || c == 'E' {
		isExponent, ok := l.exponent()
		if !ok || !isExponent {
			return "", ok
		}
		float = true
	}
	if c := l.peek(0); c == 'j' || c == 'J' {
		l.pos++
		return "imaginary", true
	}
	if leading && !float {
		return "", l.errorLeadingZeros(start, zerosEnd)
	}
	return "decimal", true
}

// exponent scans an exponent; isExponent is false if the e begins a keyword,
// as in "1else".
func (l *Lexer) exponent() (isExponent, ok bool) {
	n := 1
	if c := l.peek(1); c == '+' || c == '-' {
		n = 2
	}
	if isDigit(l.peek(n)) {
		l.pos += n
		return true, l.digits()
	}
	if n == 2 {
		l.pos += 2
		return false, l.errorNumber("invalid decimal literal")
	}
	return false, l.endOfNumber("decimal")
}

// digits scans decimal digits with single underscores between them.
func (l *Lexer) digits() bool {
	for {
		for isDigit(l.peek(0)) {
			l.pos++
		}
		if l.peek(0) != '_' {
			return true
		}
		l.pos++
		if !isDigit(l.peek(0)) {
			return l.errorNumber("invalid decimal literal")
		}
	}
}

// endOfNumber checks the letters behind a number: a keyword that may follow
// is worth a warning, anything else in ASCII is an error.
// CPython: lexer.c, verify_end_of_number.
func (l *Lexer) endOfNumber(kind string) bool {
	c := l.peek(0)
	keyword := false
	switch c {
	case 'a':
		keyword = l.follows("and")
	case 'e':
		keyword = l.follows("else")
	case 'f':
		keyword = l.follows("for")
	case 'i':
		next := l.peek(1)
		keyword = next == 'f' || next == 'n' || next == 's'
	case 'o':
		keyword = l.follows("or")
	case 'n':
		keyword = l.follows("not")
	}
	if keyword {
		l.warn("invalid " + kind + " literal")
		return true
	}
	if c < 0x80 && inName[c] {
		return l.errorNumber("invalid " + kind + " literal")
	}
	return true
}

// follows reports whether a word is next, and ends there.
func (l *Lexer) follows(word string) bool {
	return strings.HasPrefix(l.src[l.pos:], word) && !inName[l.peek(len(word))]
}

// errorNumber reports an error at the byte in front of the next.
func (l *Lexer) errorNumber(msg string) bool { return l.errorHere(msg) }

// errorLeadingZeros reports a decimal integer that begins with zeros.
func (l *Lexer) errorLeadingZeros(start, zerosEnd int) bool {
	return l.raiseRange("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers", start, zerosEnd+1)
}
