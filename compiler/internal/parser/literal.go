package parser

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

// maxIntDigits is how many decimal digits an int literal may have.
// CPython: pycore_long.h, _PY_LONG_DEFAULT_MAX_STR_DIGITS.
const maxIntDigits = 4300

// number parses a number token.
// CPython: action_helpers.c, _PyPegen_number_token.
func (p *Parser) number() ast.Expr {
	t := p.tok()
	text := p.src[t.Off:t.End]
	var e ast.Expr
	if small, ok := smallInt(text); ok {
		e = p.arena.NewNumber(t.Span, ast.IntValue, uint64(small))
	} else {
		e = p.arena.NewConstant(t.Span, p.numberValue(strings.ReplaceAll(text, "_", ""), t.Span), false)
	}
	p.next()
	return e
}

// smallInt reads a decimal integer of up to 18 digits, or a hexadecimal one of up
// to 15, without underscores.
func smallInt(s string) (int64, bool) {
	if len(s) > 18 {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return smallHex(s)
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

func smallHex(s string) (int64, bool) {
	if len(s) < 3 || len(s) > 17 || s[0] != '0' || s[1]|0x20 != 'x' {
		return 0, false
	}
	var n int64
	for i := range len(s[2:]) {
		d := hexDigit(s[2+i])
		if d < 0 {
			return 0, false
		}
		n = n<<4 | int64(d)
	}
	return n, true
}

func (p *Parser) numberValue(s string, span source.Span) ast.Value {
	if len(s) > 2 && s[0] == '0' {
		switch s[1] | 0x20 {
		case 'x':
			return bigInt(s[2:], 16)
		case 'o':
			return bigInt(s[2:], 8)
		case 'b':
			return bigInt(s[2:], 2)
		}
	}
	if last := s[len(s)-1]; last|0x20 == 'j' {
		return ast.Value{Kind: ast.ComplexValue, Bits: floatBits(s[:len(s)-1])}
	}
	if strings.ContainsAny(s, ".eE") {
		return ast.Value{Kind: ast.FloatValue, Bits: floatBits(s)}
	}
	if len(s) > maxIntDigits {
		err := p.errorSpan(diag.SyntaxError, span, fmt.Sprintf(
			"Exceeds the limit (%d digits) for integer string conversion: value has %d digits; use sys.set_int_max_str_digits() to increase the limit"+
				" - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.", maxIntDigits, len(s)))
		err.Offset, err.EndLine, err.EndOffset = 0, err.Line, 0
		panic(bailout{err: err})
	}
	return bigInt(s, 10)
}

func bigInt(digits string, base int) ast.Value {
	if n, err := strconv.ParseInt(digits, base, 64); err == nil {
		return ast.IntOf(n)
	}
	n, _ := new(big.Int).SetString(digits, base)
	return ast.Value{Kind: ast.IntValue, Big: n}
}

// floatBits reads a float; one that is too large is infinity.
func floatBits(s string) uint64 {
	f, _ := strconv.ParseFloat(s, 64)
	return math.Float64bits(f)
}
