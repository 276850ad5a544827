package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// CPython: try_stmt.
func (p *Parser) tryStmt() ast.Stmt {
	start := p.start()
	p.next()
	body := p.suite()
	var handlers []*ast.ExceptHandler
	star := p.kind == token.Except && p.peek() == token.Star
	for p.kind == token.Except && (p.peek() == token.Star) == star {
		handlers = append(handlers, p.exceptBlock(star))
	}
	handlers = p.arena.CopyExceptHandlers(handlers)
	var orElse, final []ast.Stmt
	if len(handlers) > 0 {
		orElse = p.elseBlock()
	} else if p.kind != token.Finally {
		p.fail()
	}
	if p.accept(token.Finally) {
		final = p.suite()
		p.note(p.end)
	}
	if star {
		return p.arena.NewTryStar(p.blockSpan(start), body, handlers, orElse, final)
	}
	return p.arena.NewTry(p.blockSpan(start), body, handlers, orElse, final)
}

// CPython: except_block, except_star_block.
func (p *Parser) exceptBlock(star bool) *ast.ExceptHandler {
	start := p.start()
	p.next()
	if star {
		p.next()
	}
	var typ ast.Expr
	name := names.None
	if star || p.kind != token.Colon {
		typ, name = p.exceptType()
	}
	body := p.suite()
	return p.arena.NewExceptHandler(p.blockSpan(start), typ, name, body)
}

// exceptType parses what a handler catches, and its name.
func (p *Parser) exceptType() (ast.Expr, names.ID) {
	start := p.start()
	e := p.expression()
	if p.accept(token.As) {
		return e, p.name()
	}
	if p.kind != token.Comma || !p.has(pyver.HandlesSeveralWithoutParentheses) {
		return e, names.None
	}
	mark := len(p.exprs)
	p.exprs = append(p.exprs, e)
	for p.accept(token.Comma) && startsExpr[p.kind] {
		p.exprs = append(p.exprs, p.expression())
	}
	elts := p.takeExprs(mark)
	return p.arena.NewTuple(p.span(start), elts, ast.Load), names.None
}
