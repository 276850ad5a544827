package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

var augmented = [kinds]ast.Operator{
	token.PlusEqual: ast.Add, token.MinusEqual: ast.Sub, token.StarEqual: ast.Mult, token.SlashEqual: ast.Div,
	token.DoubleSlashEqual: ast.FloorDiv, token.PercentEqual: ast.Mod, token.DoubleStarEqual: ast.Pow,
	token.AtEqual: ast.MatMult, token.VbarEqual: ast.BitOr, token.CircumflexEqual: ast.BitXor,
	token.AmperEqual: ast.BitAnd, token.LeftShiftEqual: ast.LShift, token.RightShiftEqual: ast.RShift,
}

func isAugmented(k token.Kind) bool { return k >= token.PlusEqual && k <= token.RightShiftEqual }

// exprStmt parses an expression statement or an assignment.
// CPython: simple_stmt, assignment.
func (p *Parser) exprStmt() ast.Stmt {
	start := p.start()
	e := p.starExpressions()
	switch {
	case p.kind == token.Newline:
		return p.arena.NewExprStmt(p.span(start), e)
	case p.kind == token.Equal:
		return p.assignment(start, e)
	case p.kind == token.Colon:
		return p.annotated(start, e)
	case isAugmented(p.kind):
		op := augmented[p.kind]
		p.singleTarget(e)
		p.next()
		value := p.annotatedRHS()
		return p.arena.NewAugAssign(p.span(start), e, op, value)
	}
	return p.arena.NewExprStmt(p.span(start), e)
}

// assignment parses the rest of an assignment, behind its first target.
func (p *Parser) assignment(start int, target ast.Expr) ast.Stmt {
	p.setContext(target, ast.Store)
	p.next()
	value := p.annotatedRHS()
	if p.kind != token.Equal {
		targets := p.arena.ListExpr(target)
		return p.arena.NewAssign(p.span(start), targets, value)
	}
	mark := len(p.exprs)
	p.exprs = append(p.exprs, target)
	for p.kind == token.Equal {
		p.setContext(value, ast.Store)
		p.exprs = append(p.exprs, value)
		p.next()
		value = p.annotatedRHS()
	}
	targets := p.takeExprs(mark)
	return p.arena.NewAssign(p.span(start), targets, value)
}

// annotated parses the rest of an annotation, behind its target.
func (p *Parser) annotated(start int, target ast.Expr) ast.Stmt {
	p.singleTarget(target)
	var simple int32
	if n, ok := target.(*ast.Name); ok && n.Loc.Start == p.toks[start].Span.Start {
		simple = 1
	}
	p.next()
	annotation := p.expression()
	var value ast.Expr
	if p.accept(token.Equal) {
		value = p.annotatedRHS()
	}
	return p.arena.NewAnnAssign(p.span(start), target, annotation, value, simple)
}

// CPython: annotated_rhs.
func (p *Parser) annotatedRHS() ast.Expr {
	if p.kind == token.Yield {
		return p.yieldExpr()
	}
	return p.starExpressions()
}

// singleTarget turns an expression into the target of an annotation or an
// augmented assignment.
// CPython: single_target.
func (p *Parser) singleTarget(e ast.Expr) {
	switch e.(type) {
	case *ast.Name, *ast.Attribute, *ast.Subscript:
		p.setContext(e, ast.Store)
	default:
		p.fail()
	}
}

// setContext turns an expression into a target.
// CPython: star_targets, del_targets; action_helpers.c, _PyPegen_set_expr_context.
func (p *Parser) setContext(e ast.Expr, ctx ast.Context) {
	if n, ok := e.(*ast.Name); ok { // most are
		n.Ctx = ctx
		return
	}
	switch e := e.(type) {
	case *ast.Attribute:
		e.Ctx = ctx
	case *ast.Subscript:
		e.Ctx = ctx
	case *ast.Tuple:
		for _, elt := range e.Elts {
			p.setContext(elt, ctx)
		}
		e.Ctx = ctx
	case *ast.List:
		for _, elt := range e.Elts {
			p.setContext(elt, ctx)
		}
		e.Ctx = ctx
	case *ast.Starred:
		if ctx != ast.Store {
			p.fail()
		}
		p.setContext(e.Value, ctx)
		e.Ctx = ctx
	default:
		p.fail()
	}
}

// starTargets parses the targets of a for.
// CPython: star_targets.
func (p *Parser) starTargets() ast.Expr {
	start := p.start()
	first := p.starTarget()
	if p.kind != token.Comma {
		return first
	}
	mark := len(p.exprs)
	p.exprs = append(p.exprs, first)
	for p.accept(token.Comma) && startsStarExpr[p.kind] {
		p.exprs = append(p.exprs, p.starTarget())
	}
	elts := p.takeExprs(mark)
	return p.arena.NewTuple(p.span(start), elts, ast.Store)
}

// CPython: star_target.
func (p *Parser) starTarget() ast.Expr {
	start := p.start()
	starred := p.accept(token.Star)
	e := p.primary()
	p.setContext(e, ast.Store)
	if starred {
		e = p.arena.NewStarred(p.span(start), e, ast.Store)
	}
	return e
}
