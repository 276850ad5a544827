package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// block parses the body of a compound statement.
// CPython: block.
func (p *Parser) block() []ast.Stmt {
	mark := len(p.stmts)
	if p.kind != token.Newline {
		p.simpleStmts()
		return p.takeStmts(mark)
	}
	p.expect(token.Newline)
	p.expect(token.Indent)
	for {
		p.statement()
		if p.kind == token.Dedent {
			break
		}
	}
	p.expect(token.Dedent)
	return p.takeStmts(mark)
}

// suite parses a colon and a block.
func (p *Parser) suite() []ast.Stmt {
	p.expect(token.Colon)
	return p.block()
}

// ifStmt parses an if or elif and all that belongs to it.
// CPython: if_stmt, elif_stmt.
func (p *Parser) ifStmt() ast.Stmt {
	p.enter()
	start := p.start()
	p.next()
	test := p.namedExpression()
	body := p.suite()
	var orElse []ast.Stmt
	if p.kind == token.Elif {
		mark := len(p.stmts)
		p.stmts = append(p.stmts, p.ifStmt())
		orElse = p.takeStmts(mark)
	} else {
		orElse = p.elseBlock()
	}
	p.depth--
	return p.arena.NewIf(p.blockSpan(start), test, body, orElse)
}

// elseBlock parses an else, if there is one.
// CPython: else_block.
func (p *Parser) elseBlock() []ast.Stmt {
	if !p.accept(token.Else) {
		return nil
	}
	return p.suite()
}

// CPython: while_stmt.
func (p *Parser) whileStmt() ast.Stmt {
	start := p.start()
	p.next()
	test := p.namedExpression()
	body := p.suite()
	orElse := p.elseBlock()
	return p.arena.NewWhile(p.blockSpan(start), test, body, orElse)
}

// forStmt parses a for statement at its for.
// CPython: for_stmt.
func (p *Parser) forStmt(start int, async bool) ast.Stmt {
	p.next()
	target := p.starTargets()
	p.expect(token.In)
	iter := p.starExpressions()
	body := p.suite()
	orElse := p.elseBlock()
	if async {
		return p.arena.NewAsyncFor(p.blockSpan(start), target, iter, body, orElse)
	}
	return p.arena.NewFor(p.blockSpan(start), target, iter, body, orElse)
}

// asyncStmt parses a statement that begins with async.
func (p *Parser) asyncStmt() ast.Stmt {
	start := p.start()
	p.next()
	switch p.kind {
	case token.Def:
		return p.functionDefAt(start, true, nil)
	case token.For:
		return p.forStmt(start, true)
	case token.With:
		return p.withStmt(start, true)
	}
	p.fail()
	return nil
}

// withStmt parses a with statement at its with.
// CPython: with_stmt.
func (p *Parser) withStmt(start int, async bool) ast.Stmt {
	p.next()
	items, ok := p.parenthesizedItems()
	if !ok {
		items = p.withItems()
	}
	body := p.suite()
	if async {
		return p.arena.NewAsyncWith(p.blockSpan(start), items, body)
	}
	return p.arena.NewWith(p.blockSpan(start), items, body)
}

func (p *Parser) withItems() []*ast.WithItem {
	var items []*ast.WithItem
	for {
		items = append(items, p.withItem())
		if !p.accept(token.Comma) {
			return items
		}
	}
}

// CPython: with_item.
func (p *Parser) withItem() *ast.WithItem {
	context := p.expression()
	var vars ast.Expr
	if p.accept(token.As) {
		vars = p.starTarget()
	}
	return p.arena.NewWithItem(context, vars)
}

// parenthesizedItems parses the items of a with that has parentheses around
// them. It goes back to the parenthesis and reports false where the
// parentheses belong to an expression.
func (p *Parser) parenthesizedItems() ([]*ast.WithItem, bool) {
	if p.kind != token.LParen || p.toks[p.closing(p.i)+1].Kind != token.Colon {
		return nil, false
	}
	i, warned := p.i, len(p.warnings)
	p.next()
	var items []*ast.WithItem
	for startsExpr[p.kind] {
		items = append(items, p.withItem())
		if !p.accept(token.Comma) {
			break
		}
	}
	if len(items) > 0 && p.accept(token.RParen) {
		return items, true
	}
	p.i, p.kind, p.warnings = i, p.toks[i].Kind, p.warnings[:warned]
	return nil, false
}

// closing returns the index of the token that closes the bracket at index i,
// or the last but one if none does.
func (p *Parser) closing(i int) int {
	depth := 0
	for ; i < len(p.toks)-1; i++ {
		switch p.toks[i].Kind {
		case token.LParen, token.LBracket, token.LBrace:
			depth++
		case token.RParen, token.RBracket, token.RBrace:
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return len(p.toks) - 2
}
