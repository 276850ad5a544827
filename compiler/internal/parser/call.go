package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// call parses the parentheses of a call. A generator expression that is the
// only argument needs none of its own, and has those of the call in its span.
// CPython: primary, genexp.
func (p *Parser) call(start int, function ast.Expr) ast.Expr {
	paren := p.start()
	p.next()
	if p.accept(token.RParen) {
		return p.arena.NewCall(p.span(start), function, nil, nil)
	}
	mark, kwMark := len(p.exprs), len(p.keywords)
	p.pushArguments(mark, kwMark)
	if p.atFor() && len(p.exprs) == mark+1 && len(p.keywords) == kwMark && p.toks[p.i-1].Kind != token.Comma {
		element := p.exprs[mark]
		clauses := p.comprehension(element)
		p.expect(token.RParen)
		p.exprs[mark] = p.arena.NewGeneratorExp(p.span(paren), element, clauses)
	} else {
		p.expect(token.RParen)
	}
	args := p.takeExprs(mark)
	var keywords []*ast.Keyword
	if len(p.keywords) > kwMark {
		keywords = p.takeKeywords(kwMark)
	}
	return p.arena.NewCall(p.span(start), function, args, keywords)
}

// arguments parses arguments up to the parenthesis that ends them.
// CPython: arguments.
func (p *Parser) arguments() ([]ast.Expr, []*ast.Keyword) {
	mark, kwMark := len(p.exprs), len(p.keywords)
	p.pushArguments(mark, kwMark)
	return p.takeExprs(mark), p.takeKeywords(kwMark)
}

func (p *Parser) takeKeywords(mark int) []*ast.Keyword {
	list := p.arena.CopyKeywords(p.keywords[mark:])
	p.keywords = p.keywords[:mark]
	return list
}

// pushArguments parses arguments onto the stacks. Behind a keyword there are no plain
// ones, behind a double star no starred ones either.
// CPython: args, kwargs.
func (p *Parser) pushArguments(mark, kwMark int) {
	unpacked := false
	for p.kind != token.RParen {
		switch start, t := p.start(), p.tok(); {
		case t.Kind == token.Name && p.toks[p.i+1].Kind == token.Equal:
			p.next()
			p.next()
			value := p.expression()
			p.keywords = append(p.keywords, p.arena.NewKeyword(p.span(start), t.Name, value))
		case t.Kind == token.DoubleStar:
			p.next()
			value := p.expression()
			p.keywords = append(p.keywords, p.arena.NewKeyword(p.span(start), names.None, value))
			unpacked = true
		case t.Kind == token.Star:
			if unpacked {
				p.fail()
			}
			p.exprs = append(p.exprs, p.starredArgument())
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
