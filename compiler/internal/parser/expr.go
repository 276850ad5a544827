package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// startsExpr tells which tokens an expression may begin with.
var startsExpr = [token.NumKinds]bool{
	token.Name: true, token.Number: true, token.String: true, token.FStringStart: true, token.TStringStart: true,
	token.LParen: true, token.LBracket: true, token.LBrace: true, token.Ellipsis: true,
	token.Plus: true, token.Minus: true, token.Tilde: true,
	token.False: true, token.None: true, token.True: true, token.Await: true, token.Lambda: true, token.Not: true,
}

// startsStarExpr is startsExpr with the star of a starred expression.
var startsStarExpr = func() [token.NumKinds]bool {
	t := startsExpr
	t[token.Star] = true
	return t
}()

// CPython: yield_expr.
func (p *Parser) yieldExpr() ast.Expr {
	start := p.start()
	p.next()
	if p.accept(token.From) {
		value := p.expression()
		return p.arena.NewYieldFrom(p.span(start), value)
	}
	var value ast.Expr
	if startsStarExpr[p.kind] {
		value = p.starExpressions()
	}
	return p.arena.NewYield(p.span(start), value)
}

// starExpressions parses an expression or a tuple without parentheses.
// CPython: star_expressions.
func (p *Parser) starExpressions() ast.Expr {
	start := p.start()
	first := p.starExpression()
	if p.kind != token.Comma {
		return first
	}
	mark := len(p.exprs)
	p.exprs = append(p.exprs, first)
	for p.accept(token.Comma) && startsStarExpr[p.kind] {
		p.exprs = append(p.exprs, p.starExpression())
	}
	elts := p.takeExprs(mark)
	return p.arena.NewTuple(p.span(start), elts, ast.Load)
}

// CPython: star_expression.
func (p *Parser) starExpression() ast.Expr {
	if p.kind == token.Star {
		return p.starred()
	}
	return p.expression()
}

// starred parses a star and its operand.
func (p *Parser) starred() ast.Expr {
	start := p.start()
	p.next()
	value := p.binary(1)
	return p.arena.NewStarred(p.span(start), value, ast.Load)
}

// CPython: star_named_expression.
func (p *Parser) starNamedExpression() ast.Expr {
	if p.kind == token.Star {
		return p.starred()
	}
	return p.namedExpression()
}

// CPython: named_expression, assignment_expression.
func (p *Parser) namedExpression() ast.Expr {
	if p.kind != token.Name || p.toks[p.i+1].Kind != token.ColonEqual {
		return p.expression()
	}
	t := p.tok()
	target := p.arena.NewName(t.Span, t.Name, ast.Store)
	start := t.Span.Start
	p.next()
	p.next()
	value := p.expression()
	return p.arena.NewNamedExpr(p.span(start), target, value)
}

// CPython: expression, if_expression.
func (p *Parser) expression() ast.Expr {
	p.enter()
	if p.kind == token.Lambda {
		e := p.lambda()
		p.depth--
		return e
	}
	start := p.start()
	e := p.disjunction()
	if p.kind == token.If {
		p.next()
		test := p.disjunction()
		p.expect(token.Else)
		orElse := p.expression()
		e = p.arena.NewIfExp(p.span(start), test, e, orElse)
	}
	p.depth--
	return e
}

// CPython: lambdef.
func (p *Parser) lambda() ast.Expr {
	start := p.start()
	p.next()
	args := p.parameters(token.Colon)
	p.expect(token.Colon)
	body := p.expression()
	return p.arena.NewLambda(p.span(start), args, body)
}

// CPython: disjunction.
func (p *Parser) disjunction() ast.Expr {
	start := p.start()
	e := p.conjunction()
	if p.kind != token.Or {
		return e
	}
	mark := len(p.exprs)
	p.exprs = append(p.exprs, e)
	for p.accept(token.Or) {
		p.exprs = append(p.exprs, p.conjunction())
	}
	values := p.takeExprs(mark)
	return p.arena.NewBoolOp(p.span(start), ast.Or, values)
}

// CPython: conjunction.
func (p *Parser) conjunction() ast.Expr {
	start := p.start()
	e := p.inversion()
	if p.kind != token.And {
		return e
	}
	mark := len(p.exprs)
	p.exprs = append(p.exprs, e)
	for p.accept(token.And) {
		p.exprs = append(p.exprs, p.inversion())
	}
	values := p.takeExprs(mark)
	return p.arena.NewBoolOp(p.span(start), ast.And, values)
}

// CPython: inversion.
func (p *Parser) inversion() ast.Expr {
	if p.kind != token.Not {
		return p.comparison()
	}
	p.enter()
	start := p.start()
	p.next()
	operand := p.inversion()
	p.depth--
	return p.arena.NewUnaryOp(p.span(start), ast.Not, operand)
}

// CPython: comparison.
func (p *Parser) comparison() ast.Expr {
	start := p.start()
	left := p.binary(1)
	op, ok := p.compareOperator()
	if !ok {
		return left
	}
	opMark, mark := len(p.ops), len(p.exprs)
	for ok {
		p.ops = append(p.ops, op)
		p.exprs = append(p.exprs, p.binary(1))
		op, ok = p.compareOperator()
	}
	ops := p.arena.CopyCompareOperators(p.ops[opMark:])
	p.ops = p.ops[:opMark]
	comparators := p.takeExprs(mark)
	return p.arena.NewCompare(p.span(start), left, ops, comparators)
}

// compareOperator goes over a comparison operator, if one is next.
// CPython: compare_op_bitwise_or_pair.
func (p *Parser) compareOperator() (op ast.CompareOperator, ok bool) {
	switch p.kind {
	case token.EqEqual:
		op = ast.Eq
	case token.NotEqual:
		if !p.notEqualSign() {
			return 0, false
		}
		op = ast.NotEq
	case token.Less:
		op = ast.Lt
		if t := &p.toks[p.i+1]; t.Kind == token.Greater && t.Off == p.tok().End {
			if !p.flufl {
				p.fail()
			}
			p.next()
			op = ast.NotEq
		}
	case token.LessEqual:
		op = ast.LtE
	case token.Greater:
		op = ast.Gt
	case token.GreaterEqual:
		op = ast.GtE
	case token.In:
		op = ast.In
	case token.Not:
		if p.peek() != token.In {
			return 0, false
		}
		p.next()
		op = ast.NotIn
	case token.Is:
		p.next()
		if p.accept(token.Not) {
			return ast.IsNot, true
		}
		return ast.Is, true
	default:
		return 0, false
	}
	p.next()
	return op, true
}

// notEqualSign reports whether the current token, != or <>, is the one that
// means inequality in this file.
// CPython: action_helpers.c, _PyPegen_check_barry_as_flufl.
func (p *Parser) notEqualSign() bool {
	old := p.src[p.tok().Off] == '<'
	if p.flufl && !old {
		p.raise(diag.SyntaxError, p.tok().Span, "with Barry as BDFL, use '<>' instead of '!='")
	}
	return old == p.flufl
}

// A binaryOperator is an operator and how tightly it binds; 0 is none.
type binaryOperator struct {
	binds int8
	op    ast.Operator
}

var binaryOperators = [token.NumKinds]binaryOperator{
	token.Vbar:       {1, ast.BitOr},
	token.Circumflex: {2, ast.BitXor},
	token.Amper:      {3, ast.BitAnd},
	token.LeftShift:  {4, ast.LShift}, token.RightShift: {4, ast.RShift},
	token.Plus: {5, ast.Add}, token.Minus: {5, ast.Sub},
	token.Star: {6, ast.Mult}, token.Slash: {6, ast.Div}, token.DoubleSlash: {6, ast.FloorDiv},
	token.Percent: {6, ast.Mod}, token.At: {6, ast.MatMult},
}

// binary parses operands joined by operators that bind at least as tightly as
// binds; 1 is all of them.
// CPython: bitwise_or, bitwise_xor, bitwise_and, shift_expr, sum, term.
func (p *Parser) binary(binds int8) ast.Expr {
	start := p.start()
	left := p.factor()
	for {
		op := binaryOperators[p.kind]
		if op.binds < binds || op.binds == 0 {
			return left
		}
		p.next()
		right := p.binary(op.binds + 1)
		left = p.arena.NewBinOp(p.span(start), left, op.op, right)
	}
}

// CPython: factor, power.
func (p *Parser) factor() ast.Expr {
	var op ast.UnaryOperator
	switch p.kind {
	case token.Minus:
		op = ast.USub
	case token.Plus:
		op = ast.UAdd
	case token.Tilde:
		op = ast.Invert
	default:
		start := p.start()
		base := p.awaitPrimary()
		if p.kind != token.DoubleStar {
			return base
		}
		p.enter()
		p.next()
		exponent := p.factor()
		p.depth--
		return p.arena.NewBinOp(p.span(start), base, ast.Pow, exponent)
	}
	p.enter()
	start := p.start()
	p.next()
	operand := p.factor()
	p.depth--
	return p.arena.NewUnaryOp(p.span(start), op, operand)
}

// CPython: await_primary.
func (p *Parser) awaitPrimary() ast.Expr {
	if p.kind != token.Await {
		return p.primary()
	}
	start := p.start()
	p.next()
	value := p.primary()
	return p.arena.NewAwait(p.span(start), value)
}
