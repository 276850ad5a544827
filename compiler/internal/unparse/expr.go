package unparse

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

// expr writes an expression in a place that needs a level.
// CPython: ast_unparse.c, append_ast_expr.
func (w *writer) expr(e ast.Expr, level int) {
	switch e := e.(type) {
	case *ast.Name:
		w.name(e.ID)
	case *ast.Constant:
		if e.Unicode {
			w.text("u")
		}
		w.constant(e.Value)
	case *ast.Attribute:
		w.attribute(e)
	case *ast.Subscript:
		w.expr(e.Value, levelAtom)
		w.text("[")
		w.expr(e.Index, levelTuple)
		w.text("]")
	case *ast.Call:
		w.call(e)
	case *ast.Tuple:
		w.tuple(e, level)
	case *ast.List:
		w.list("[", e.Elts, "]")
	case *ast.Set:
		w.list("{", e.Elts, "}")
	case *ast.Dict:
		w.dict(e)
	case *ast.BinOp:
		w.binOp(e, level)
	case *ast.UnaryOp:
		w.unaryOp(e, level)
	case *ast.BoolOp:
		w.boolOp(e, level)
	case *ast.Compare:
		w.compare(e, level)
	case *ast.Starred:
		w.text("*")
		w.expr(e.Value, levelBitOr)
	case *ast.Slice:
		w.slice(e)
	case *ast.JoinedStr:
		w.fstring("f", e.Values)
	case *ast.TemplateStr:
		w.fstring("t", e.Values)
	case *ast.FormattedValue, *ast.Interpolation:
		w.piece(e, false)
	default:
		w.otherExpr(e, level)
	}
}

// otherExpr writes the expressions that annotations have less of.
func (w *writer) otherExpr(e ast.Expr, level int) {
	switch e := e.(type) {
	case *ast.Lambda:
		w.lambda(e, level)
	case *ast.IfExp:
		w.open(level, levelTest)
		w.expr(e.Body, levelTest+1)
		w.text(" if ")
		w.expr(e.Test, levelTest+1)
		w.text(" else ")
		w.expr(e.OrElse, levelTest)
		w.closing(level, levelTest)
	case *ast.ListComp:
		w.comprehension("[", e.Elt, e.Generators, "]")
	case *ast.SetComp:
		w.comprehension("{", e.Elt, e.Generators, "}")
	case *ast.GeneratorExp:
		w.comprehension("(", e.Elt, e.Generators, ")")
	case *ast.DictComp:
		w.dictComp(e)
	case *ast.Await:
		w.open(level, levelAwait)
		w.text("await ")
		w.expr(e.Value, levelAtom)
		w.closing(level, levelAwait)
	case *ast.Yield:
		w.yield(e)
	case *ast.YieldFrom:
		w.text("(yield from ")
		w.expr(e.Value, levelTest)
		w.text(")")
	case *ast.NamedExpr:
		w.open(level, levelTuple)
		w.expr(e.Target, levelAtom)
		w.text(" := ")
		w.expr(e.Value, levelAtom)
		w.closing(level, levelTuple)
	default:
		diag.Bugf("no text for a %T", e)
	}
}

func (w *writer) yield(e *ast.Yield) {
	if e.Value == nil {
		w.text("(yield)")
		return
	}
	w.text("(yield ")
	w.expr(e.Value, levelTest)
	w.text(")")
}

// attribute writes an attribute. A space keeps the dot from an int's digits.
func (w *writer) attribute(e *ast.Attribute) {
	w.expr(e.Value, levelAtom)
	if c, ok := e.Value.(*ast.Constant); ok && c.Value.Kind == ast.IntValue {
		w.text(" ")
	}
	w.text(".")
	w.name(e.Attr)
}

func (w *writer) tuple(e *ast.Tuple, level int) {
	if len(e.Elts) == 0 {
		w.text("()")
		return
	}
	w.open(level, levelTuple)
	w.list("", e.Elts, "")
	if len(e.Elts) == 1 {
		w.text(",")
	}
	w.closing(level, levelTuple)
}

func (w *writer) dict(e *ast.Dict) {
	w.text("{")
	for i, value := range e.Values {
		w.comma(i)
		if key := e.Keys[i]; key != nil {
			w.expr(key, levelTest)
			w.text(": ")
			w.expr(value, levelTest)
		} else {
			w.text("**")
			w.expr(value, levelBitOr)
		}
	}
	w.text("}")
}

func (w *writer) slice(e *ast.Slice) {
	if e.Lower != nil {
		w.expr(e.Lower, levelTest)
	}
	w.text(":")
	if e.Upper != nil {
		w.expr(e.Upper, levelTest)
	}
	if e.Step != nil {
		w.text(":")
		w.expr(e.Step, levelTest)
	}
}

// call writes a call. A generator that is the only argument lends it its
// parentheses.
func (w *writer) call(e *ast.Call) {
	w.expr(e.Func, levelAtom)
	if len(e.Args) == 1 && len(e.Keywords) == 0 {
		if g, ok := e.Args[0].(*ast.GeneratorExp); ok {
			w.expr(g, levelTest)
			return
		}
	}
	w.list("(", e.Args, "")
	for i, k := range e.Keywords {
		w.comma(len(e.Args) + i)
		if k.Name == names.None {
			w.text("**")
		} else {
			w.name(k.Name)
			w.text("=")
		}
		w.expr(k.Value, levelTest)
	}
	w.text(")")
}

func (w *writer) comprehension(open string, elt ast.Expr, clauses []*ast.Comprehension, closing string) {
	w.text(open)
	w.expr(elt, levelTest)
	w.clauses(clauses)
	w.text(closing)
}

func (w *writer) dictComp(e *ast.DictComp) {
	if e.Value == nil {
		w.comprehension("{**", e.Key, e.Generators, "}")
		return
	}
	w.text("{")
	w.expr(e.Key, levelTest)
	w.text(": ")
	w.expr(e.Value, levelTest)
	w.clauses(e.Generators)
	w.text("}")
}

func (w *writer) clauses(list []*ast.Comprehension) {
	for _, c := range list {
		if c.IsAsync != 0 {
			w.text(" async")
		}
		w.text(" for ")
		w.expr(c.Target, levelTuple)
		w.text(" in ")
		w.expr(c.Iter, levelTest+1)
		for _, test := range c.Ifs {
			w.text(" if ")
			w.expr(test, levelTest+1)
		}
	}
}
