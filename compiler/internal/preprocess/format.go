package preprocess

import (
	"strconv"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

// nowhere is the place of pieces of a format string.
var nowhere = source.Span{Start: source.Pos{Line: -1, Col: -1}, End: source.Pos{Line: -1, Col: -1}}

// format replaces the formatting of a tuple's elements by an f-string, if the
// format has a simple field for each. CPython: ast_preprocess.c, optimize_format.
func (p *pass) format(place *ast.Expr, format string, elts []ast.Expr) {
	p.pieces = p.pieces[:0]
	rest, n := format, 0
	for {
		var text string
		if text, rest = cutLiteral(rest); text != "" {
			p.pieces = append(p.pieces, p.arena.NewConstant(nowhere, ast.StrOf(text), false))
		}
		if rest == "" {
			break
		}
		f, after, ok := cutField(rest[1:])
		if !ok || n == len(elts) {
			return
		}
		p.pieces = append(p.pieces, p.formatted(f, elts[n]))
		n++
		rest = after
	}
	if n < len(elts) {
		return
	}
	*place = p.arena.NewJoinedStr((*place).Span(), p.arena.CopyExprs(p.pieces))
}

// cutLiteral returns the text in front of the first field, with its percent
// signs, and what is behind it. CPython: ast_preprocess.c, parse_literal.
func cutLiteral(format string) (text, rest string) {
	doubled := false
	i := 0
	for i < len(format) {
		if format[i] != '%' {
			i++
			continue
		}
		if i+1 == len(format) || format[i+1] != '%' {
			break
		}
		doubled = true
		i += 2
	}
	text, rest = format[:i], format[i:]
	if doubled {
		text = strings.ReplaceAll(text, "%%", "%")
	}
	return text, rest
}

// A field is the conversion of one element; -1 stands for no width or no
// precision.
type field struct {
	conversion       byte // 's', 'r' or 'a'
	left             bool
	width, precision int
}

// maxDigits is how long a width or precision is not.
const maxDigits = 3

// cutField reads a field behind its percent sign. It fails for those that
// f-strings have no counterpart of.
// CPython: ast_preprocess.c, simple_format_arg_parse and parse_format.
func cutField(s string) (f field, rest string, ok bool) {
	f.width, f.precision = -1, -1
	for s != "" && strings.IndexByte("-+ #0", s[0]) >= 0 {
		f.left = f.left || s[0] == '-'
		s = s[1:]
	}
	if s != "" && isDigit(s[0]) {
		if f.width, s, ok = cutNumber(s); !ok {
			return f, "", false
		}
	}
	if s != "" && s[0] == '.' {
		f.precision = 0
		if s = s[1:]; s != "" && isDigit(s[0]) {
			if f.precision, s, ok = cutNumber(s); !ok {
				return f, "", false
			}
		}
	}
	if s == "" {
		return f, "", false
	}
	f.conversion = s[0]
	return f, s[1:], f.conversion == 's' || f.conversion == 'r' || f.conversion == 'a'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func cutNumber(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		n = n*10 + int(s[i]-'0')
		if i++; i == maxDigits {
			return 0, "", false
		}
	}
	return n, s[i:], true
}

// formatted returns the f-string field for an element.
func (p *pass) formatted(f field, elt ast.Expr) ast.Expr {
	var buf [2 * (maxDigits + 1)]byte
	spec := buf[:0]
	if !f.left && f.width > 0 {
		spec = append(spec, '>')
	}
	if f.width >= 0 {
		spec = strconv.AppendInt(spec, int64(f.width), 10)
	}
	if f.precision >= 0 {
		spec = strconv.AppendInt(append(spec, '.'), int64(f.precision), 10)
	}
	var formatSpec ast.Expr
	if len(spec) > 0 {
		formatSpec = p.arena.NewConstant(nowhere, ast.StrOf(string(spec)), false)
	}
	return p.arena.NewFormattedValue(elt.Span(), elt, int32(f.conversion), formatSpec)
}
