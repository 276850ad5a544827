package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// primary parses an atom and the attributes, calls and subscripts behind it.
// CPython: primary.
func (p *Parser) primary() ast.Expr {
	start := p.start()
	var e ast.Expr
	if t := p.tok(); t.Kind == token.Name {
		if t.Name == names.Debug {
			p.note(t.Span.End)
		}
		e = p.arena.NewName(t.Span, t.Name, ast.Load)
		p.next()
	} else {
		e = p.atom()
	}
	for {
		switch p.kind {
		case token.Dot:
			p.next()
			attr := p.tok()
			if attr.Kind != token.Name {
				p.fail()
			}
			p.next()
			e = p.arena.NewAttribute(p.toks[start].Span.To(attr.Span), e, attr.Name, ast.Load)
		case token.LParen:
			e = p.call(start, e)
		case token.LBracket:
			p.next()
			index := p.slices()
			p.expect(token.RBracket)
			e = p.arena.NewSubscript(p.span(start), e, index, ast.Load)
		default:
			return e
		}
	}
}

// atom parses an atom that is no name.
// CPython: atom.
func (p *Parser) atom() ast.Expr {
	switch p.kind {
	case token.Number:
		return p.number()
	case token.String, token.FStringStart, token.TStringStart:
		return p.strings()
	case token.LParen:
		return p.parenthesized()
	case token.LBracket:
		return p.list()
	case token.LBrace:
		return p.braced()
	case token.None:
		return p.constant(ast.NoneValue)
	case token.True:
		return p.constant(ast.TrueValue)
	case token.False:
		return p.constant(ast.FalseValue)
	case token.Ellipsis:
		return p.constant(ast.EllipsisValue)
	}
	p.fail()
	return nil
}

func (p *Parser) constant(kind ast.ValueKind) ast.Expr {
	span := p.tok().Span
	p.next()
	return p.arena.NewNumber(span, kind, 0)
}

// slices parses what is between the brackets of a subscript.
// CPython: slices.
func (p *Parser) slices() ast.Expr {
	start := p.start()
	first := p.slice()
	if _, starred := first.(*ast.Starred); p.kind != token.Comma && !starred {
		return first
	}
	mark := len(p.exprs)
	p.exprs = append(p.exprs, first)
	for p.accept(token.Comma) && p.kind != token.RBracket {
		p.exprs = append(p.exprs, p.slice())
	}
	elts := p.takeExprs(mark)
	return p.arena.NewTuple(p.span(start), elts, ast.Load)
}

// CPython: slice, starred_expression.
func (p *Parser) slice() ast.Expr {
	start := p.start()
	if p.kind == token.Star {
		return p.starredArgument()
	}
	var lower, upper, step ast.Expr
	if p.kind != token.Colon {
		lower = p.namedExpression()
		if p.kind != token.Colon {
			return lower
		}
		if _, named := lower.(*ast.NamedExpr); named && p.toks[p.i-1].Kind != token.RParen {
			p.fail()
		}
	}
	p.next()
	if startsExpr[p.kind] {
		upper = p.expression()
	}
	if p.accept(token.Colon) && startsExpr[p.kind] {
		step = p.expression()
	}
	return p.arena.NewSlice(p.span(start), lower, upper, step)
}

// parenthesized parses a tuple, a generator expression or an expression in
// parentheses, which keeps its own span.
// CPython: tuple, group, genexp.
func (p *Parser) parenthesized() ast.Expr {
	start := p.start()
	p.next()
	switch p.kind {
	case token.RParen:
		p.next()
		return p.arena.NewTuple(p.span(start), nil, ast.Load)
	case token.Yield:
		e := p.yieldExpr()
		p.expect(token.RParen)
		return e
	}
	first := p.starNamedExpression()
	switch {
	case p.kind == token.Comma:
		elts := p.elements(first, token.RParen)
		return p.arena.NewTuple(p.span(start), elts, ast.Load)
	case p.atFor():
		clauses := p.comprehension(first)
		p.expect(token.RParen)
		return p.arena.NewGeneratorExp(p.span(start), first, clauses)
	}
	if _, starred := first.(*ast.Starred); starred {
		p.fail()
	}
	p.expect(token.RParen)
	return first
}

// elements parses the elements of a tuple, list or set behind the first, and
// the closing bracket.
// CPython: star_named_expressions.
func (p *Parser) elements(first ast.Expr, closing token.Kind) []ast.Expr {
	mark := len(p.exprs)
	p.exprs = append(p.exprs, first)
	for p.accept(token.Comma) && p.kind != closing {
		p.exprs = append(p.exprs, p.starNamedExpression())
	}
	p.expect(closing)
	return p.takeExprs(mark)
}

// CPython: list, listcomp.
func (p *Parser) list() ast.Expr {
	start := p.start()
	p.next()
	if p.accept(token.RBracket) {
		return p.arena.NewList(p.span(start), nil, ast.Load)
	}
	first := p.starNamedExpression()
	if p.atFor() {
		clauses := p.comprehension(first)
		p.expect(token.RBracket)
		return p.arena.NewListComp(p.span(start), first, clauses)
	}
	elts := p.elements(first, token.RBracket)
	return p.arena.NewList(p.span(start), elts, ast.Load)
}

// braced parses a dict or set, or a comprehension of one.
// CPython: dict, set, dictcomp, setcomp.
func (p *Parser) braced() ast.Expr {
	start := p.start()
	p.next()
	switch p.kind {
	case token.RBrace:
		p.next()
		return p.arena.NewDict(p.span(start), nil, nil)
	case token.DoubleStar:
		return p.dict(start, nil)
	}
	first := p.starNamedExpression()
	switch {
	case p.kind == token.Colon:
		return p.dict(start, first)
	case p.atFor():
		clauses := p.comprehension(first)
		p.expect(token.RBrace)
		return p.arena.NewSetComp(p.span(start), first, clauses)
	}
	elts := p.elements(first, token.RBrace)
	return p.arena.NewSet(p.span(start), elts)
}

// dict parses a dict or its comprehension behind the first key, which is nil
// at a double star.
// CPython: double_starred_kvpairs, dictcomp.
func (p *Parser) dict(start int, key ast.Expr) ast.Expr {
	switch key.(type) {
	case *ast.Starred, *ast.NamedExpr:
		if p.toks[p.i-1].Kind != token.RParen {
			p.fail()
		}
	}
	// Keys and values alternate on the stack.
	mark := len(p.exprs)
	for {
		var value ast.Expr
		if key == nil {
			p.next()
			value = p.bitwiseOr()
			if p.atFor() && p.has(pyver.UnpacksInComprehensions) && len(p.exprs) == mark {
				return p.dictComp(start, value, nil)
			}
		} else {
			p.expect(token.Colon)
			value = p.expression()
			if p.atFor() && len(p.exprs) == mark {
				return p.dictComp(start, key, value)
			}
		}
		p.exprs = append(p.exprs, key, value)
		if !p.accept(token.Comma) || p.kind == token.RBrace {
			break
		}
		key = nil
		if p.kind != token.DoubleStar {
			key = p.expression()
		}
	}
	p.expect(token.RBrace)
	keys, values := p.takePairs(mark)
	return p.arena.NewDict(p.span(start), keys, values)
}

func (p *Parser) dictComp(start int, key, value ast.Expr) ast.Expr {
	clauses := p.comprehension(key)
	p.expect(token.RBrace)
	return p.arena.NewDictComp(p.span(start), key, value, clauses)
}

// takePairs takes the keys and values that alternate on the stack.
func (p *Parser) takePairs(mark int) (keys, values []ast.Expr) {
	n := len(p.exprs)
	for i := mark; i < n; i += 2 {
		p.exprs = append(p.exprs, p.exprs[i])
	}
	keys = p.takeExprs(n)
	for i := mark + 1; i < n; i += 2 {
		p.exprs = append(p.exprs, p.exprs[i])
	}
	values = p.takeExprs(n)
	p.exprs = p.exprs[:mark]
	return keys, values
}

// atFor reports whether a comprehension's first clause is next.
func (p *Parser) atFor() bool {
	return p.kind == token.For || p.kind == token.Async && p.peek() == token.For
}

// comprehension parses the clauses of a comprehension whose element is given.
// CPython: for_if_clauses.
func (p *Parser) comprehension(element ast.Expr) []*ast.Comprehension {
	if _, starred := element.(*ast.Starred); starred && !p.has(pyver.UnpacksInComprehensions) {
		p.fail()
	}
	mark := len(p.clauses)
	for p.atFor() {
		var async int32
		if p.accept(token.Async) {
			async = 1
		}
		p.next()
		target := p.starTargets()
		p.expect(token.In)
		iter := p.disjunction()
		ifs := len(p.exprs)
		for p.accept(token.If) {
			p.exprs = append(p.exprs, p.disjunction())
		}
		p.clauses = append(p.clauses, p.arena.NewComprehension(target, iter, p.takeExprs(ifs), async))
	}
	list := p.arena.CopyComprehensions(p.clauses[mark:])
	p.clauses = p.clauses[:mark]
	return list
}
