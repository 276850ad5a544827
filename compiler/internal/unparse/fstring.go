package unparse

import (
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
)

// fstring writes an f-string or a t-string: its pieces in one pair of quotes.
// CPython: ast_unparse.c, append_joinedstr and append_templatestr.
func (w *writer) fstring(prefix string, pieces []ast.Expr) {
	start := len(w.buf)
	w.pieces(pieces, false)
	body := string(w.buf[start:])
	w.buf = append(w.buf[:start], prefix...)
	w.buf = pyrepr.AppendStr(w.buf, body, w.version)
}

func (w *writer) pieces(list []ast.Expr, inSpec bool) {
	for _, e := range list {
		w.piece(e, inSpec)
	}
}

// piece writes a piece of an f-string, or a whole format specification.
// CPython: ast_unparse.c, append_fstring_element.
func (w *writer) piece(e ast.Expr, inSpec bool) {
	switch e := e.(type) {
	case *ast.Constant:
		w.literal(e.Value.Text)
	case *ast.JoinedStr:
		if inSpec {
			w.pieces(e.Values, true)
		} else {
			w.fstring("f", e.Values)
		}
	case *ast.TemplateStr:
		w.fstring("t", e.Values)
	case *ast.FormattedValue:
		start := w.openField()
		w.expr(e.Value, levelTest+1)
		w.closeField(start, e.Conversion, e.FormatSpec)
	case *ast.Interpolation:
		start := w.openField()
		w.text(e.Text.Text)
		w.closeField(start, e.Conversion, e.FormatSpec)
	default:
		diag.Bugf("no text for a %T in a string", e)
	}
}

// literal writes text with its braces doubled.
func (w *writer) literal(s string) {
	for i := range len(s) {
		w.buf = append(w.buf, s[i])
		if s[i] == '{' || s[i] == '}' {
			w.buf = append(w.buf, s[i])
		}
	}
}

// openField begins a field, and returns where its expression starts.
func (w *writer) openField() int {
	w.text("{")
	return len(w.buf)
}

// closeField ends a field. A space keeps its brace from one that the expression
// starts with.
func (w *writer) closeField(start int, conversion int32, spec ast.Expr) {
	if len(w.buf) > start && w.buf[start] == '{' {
		w.buf = slices.Insert(w.buf, start, ' ')
	}
	if conversion > 0 {
		w.buf = append(w.buf, '!', byte(conversion))
	}
	if spec != nil {
		w.text(":")
		w.piece(spec, true)
	}
	w.text("}")
}
