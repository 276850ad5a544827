package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// decorated parses decorators and the definition behind them. The
// definition's span begins behind them.
// CPython: decorators, function_def, class_def.
func (p *Parser) decorated() ast.Stmt {
	mark := len(p.exprs)
	for p.accept(token.At) {
		p.exprs = append(p.exprs, p.namedExpression())
		p.expect(token.Newline)
	}
	decorators := p.takeExprs(mark)
	switch p.kind {
	case token.Def:
		return p.functionDef(decorators)
	case token.Class:
		return p.classDef(decorators)
	case token.Async:
		start := p.start()
		p.next()
		if p.kind == token.Def {
			return p.functionDefAt(start, true, decorators)
		}
	}
	p.fail()
	return nil
}

func (p *Parser) functionDef(decorators []ast.Expr) ast.Stmt {
	return p.functionDefAt(p.start(), false, decorators)
}

// functionDefAt parses a function at its def.
// CPython: function_def_raw.
func (p *Parser) functionDefAt(start int, async bool, decorators []ast.Expr) ast.Stmt {
	p.next()
	name := p.name()
	typeParams := p.typeParams()
	p.expect(token.LParen)
	args := p.parameters(token.RParen)
	p.expect(token.RParen)
	var returns ast.Expr
	if p.accept(token.Arrow) {
		returns = p.expression()
	}
	body := p.suite()
	if async {
		return p.arena.NewAsyncFunctionDef(p.blockSpan(start), name, args, body, decorators, returns, typeParams)
	}
	return p.arena.NewFunctionDef(p.blockSpan(start), name, args, body, decorators, returns, typeParams)
}

// CPython: class_def_raw.
func (p *Parser) classDef(decorators []ast.Expr) ast.Stmt {
	start := p.start()
	p.next()
	name := p.name()
	typeParams := p.typeParams()
	var bases []ast.Expr
	var keywords []*ast.Keyword
	if p.accept(token.LParen) {
		bases, keywords = p.arguments()
		p.expect(token.RParen)
	}
	body := p.suite()
	return p.arena.NewClassDef(p.blockSpan(start), name, bases, keywords, body, decorators, typeParams)
}

// CPython: type_alias.
func (p *Parser) typeAlias() ast.Stmt {
	start := p.start()
	p.next()
	span := p.tok().Span
	name := p.arena.NewName(span, p.name(), ast.Store)
	params := p.typeParams()
	p.expect(token.Equal)
	value := p.expression()
	return p.arena.NewTypeAlias(p.span(start), name, params, value)
}

// typeParams parses a list of type parameters, if there is one.
// CPython: type_params.
func (p *Parser) typeParams() []ast.TypeParam {
	if p.kind != token.LBracket || !p.has(pyver.HasTypeParameters) {
		return nil
	}
	p.next()
	var params []ast.TypeParam
	for {
		params = append(params, p.typeParam())
		if !p.accept(token.Comma) || p.kind == token.RBracket {
			break
		}
	}
	p.expect(token.RBracket)
	return p.arena.CopyTypeParams(params)
}

// CPython: type_param.
func (p *Parser) typeParam() ast.TypeParam {
	start := p.start()
	switch p.kind {
	case token.Star:
		p.next()
		name := p.name()
		var def ast.Expr
		if p.typeParamDefault() {
			def = p.starExpression()
		}
		return p.arena.NewTypeVarTuple(p.span(start), name, def)
	case token.DoubleStar:
		p.next()
		name := p.name()
		var def ast.Expr
		if p.typeParamDefault() {
			def = p.expression()
		}
		return p.arena.NewParamSpec(p.span(start), name, def)
	}
	name := p.name()
	var bound, def ast.Expr
	if p.accept(token.Colon) {
		bound = p.expression()
	}
	if p.typeParamDefault() {
		def = p.expression()
	}
	return p.arena.NewTypeVar(p.span(start), name, bound, def)
}

// typeParamDefault goes over the = in front of a type parameter's default.
func (p *Parser) typeParamDefault() bool {
	return p.has(pyver.HasTypeParameterDefaults) && p.accept(token.Equal)
}
