package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// paramList is what is known of the parameters of a function. Which of them may
// come next follows from it. The parameters and defaults themselves are on the
// stacks: those that take arguments by position, and then the others.
type paramList struct {
	plain, posOnly int // parameters in front of a star, and in front of the slash
	defaults       int // of plain parameters
	kwOnly         int
	vararg, kwarg  *ast.Arg
	slash, star    bool
}

// parameters parses parameters up to the token that ends them: a parenthesis
// for a def, whose parameters may have annotations, a colon for a lambda.
// CPython: params, lambda_params.
func (p *Parser) parameters(closing token.Kind) *ast.Arguments {
	var l paramList
	mark, defMark := len(p.args), len(p.exprs)
	for p.kind != closing {
		switch p.kind {
		case token.Slash:
			if l.slash || l.star || l.plain == 0 {
				p.fail()
			}
			p.next()
			l.slash = true
			l.posOnly = l.plain
		case token.Star:
			p.starParam(&l, closing)
		case token.DoubleStar:
			p.next()
			l.kwarg = p.param(closing, false)
			p.accept(token.Comma)
			if p.kind != closing {
				p.fail()
			}
			continue
		default:
			p.plainParam(&l, closing)
		}
		if !p.accept(token.Comma) && p.kind != closing {
			p.fail()
		}
	}
	if l.star && l.vararg == nil && l.kwOnly == 0 {
		p.fail()
	}
	return p.takeParams(&l, mark, defMark)
}

// takeParams takes the parameters and defaults above the marks off the stacks.
// CPython: action_helpers.c, _PyPegen_make_arguments.
func (p *Parser) takeParams(l *paramList, mark, defMark int) *ast.Arguments {
	args, defaults := p.arena.CopyArgs(p.args[mark:]), p.takeExprs(defMark)
	p.args = p.args[:mark]
	return p.arena.NewArguments(
		args[:l.posOnly:l.posOnly], args[l.posOnly:l.plain:l.plain], l.vararg, args[l.plain:],
		defaults[l.defaults:], l.kwarg, defaults[:l.defaults:l.defaults],
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
	p.args = append(p.args, arg)
	switch {
	case l.star:
		l.kwOnly++
		p.exprs = append(p.exprs, def)
	case def != nil:
		l.plain++
		l.defaults++
		p.exprs = append(p.exprs, def)
	default:
		l.plain++
		if l.defaults > 0 {
			p.fail()
		}
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
