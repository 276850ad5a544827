package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// call parses the parentheses of a call. A generator expression that is the
// only argument needs none of its own, and has those of the call in its span.
// CPython: primary, genexp.
func (p *Parser) call(start *source.Pos, function ast.Expr) ast.Expr {
	paren := p.start()
	p.next()
	mark, kwMark := len(p.exprs), len(p.keywords)
	p.args(mark, kwMark)
	if p.atFor() && len(p.exprs) == mark+1 && len(p.keywords) == kwMark && p.toks[p.i-1].Kind != token.Comma {
		element := p.exprs[mark]
		clauses := p.comprehension(element)
		p.expect(token.RParen)
		p.exprs[mark] = p.arena.NewGeneratorExp(p.span(paren), element, clauses)
	} else {
		p.expect(token.RParen)
	}
	args, keywords := p.takeExprs(mark), p.takeKeywords(kwMark)
	return p.arena.NewCall(p.span(start), function, args, keywords)
}

// arguments parses arguments up to the parenthesis that ends them.
// CPython: arguments.
func (p *Parser) arguments() ([]ast.Expr, []*ast.Keyword) {
	mark, kwMark := len(p.exprs), len(p.keywords)
	p.args(mark, kwMark)
	return p.takeExprs(mark), p.takeKeywords(kwMark)
}

func (p *Parser) takeKeywords(mark int) []*ast.Keyword {
	list := p.arena.CopyKeywords(p.keywords[mark:])
	p.keywords = p.keywords[:mark]
	return list
}

// args parses arguments onto the stacks. Behind a keyword there are no plain
// ones, behind a double star no starred ones either.
// CPython: args, kwargs.
func (p *Parser) args(mark, kwMark int) {
	unpacked := false
	for p.kind != token.RParen {
		switch {
		case p.kind == token.DoubleStar:
			start := p.start()
			p.next()
			value := p.expression()
			p.keywords = append(p.keywords, p.arena.NewKeyword(p.span(start), names.None, value))
			unpacked = true
		case p.kind == token.Star:
			if unpacked {
				p.fail()
			}
			p.exprs = append(p.exprs, p.starredArgument())
		case p.kind == token.Name && p.toks[p.i+1].Kind == token.Equal:
			start := p.start()
			name := p.name()
			p.next()
			value := p.expression()
			p.keywords = append(p.keywords, p.arena.NewKeyword(p.span(start), name, value))
		default:
			if len(p.keywords) > kwMark {
				p.fail()
			}
			p.exprs = append(p.exprs, p.namedExpression())
		}
		if !p.accept(token.Comma) {
			return
		}
	}
	if len(p.exprs) == mark && len(p.keywords) == kwMark && p.toks[p.i-1].Kind == token.Comma {
		p.fail()
	}
}

// CPython: starred_expression.
func (p *Parser) starredArgument() ast.Expr {
	start := p.start()
	p.next()
	value := p.expression()
	return p.arena.NewStarred(p.span(start), value, ast.Load)
}
