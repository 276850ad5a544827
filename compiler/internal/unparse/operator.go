package unparse

import "github.com/rules-pyc/rules_pyc/compiler/internal/ast"

type operator struct {
	text  string
	level int
}

var binary = [...]operator{
	ast.Add: {" + ", levelArith}, ast.Sub: {" - ", levelArith},
	ast.Mult: {" * ", levelTerm}, ast.MatMult: {" @ ", levelTerm}, ast.Div: {" / ", levelTerm},
	ast.Mod: {" % ", levelTerm}, ast.FloorDiv: {" // ", levelTerm},
	ast.LShift: {" << ", levelShift}, ast.RShift: {" >> ", levelShift},
	ast.BitOr: {" | ", levelBitOr}, ast.BitXor: {" ^ ", levelBitXor}, ast.BitAnd: {" & ", levelBitAnd},
	ast.Pow: {" ** ", levelPower},
}

// binOp writes a binary operation. All but powers group from the left.
// CPython: ast_unparse.c, append_ast_binop.
func (w *writer) binOp(e *ast.BinOp, level int) {
	op := binary[e.Op]
	left, right := op.level, op.level+1
	if e.Op == ast.Pow {
		left, right = right, left
	}
	w.open(level, op.level)
	w.expr(e.Left, left)
	w.text(op.text)
	w.expr(e.Right, right)
	w.closing(level, op.level)
}

var unary = [...]operator{
	ast.Invert: {"~", levelFactor}, ast.Not: {"not ", levelNot}, ast.UAdd: {"+", levelFactor}, ast.USub: {"-", levelFactor},
}

func (w *writer) unaryOp(e *ast.UnaryOp, level int) {
	op := unary[e.Op]
	w.open(level, op.level)
	w.text(op.text)
	w.expr(e.Operand, op.level)
	w.closing(level, op.level)
}

func (w *writer) boolOp(e *ast.BoolOp, level int) {
	op := operator{" or ", levelOr}
	if e.Op == ast.And {
		op = operator{" and ", levelAnd}
	}
	w.open(level, op.level)
	for i, value := range e.Values {
		if i > 0 {
			w.text(op.text)
		}
		w.expr(value, op.level+1)
	}
	w.closing(level, op.level)
}

var comparisons = [...]string{
	ast.Eq: " == ", ast.NotEq: " != ", ast.Lt: " < ", ast.LtE: " <= ", ast.Gt: " > ", ast.GtE: " >= ",
	ast.Is: " is ", ast.IsNot: " is not ", ast.In: " in ", ast.NotIn: " not in ",
}

func (w *writer) compare(e *ast.Compare, level int) {
	w.open(level, levelCompare)
	w.expr(e.Left, levelCompare+1)
	for i, right := range e.Comparators {
		w.text(comparisons[e.Ops[i]])
		w.expr(right, levelCompare+1)
	}
	w.closing(level, levelCompare)
}
