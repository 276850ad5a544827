package preprocess

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

func (p *pass) exprs(list []ast.Expr) {
	for i := range list {
		p.expr(&list[i])
	}
}

// optional edits an expression that may be absent.
func (p *pass) optional(e *ast.Expr) {
	if *e != nil {
		p.expr(e)
	}
}

// optionals edits a list in which expressions may be absent.
func (p *pass) optionals(list []ast.Expr) {
	for i := range list {
		p.optional(&list[i])
	}
}

func (p *pass) keywords(list []*ast.Keyword) {
	for _, k := range list {
		p.expr(&k.Value)
	}
}

// expr edits an expression or replaces it by another one.
// CPython: ast_preprocess.c, astfold_expr.
func (p *pass) expr(place *ast.Expr) {
	switch e := (*place).(type) {
	case *ast.Constant:
		return
	case *ast.Name:
		if e.ID == names.Debug && e.Ctx == ast.Load {
			p.replace(place, boolOf(p.opts.Optimize == 0))
		}
		return
	default: // has expressions of its own
	}
	p.descend()
	switch e := (*place).(type) {
	case *ast.Attribute:
		p.expr(&e.Value)
	case *ast.Call:
		p.expr(&e.Func)
		p.exprs(e.Args)
		p.keywords(e.Keywords)
	case *ast.BinOp:
		p.expr(&e.Left)
		p.expr(&e.Right)
		p.foldBinOp(place, e)
	case *ast.UnaryOp:
		p.expr(&e.Operand)
		p.foldUnaryOp(place, e)
	case *ast.BoolOp:
		p.exprs(e.Values)
	case *ast.Compare:
		p.expr(&e.Left)
		p.exprs(e.Comparators)
		p.foldCompare(e)
	case *ast.Subscript:
		p.expr(&e.Value)
		p.expr(&e.Index)
		p.foldSubscript(place, e)
	case *ast.Tuple:
		p.exprs(e.Elts)
		p.foldTuple(place, e)
	case *ast.List:
		p.exprs(e.Elts)
	case *ast.Set:
		p.exprs(e.Elts)
	case *ast.Dict:
		p.optionals(e.Keys)
		p.exprs(e.Values)
	default:
		p.otherExpr(e)
	}
	p.depth--
}

// otherExpr edits the expressions that programs have less of.
func (p *pass) otherExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Lambda:
		p.arguments(e.Args)
		p.expr(&e.Body)
	case *ast.IfExp:
		p.expr(&e.Test)
		p.expr(&e.Body)
		p.expr(&e.OrElse)
	case *ast.Slice:
		p.optional(&e.Lower)
		p.optional(&e.Upper)
		p.optional(&e.Step)
	case *ast.Starred:
		p.expr(&e.Value)
	case *ast.JoinedStr:
		p.exprs(e.Values)
	case *ast.TemplateStr:
		p.exprs(e.Values)
	case *ast.FormattedValue:
		p.expr(&e.Value)
		p.optional(&e.FormatSpec)
	case *ast.Interpolation:
		p.expr(&e.Value)
		p.optional(&e.FormatSpec)
	case *ast.NamedExpr:
		p.expr(&e.Value)
	case *ast.Await:
		p.expr(&e.Value)
	case *ast.Yield:
		p.optional(&e.Value)
	case *ast.YieldFrom:
		p.expr(&e.Value)
	case *ast.ListComp:
		p.comprehension(&e.Elt, e.Generators)
	case *ast.SetComp:
		p.comprehension(&e.Elt, e.Generators)
	case *ast.GeneratorExp:
		p.comprehension(&e.Elt, e.Generators)
	case *ast.DictComp:
		p.expr(&e.Key)
		p.comprehension(&e.Value, e.Generators)
	default:
		diag.Bugf("no preprocessing of a %T", e)
	}
}

// comprehension edits the element and the clauses of a comprehension.
func (p *pass) comprehension(elt *ast.Expr, clauses []*ast.Comprehension) {
	p.optional(elt)
	for _, c := range clauses {
		p.expr(&c.Target)
		p.expr(&c.Iter)
		p.exprs(c.Ifs)
		p.foldIter(&c.Iter)
	}
}

// replace puts a constant in the place of an expression.
// CPython: ast_preprocess.c, make_const.
func (p *pass) replace(place *ast.Expr, v ast.Value) {
	*place = p.arena.NewConstant((*place).Span(), v, false)
}

func boolOf(b bool) ast.Value {
	if b {
		return ast.Value{Kind: ast.TrueValue}
	}
	return ast.Value{Kind: ast.FalseValue}
}
