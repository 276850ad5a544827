package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// paramList collects the parameters of a function. Which of them may come
// next follows from what is there.
type paramList struct {
	args, kwOnly         []*ast.Arg
	posOnly              int // of args
	defaults, kwDefaults []ast.Expr
	vararg, kwarg        *ast.Arg
	slash, star          bool
}

// newParams returns an empty list, with the memory of one that was given back.
func (p *Parser) newParams() *paramList {
	n := len(p.params)
	if n == 0 {
		return new(paramList)
	}
	l := p.params[n-1]
	p.params = p.params[:n-1]
	*l = paramList{
		args: l.args[:0], kwOnly: l.kwOnly[:0], defaults: l.defaults[:0], kwDefaults: l.kwDefaults[:0],
	}
	return l
}

// parameters parses parameters up to the token that ends them: a parenthesis
// for a def, whose parameters may have annotations, a colon for a lambda.
// CPython: params, lambda_params; action_helpers.c, _PyPegen_make_arguments.
func (p *Parser) parameters(closing token.Kind) *ast.Arguments {
	l := p.newParams()
	for p.kind != closing {
		switch p.kind {
		case token.Slash:
			if l.slash || l.star || len(l.args) == 0 {
				p.fail()
			}
			p.next()
			l.slash = true
			l.posOnly = len(l.args)
		case token.Star:
			p.starParam(l, closing)
		case token.DoubleStar:
			p.next()
			l.kwarg = p.param(closing, false)
			p.accept(token.Comma)
			if p.kind != closing {
				p.fail()
			}
			continue
		default:
			p.plainParam(l, closing)
		}
		if !p.accept(token.Comma) && p.kind != closing {
			p.fail()
		}
	}
	if l.star && l.vararg == nil && len(l.kwOnly) == 0 {
		p.fail()
	}
	p.params = append(p.params, l)
	return p.arena.NewArguments(
		p.arena.CopyArgs(l.args[:l.posOnly]), p.arena.CopyArgs(l.args[l.posOnly:]), l.vararg, p.arena.CopyArgs(l.kwOnly),
		p.arena.CopyExprs(l.kwDefaults), l.kwarg, p.arena.CopyExprs(l.defaults),
	)
}

// starParam parses a star, with the name behind it if there is one.
func (p *Parser) starParam(l *paramList, closing token.Kind) {
	if l.star {
		p.fail()
	}
	l.star = true
	p.next()
	if p.kind == token.Comma {
		if next := p.peek(); next == token.DoubleStar || next == closing {
			p.fail()
		}
		return
	}
	l.vararg = p.param(closing, true)
}

// plainParam parses a parameter without a star, and its default.
func (p *Parser) plainParam(l *paramList, closing token.Kind) {
	arg := p.param(closing, false)
	var def ast.Expr
	if p.accept(token.Equal) {
		def = p.expression()
	}
	if l.star {
		l.kwOnly = append(l.kwOnly, arg)
		l.kwDefaults = append(l.kwDefaults, def)
		return
	}
	l.args = append(l.args, arg)
	if def != nil {
		l.defaults = append(l.defaults, def)
	} else if len(l.defaults) > 0 {
		p.fail()
	}
}

// param parses a name and its annotation. That of a starred one may be
// starred itself.
// CPython: param, param_star_annotation, lambda_param.
func (p *Parser) param(closing token.Kind, starred bool) *ast.Arg {
	start := p.start()
	name := p.name()
	var annotation ast.Expr
	if closing == token.RParen && p.accept(token.Colon) {
		if starred {
			annotation = p.starExpression()
		} else {
			annotation = p.expression()
		}
	}
	return p.arena.NewArg(p.span(start), name, annotation)
}
