package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// statement parses a statement, or a line of simple ones, onto the stack.
// CPython: statement.
func (p *Parser) statement() {
	p.enter()
	if p.atPlainName() {
		p.simpleStmts()
	} else if s := p.compoundStmt(); s != nil {
		p.stmts = append(p.stmts, s)
	} else {
		p.simpleStmts()
	}
	p.depth--
}

// atPlainName reports whether the current token is a name with which no
// statement has a beginning of its own.
func (p *Parser) atPlainName() bool {
	t := p.tok()
	return t.Kind == token.Name && t.Name != names.Match && t.Name != names.Type && t.Name != names.Lazy
}

// compoundStmt parses a statement that may have a block, or returns nil.
// CPython: compound_stmt.
func (p *Parser) compoundStmt() ast.Stmt {
	switch p.kind {
	case token.If:
		return p.ifStmt()
	case token.Def:
		return p.functionDef(nil)
	case token.Class:
		return p.classDef(nil)
	case token.At:
		return p.decorated()
	case token.For:
		return p.forStmt(p.start(), false)
	case token.With:
		return p.withStmt(p.start(), false)
	case token.Try:
		return p.tryStmt()
	case token.While:
		return p.whileStmt()
	case token.Async:
		return p.asyncStmt()
	case token.Name:
		if p.atMatch() {
			return p.matchStmt()
		}
	}
	return nil
}

// simpleStmts parses a line of simple statements onto the stack.
// CPython: simple_stmts.
func (p *Parser) simpleStmts() {
	for {
		p.stmts = append(p.stmts, p.simpleStmt())
		if !p.accept(token.Semicolon) {
			break
		}
		if p.kind == token.Newline {
			break
		}
	}
	p.end = p.toks[p.i-1].Span.End
	p.expect(token.Newline)
}

// simpleStmt parses a statement that fits on a line.
// CPython: simple_stmt.
func (p *Parser) simpleStmt() ast.Stmt {
	if p.atPlainName() {
		return p.exprStmt()
	}
	switch p.kind {
	case token.Return:
		return p.returnStmt()
	case token.Import:
		return p.importName(p.start(), 0)
	case token.From:
		return p.importFrom(p.start(), 0)
	case token.Raise:
		return p.raiseStmt()
	case token.Pass:
		span := p.tok().Span
		p.next()
		return p.arena.NewPass(span)
	case token.Break:
		span := p.tok().Span
		p.next()
		return p.arena.NewBreak(span)
	case token.Continue:
		span := p.tok().Span
		p.next()
		return p.arena.NewContinue(span)
	case token.Del:
		return p.delStmt()
	case token.Yield:
		start := p.start()
		e := p.yieldExpr()
		return p.arena.NewExprStmt(p.span(start), e)
	case token.Assert:
		return p.assertStmt()
	case token.Global, token.Nonlocal:
		return p.scopeStmt()
	case token.Name:
		if s := p.softStmt(); s != nil {
			return s
		}
	}
	return p.exprStmt()
}

// softStmt parses a statement that begins with a soft keyword, or returns nil.
func (p *Parser) softStmt() ast.Stmt {
	switch p.tok().Name {
	case names.Type:
		if p.has(pyver.HasTypeParameters) && p.peek() == token.Name {
			return p.typeAlias()
		}
	case names.Lazy:
		next := p.peek()
		if !p.has(pyver.HasLazyImports) || next != token.Import && next != token.From {
			return nil
		}
		start := p.start()
		p.next()
		if next == token.Import {
			return p.importName(start, 1)
		}
		return p.importFrom(start, 1)
	}
	return nil
}

// CPython: return_stmt.
func (p *Parser) returnStmt() ast.Stmt {
	start := p.start()
	p.next()
	var value ast.Expr
	if startsStarExpr[p.kind] {
		value = p.starExpressions()
	}
	return p.arena.NewReturn(p.span(start), value)
}

// CPython: raise_stmt.
func (p *Parser) raiseStmt() ast.Stmt {
	start := p.start()
	p.next()
	var exc, cause ast.Expr
	if startsExpr[p.kind] {
		exc = p.expression()
		if p.accept(token.From) {
			cause = p.expression()
		}
	}
	return p.arena.NewRaise(p.span(start), exc, cause)
}

// CPython: assert_stmt.
func (p *Parser) assertStmt() ast.Stmt {
	start := p.start()
	p.next()
	test := p.expression()
	var msg ast.Expr
	if p.accept(token.Comma) {
		msg = p.expression()
	}
	return p.arena.NewAssert(p.span(start), test, msg)
}

// scopeStmt parses a global or nonlocal statement.
// CPython: global_stmt, nonlocal_stmt.
func (p *Parser) scopeStmt() ast.Stmt {
	start, kind, mark := p.start(), p.kind, len(p.ids)
	p.next()
	p.ids = append(p.ids, p.name())
	for p.accept(token.Comma) {
		p.ids = append(p.ids, p.name())
	}
	if kind == token.Global {
		return p.arena.NewGlobal(p.span(start), p.takeIDs(mark))
	}
	return p.arena.NewNonlocal(p.span(start), p.takeIDs(mark))
}

// delStmt parses a del statement.
// CPython: del_stmt, del_targets.
func (p *Parser) delStmt() ast.Stmt {
	start, mark := p.start(), len(p.exprs)
	p.next()
	for {
		e := p.primary()
		p.setContext(e, ast.Del)
		p.exprs = append(p.exprs, e)
		if !p.accept(token.Comma) || !startsExpr[p.kind] {
			break
		}
	}
	if p.kind != token.Semicolon && p.kind != token.Newline {
		p.fail()
	}
	return p.arena.NewDelete(p.span(start), p.takeExprs(mark))
}
