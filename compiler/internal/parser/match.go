package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// atMatch reports whether a match statement is next: the soft keyword in front
// of a line that ends in a colon, with a case block under it.
func (p *Parser) atMatch() bool {
	if !p.isSoft(names.Match) || !startsStarExpr[p.peek()] {
		return false
	}
	for i := p.i + 2; i+2 < len(p.toks); i++ {
		if p.toks[i].Kind == token.Newline {
			return p.toks[i-1].Kind == token.Colon && p.toks[i+1].Kind == token.Indent && p.toks[i+2].Name == names.Case
		}
	}
	return false
}

// CPython: match_stmt.
func (p *Parser) matchStmt() ast.Stmt {
	start := p.start()
	p.next()
	subject := p.subject()
	p.expect(token.Colon)
	p.expect(token.Newline)
	p.expect(token.Indent)
	var cases []*ast.MatchCase
	for p.isSoft(names.Case) {
		cases = append(cases, p.caseBlock())
	}
	p.expect(token.Dedent)
	span := p.blockSpan(start)
	p.note(span.End)
	return p.arena.NewMatch(span, subject, p.arena.CopyMatchCases(cases))
}

// CPython: subject_expr.
func (p *Parser) subject() ast.Expr {
	start := p.start()
	first := p.starNamedExpression()
	if p.kind != token.Comma {
		if _, starred := first.(*ast.Starred); starred {
			p.fail()
		}
		return first
	}
	mark := len(p.exprs)
	p.exprs = append(p.exprs, first)
	for p.accept(token.Comma) && startsStarExpr[p.kind] {
		p.exprs = append(p.exprs, p.starNamedExpression())
	}
	elts := p.takeExprs(mark)
	return p.arena.NewTuple(p.span(start), elts, ast.Load)
}

// CPython: case_block, guard.
func (p *Parser) caseBlock() *ast.MatchCase {
	p.next()
	pattern := p.patternList()
	var guard ast.Expr
	if p.accept(token.If) {
		guard = p.namedExpression()
	}
	body := p.suite()
	return p.arena.NewMatchCase(pattern, guard, body)
}

// patternList parses the pattern of a case, which may be a sequence without
// brackets.
// CPython: patterns, open_sequence_pattern.
func (p *Parser) patternList() ast.Pattern {
	start := p.start()
	first := p.maybeStarPattern()
	if p.kind != token.Comma {
		if _, starred := first.(*ast.MatchStar); starred {
			p.fail()
		}
		return first
	}
	mark := len(p.patterns)
	p.patterns = append(p.patterns, first)
	for p.accept(token.Comma) && p.kind != token.Colon && p.kind != token.If {
		p.patterns = append(p.patterns, p.maybeStarPattern())
	}
	patterns := p.takePatterns(mark)
	return p.arena.NewMatchSequence(p.span(start), patterns)
}

// CPython: maybe_star_pattern, star_pattern.
func (p *Parser) maybeStarPattern() ast.Pattern {
	if p.kind != token.Star {
		return p.pattern()
	}
	start := p.start()
	p.next()
	return p.arena.NewMatchStar(p.toks[start].Span.To(p.tok().Span), p.captureOrWildcard())
}

// captureOrWildcard parses a name to capture; an underscore is no name.
func (p *Parser) captureOrWildcard() names.ID {
	if p.isSoft(names.Underscore) {
		p.next()
		return names.None
	}
	return p.captureTarget()
}

// CPython: pattern_capture_target.
func (p *Parser) captureTarget() names.ID {
	if p.isSoft(names.Underscore) {
		p.fail()
	}
	id := p.name()
	if p.kind == token.Dot || p.kind == token.LParen || p.kind == token.Equal {
		p.fail()
	}
	return id
}

// CPython: pattern, as_pattern.
func (p *Parser) pattern() ast.Pattern {
	start := p.start()
	pattern := p.orPattern()
	if !p.accept(token.As) {
		return pattern
	}
	name := p.captureTarget()
	return p.arena.NewMatchAs(p.span(start), pattern, name)
}

// CPython: or_pattern.
func (p *Parser) orPattern() ast.Pattern {
	start := p.start()
	first := p.closedPattern()
	if p.kind != token.Vbar {
		return first
	}
	mark := len(p.patterns)
	p.patterns = append(p.patterns, first)
	for p.accept(token.Vbar) {
		p.patterns = append(p.patterns, p.closedPattern())
	}
	patterns := p.takePatterns(mark)
	return p.arena.NewMatchOr(p.span(start), patterns)
}

// CPython: closed_pattern.
func (p *Parser) closedPattern() ast.Pattern {
	start := p.start()
	switch p.kind {
	case token.Name:
		return p.namePattern()
	case token.LParen:
		return p.parenPattern()
	case token.LBracket:
		p.next()
		patterns := p.sequenceItems(token.RBracket)
		return p.arena.NewMatchSequence(p.span(start), patterns)
	case token.LBrace:
		return p.mappingPattern()
	case token.None, token.True, token.False:
		value := ast.Value{Kind: singleton(p.kind)}
		p.next()
		return p.arena.NewMatchSingleton(p.span(start), value)
	}
	value := p.patternLiteral()
	return p.arena.NewMatchValue(p.span(start), value)
}

func singleton(k token.Kind) ast.ValueKind {
	switch k {
	case token.True:
		return ast.TrueValue
	case token.False:
		return ast.FalseValue
	}
	return ast.NoneValue
}

// patternLiteral parses a number or string in a pattern.
// CPython: literal_pattern, literal_expr.
func (p *Parser) patternLiteral() ast.Expr {
	switch p.kind {
	case token.String, token.FStringStart, token.TStringStart:
		return p.strings()
	}
	start := p.start()
	real := p.signedNumber()
	if p.kind != token.Plus && p.kind != token.Minus {
		return real
	}
	op := ast.Add
	if p.kind == token.Minus {
		op = ast.Sub
	}
	if isImaginary(real) {
		p.raise(diag.SyntaxError, p.toks[p.i-1].Span, "real number required in complex literal")
	}
	p.next()
	if p.kind != token.Number {
		p.fail()
	}
	imag := p.number()
	if !isImaginary(imag) {
		p.raise(diag.SyntaxError, p.toks[p.i-1].Span, "imaginary number required in complex literal")
	}
	return p.arena.NewBinOp(p.span(start), real, op, imag)
}

func isImaginary(e ast.Expr) bool {
	if u, ok := e.(*ast.UnaryOp); ok {
		e = u.Operand
	}
	c, ok := e.(*ast.Constant)
	return ok && c.Value.Kind == ast.ComplexValue
}

// CPython: signed_number.
func (p *Parser) signedNumber() ast.Expr {
	start, sign := p.start(), p.kind
	if sign == token.Minus || sign == token.Plus && p.has(pyver.SignsPatternsWithPlus) {
		p.next()
	}
	if p.kind != token.Number {
		p.fail()
	}
	number := p.number()
	switch {
	case sign == token.Number:
		return number
	case sign == token.Minus:
		return p.arena.NewUnaryOp(p.span(start), ast.USub, number)
	}
	return p.arena.NewUnaryOp(p.span(start), ast.UAdd, number)
}

// namePattern parses a pattern that begins with a name.
// CPython: capture_pattern, wildcard_pattern, value_pattern, class_pattern.
func (p *Parser) namePattern() ast.Pattern {
	start := p.start()
	if p.isSoft(names.Underscore) {
		p.next()
		return p.arena.NewMatchAs(p.span(start), nil, names.None)
	}
	switch p.peek() {
	case token.Dot, token.LParen:
	case token.Equal:
		p.next()
		p.fail()
	default:
		name := p.name()
		return p.arena.NewMatchAs(p.span(start), nil, name)
	}
	e := p.attr()
	if p.kind == token.LParen {
		return p.classPattern(start, e)
	}
	if p.kind == token.Equal {
		p.fail()
	}
	return p.arena.NewMatchValue(p.span(start), e)
}

// attr parses a dotted name as an expression.
// CPython: name_or_attr.
func (p *Parser) attr() ast.Expr {
	start := p.start()
	id := p.name()
	var e ast.Expr = p.arena.NewName(p.span(start), id, ast.Load)
	for p.accept(token.Dot) {
		attr := p.name()
		e = p.arena.NewAttribute(p.span(start), e, attr, ast.Load)
	}
	return e
}

// parenPattern parses a pattern in parentheses, or a sequence.
// CPython: group_pattern, sequence_pattern.
func (p *Parser) parenPattern() ast.Pattern {
	start := p.start()
	p.next()
	if p.accept(token.RParen) {
		return p.arena.NewMatchSequence(p.span(start), nil)
	}
	first := p.maybeStarPattern()
	if p.kind != token.Comma {
		if _, starred := first.(*ast.MatchStar); starred {
			p.fail()
		}
		p.expect(token.RParen)
		return first
	}
	mark := len(p.patterns)
	p.patterns = append(p.patterns, first)
	for p.accept(token.Comma) && p.kind != token.RParen {
		p.patterns = append(p.patterns, p.maybeStarPattern())
	}
	p.expect(token.RParen)
	patterns := p.takePatterns(mark)
	return p.arena.NewMatchSequence(p.span(start), patterns)
}

// sequenceItems parses the patterns of a sequence and the closing bracket.
// CPython: maybe_sequence_pattern.
func (p *Parser) sequenceItems(closing token.Kind) []ast.Pattern {
	mark := len(p.patterns)
	for p.kind != closing {
		p.patterns = append(p.patterns, p.maybeStarPattern())
		if !p.accept(token.Comma) {
			break
		}
	}
	p.expect(closing)
	return p.takePatterns(mark)
}

// CPython: mapping_pattern, items_pattern.
func (p *Parser) mappingPattern() ast.Pattern {
	start, mark, keyMark := p.start(), len(p.patterns), len(p.exprs)
	p.next()
	rest := names.None
	for p.kind != token.RBrace {
		if p.accept(token.DoubleStar) {
			rest = p.captureTarget()
			p.accept(token.Comma)
			break
		}
		p.exprs = append(p.exprs, p.mappingKey())
		p.expect(token.Colon)
		p.patterns = append(p.patterns, p.pattern())
		if !p.accept(token.Comma) {
			break
		}
	}
	p.expect(token.RBrace)
	keys, patterns := p.takeExprs(keyMark), p.takePatterns(mark)
	return p.arena.NewMatchMapping(p.span(start), keys, patterns, rest)
}

// CPython: key_value_pattern.
func (p *Parser) mappingKey() ast.Expr {
	switch p.kind {
	case token.None, token.True, token.False:
		return p.constant(singleton(p.kind))
	case token.Name:
		if p.peek() != token.Dot {
			p.fail()
		}
		return p.attr()
	}
	return p.patternLiteral()
}

// classPattern parses the parentheses of a class pattern. A wildcard behind a
// positional pattern is one too, whatever follows it.
// CPython: class_pattern, positional_patterns, keyword_patterns.
func (p *Parser) classPattern(start int, class ast.Expr) ast.Pattern {
	p.next()
	mark, idMark := len(p.patterns), len(p.ids)
	positional := 0
	for p.kind != token.RParen {
		wildcard := positional > 0 && len(p.ids) == idMark && p.isSoft(names.Underscore)
		if p.kind == token.Name && p.peek() == token.Equal && !wildcard {
			p.ids = append(p.ids, p.name())
			p.next()
		} else if len(p.ids) > idMark {
			p.fail()
		} else {
			positional++
		}
		p.patterns = append(p.patterns, p.pattern())
		if !p.accept(token.Comma) {
			break
		}
	}
	p.expect(token.RParen)
	keywords := p.takePatterns(mark + positional)
	patterns := p.takePatterns(mark)
	return p.arena.NewMatchClass(p.span(start), class, patterns, p.takeIDs(idMark), keywords)
}
