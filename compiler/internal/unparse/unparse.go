// Package unparse turns expressions back into text.
//
// It takes an expression that preprocessing has left alone and gives the text
// that CPython stores for it when annotations are strings. The text has
// CPython's spaces, quotes and parentheses, not those of the source.
// CPython: ast_unparse.c.
package unparse

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// ErrDigits says that an expression has an int that CPython does not write in
// decimal. Python's class for it is ValueError.
//
//nolint:staticcheck // it is Python's text
var ErrDigits = errors.New("Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit")

// Append appends the text of an expression. The error is ErrDigits.
// CPython: ast_unparse.c, _PyAST_ExprAsUnicode.
func Append(dst []byte, e ast.Expr, t *names.Table, v pyver.Version) ([]byte, error) {
	w := writer{buf: dst, names: t, version: v}
	w.expr(e, levelTest)
	return w.buf, w.err
}

// Levels of precedence: an operand is in parentheses if its own level is below
// the one that its place needs. CPython: ast_unparse.c, PR_TUPLE.
const (
	levelTuple = iota
	levelTest  // if and else, lambda
	levelOr
	levelAnd
	levelNot
	levelCompare
	levelBitOr // and what a star needs
	levelBitXor
	levelBitAnd
	levelShift
	levelArith
	levelTerm
	levelFactor // unary + - ~
	levelPower
	levelAwait
	levelAtom
)

// A writer writes an expression.
type writer struct {
	buf     []byte
	names   *names.Table
	version pyver.Version
	err     error
}

func (w *writer) text(s string) { w.buf = append(w.buf, s...) }

func (w *writer) name(id names.ID) { w.text(w.names.Text(id)) }

// open begins an operation, in parentheses if its level is below that of its
// place. Its caller ends it with closing.
func (w *writer) open(level, own int) {
	if level > own {
		w.text("(")
	}
}

func (w *writer) closing(level, own int) {
	if level > own {
		w.text(")")
	}
}

// comma separates the items of a list.
func (w *writer) comma(i int) {
	if i > 0 {
		w.text(", ")
	}
}

func (w *writer) list(open string, elts []ast.Expr, closing string) {
	w.text(open)
	for i, e := range elts {
		w.comma(i)
		w.expr(e, levelTest)
	}
	w.text(closing)
}

// constant writes a constant as its repr.
// CPython: ast_unparse.c, append_ast_constant and append_repr.
func (w *writer) constant(v ast.Value) {
	switch v.Kind {
	case ast.NoneValue:
		w.text("None")
	case ast.FalseValue:
		w.text("False")
	case ast.TrueValue:
		w.text("True")
	case ast.EllipsisValue:
		w.text("...")
	case ast.IntValue:
		w.int(v)
	case ast.FloatValue:
		f := math.Float64frombits(v.Bits)
		if math.IsInf(f, 0) {
			w.infinities(pyrepr.AppendFloat(nil, f))
			return
		}
		w.buf = pyrepr.AppendFloat(w.buf, f)
	case ast.ComplexValue:
		w.infinities(pyrepr.AppendComplex(nil, v.Complex()))
	case ast.StrValue:
		w.buf = pyrepr.AppendStr(w.buf, v.Text, w.version)
	case ast.BytesValue:
		w.buf = pyrepr.AppendBytes(w.buf, []byte(v.Text))
	case ast.TupleValue:
		w.tupleValue(v.Items.Values)
	case ast.FrozenSetValue:
		// Folding makes these, and folding leaves text alone.
	}
}

// infinities writes a number with what evaluates to infinity in the place of
// inf, which is a name.
func (w *writer) infinities(repr []byte) {
	w.text(strings.ReplaceAll(string(repr), "inf", "1e309"))
}

func (w *writer) int(v ast.Value) {
	if v.Big == nil {
		w.buf = strconv.AppendInt(w.buf, int64(v.Bits), 10)
		return
	}
	start := len(w.buf)
	w.buf = pyrepr.AppendInt(w.buf, new(big.Int).Set(v.Big))
	// pyrepr writes those in hexadecimal that CPython does not write.
	if bytes.HasPrefix(w.buf[start:], []byte("0x")) {
		w.err = ErrDigits
	}
}

func (w *writer) tupleValue(items []ast.Value) {
	w.text("(")
	for i, v := range items {
		w.comma(i)
		w.constant(v)
	}
	if len(items) == 1 {
		w.text(",")
	}
	w.text(")")
}
