package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// kinds is the length of tables by kind: that of a byte, so that no index can be
// out of their range.
const kinds = 256

// startsExpr tells which tokens an expression may begin with.
var startsExpr = [kinds]bool{
	token.Name: true, token.Number: true, token.String: true, token.FStringStart: true, token.TStringStart: true,
	token.LParen: true, token.LBracket: true, token.LBrace: true, token.Ellipsis: true,
	token.Plus: true, token.Minus: true, token.Tilde: true,
	token.False: true, token.None: true, token.True: true, token.Await: true, token.Lambda: true, token.Not: true,
}

// startsStarExpr is startsExpr with the star of a starred expression.
var startsStarExpr = func() [kinds]bool {
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
	var first ast.Expr
	if p.kind == token.Star {
		first = p.starred()
	} else {
		first = p.expression()
	}
	if p.kind != token.Comma {
		return first
	}
	return p.openTuple(start, first)
}

// openTuple parses the rest of a tuple without parentheses, behind its first
// element.
func (p *Parser) openTuple(start int, first ast.Expr) ast.Expr {
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
	value := p.bitwiseOr()
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
	first := p.i
	e := p.expression()
	if p.kind != token.ColonEqual || p.i != first+1 {
		return e
	}
	target, ok := e.(*ast.Name)
	if !ok {
		return e
	}
	target.Ctx = ast.Store
	p.next()
	value := p.expression()
	return p.arena.NewNamedExpr(p.span(first), target, value)
}

// expression parses an expression that is neither starred nor assigned. Most are
// a primary with nothing behind it.
// CPython: expression, if_expression.
func (p *Parser) expression() ast.Expr {
	p.enter()
	start := p.start()
	var e ast.Expr
	switch {
	case !isPrefix[p.kind]:
		e = p.primary()
	case p.kind == token.Lambda:
		e = p.lambda()
	default:
		e = p.prefixed(bindsOr)
	}
	if infix[p.kind] != 0 {
		e = p.conditional(start, e)
	}
	p.depth--
	return e
}

// conditional parses what is behind the first operand of an expression that
// begins at start.
func (p *Parser) conditional(start int, first ast.Expr) ast.Expr {
	e := p.joined(start, first, bindsOr)
	if p.kind != token.If {
		return e
	}
	p.next()
	test := p.disjunction()
	p.expect(token.Else)
	orElse := p.expression()
	return p.arena.NewIfExp(p.span(start), test, e, orElse)
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

// How tightly operators bind. There is one number for each rule of the
// grammar that has operators, from the loosest on; 0 is for tokens that are no
// infix operators.
const (
	bindsIf = 1 + iota
	bindsOr
	bindsAnd
	bindsNot // a prefix
	bindsComparison
	bindsBitOr
	bindsBitXor
	bindsBitAnd
	bindsShift
	bindsSum
	bindsTerm
	bindsSign // prefixes
	bindsPower
)

// infix tells how tightly the infix operators bind that tokens are or begin.
var infix = [kinds]uint8{
	token.If: bindsIf, token.Or: bindsOr, token.And: bindsAnd,
	token.EqEqual: bindsComparison, token.NotEqual: bindsComparison,
	token.Less: bindsComparison, token.LessEqual: bindsComparison,
	token.Greater: bindsComparison, token.GreaterEqual: bindsComparison,
	token.In: bindsComparison, token.Not: bindsComparison, token.Is: bindsComparison,
	token.Vbar: bindsBitOr, token.Circumflex: bindsBitXor, token.Amper: bindsBitAnd,
	token.LeftShift: bindsShift, token.RightShift: bindsShift,
	token.Plus: bindsSum, token.Minus: bindsSum,
	token.Star: bindsTerm, token.Slash: bindsTerm, token.DoubleSlash: bindsTerm, token.Percent: bindsTerm, token.At: bindsTerm,
	token.DoubleStar: bindsPower,
}

// isPrefix tells which tokens are operators in front of an operand, or begin
// a lambda.
var isPrefix = [kinds]bool{
	token.Lambda: true, token.Not: true, token.Plus: true, token.Minus: true, token.Tilde: true, token.Await: true,
}

// CPython: disjunction.
func (p *Parser) disjunction() ast.Expr { return p.operands(bindsOr) }

// bitwiseOr parses an expression of arithmetic operators alone.
// CPython: bitwise_or.
func (p *Parser) bitwiseOr() ast.Expr { return p.operands(bindsBitOr) }

// operands parses operands joined by operators that bind at least as tightly as
// binds, which is above bindsIf.
func (p *Parser) operands(binds uint8) ast.Expr {
	start := p.start()
	var e ast.Expr
	if isPrefix[p.kind] {
		e = p.prefixed(binds)
	} else {
		e = p.primary()
	}
	if infix[p.kind] < binds {
		return e
	}
	return p.joined(start, e, binds)
}

// prefixed parses an operand behind a prefix operator that is allowed in front
// of operands of operators that bind as tightly as binds.
// CPython: inversion, factor, await_primary.
func (p *Parser) prefixed(binds uint8) ast.Expr {
	var op ast.UnaryOperator
	start := p.start()
	operand := uint8(bindsSign)
	switch p.kind {
	case token.Minus:
		op = ast.USub
	case token.Plus:
		op = ast.UAdd
	case token.Tilde:
		op = ast.Invert
	case token.Await:
		p.next()
		value := p.primary()
		return p.arena.NewAwait(p.span(start), value)
	default:
		if p.kind != token.Not || binds > bindsNot {
			p.fail()
		}
		op, operand = ast.Not, bindsNot
	}
	p.enter()
	p.next()
	e := p.operands(operand)
	p.depth--
	return p.arena.NewUnaryOp(p.span(start), op, e)
}

// joined parses the operators behind left that bind at least as tightly as
// binds, and their operands. The whole begins at start.
// CPython: disjunction, conjunction, comparison, bitwise_or, bitwise_xor,
// bitwise_and, shift_expr, sum, term, power.
func (p *Parser) joined(start int, left ast.Expr, binds uint8) ast.Expr {
	for {
		b := infix[p.kind]
		switch {
		case b < binds:
			return left
		case b == bindsPower:
			p.enter()
			p.next()
			exponent := p.operands(bindsSign)
			p.depth--
			left = p.arena.NewBinOp(p.span(start), left, ast.Pow, exponent)
		case b >= bindsBitOr:
			op := binaryOperators[p.kind]
			p.next()
			right := p.operands(b + 1)
			span := p.span(start)
			if _, ok := right.(*ast.Tuple); ok && op == ast.Mod {
				p.note(span.End)
			}
			left = p.arena.NewBinOp(span, left, op, right)
		case b == bindsComparison:
			op, ok := p.compareOperator()
			if !ok {
				return left
			}
			left = p.comparison(start, left, op)
		case b == bindsAnd:
			left = p.boolOp(start, left, ast.And, token.And, bindsNot)
		default:
			left = p.boolOp(start, left, ast.Or, token.Or, bindsAnd)
		}
	}
}

// boolOp parses the operands behind the first one of an and or or, whose
// operators bind as tightly as binds.
func (p *Parser) boolOp(start int, first ast.Expr, op ast.BoolOperator, kind token.Kind, binds uint8) ast.Expr {
	mark := len(p.exprs)
	p.exprs = append(p.exprs, first)
	for p.accept(kind) {
		p.exprs = append(p.exprs, p.operands(binds))
	}
	values := p.takeExprs(mark)
	return p.arena.NewBoolOp(p.span(start), op, values)
}

// comparison parses the rest of a comparison, behind its first operator.
func (p *Parser) comparison(start int, left ast.Expr, op ast.CompareOperator) ast.Expr {
	opMark, mark := len(p.ops), len(p.exprs)
	for ok := true; ok; op, ok = p.compareOperator() {
		p.ops = append(p.ops, op)
		p.exprs = append(p.exprs, p.bitwiseOr())
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

var binaryOperators = [kinds]ast.Operator{
	token.Vbar: ast.BitOr, token.Circumflex: ast.BitXor, token.Amper: ast.BitAnd,
	token.LeftShift: ast.LShift, token.RightShift: ast.RShift, token.Plus: ast.Add, token.Minus: ast.Sub,
	token.Star: ast.Mult, token.Slash: ast.Div, token.DoubleSlash: ast.FloorDiv, token.Percent: ast.Mod, token.At: ast.MatMult,
}
