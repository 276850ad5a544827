package parser

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// This file does what CPython's parser does as soon as a rule has matched,
// where that can be an error: whether or not the rule is of any use in the end.

// checked looks at what has matched and makes the match of it.
func (m *matcher) checked(kind exprKind, kids []*match, start int) *match {
	// The parser's errors are about its current token.
	m.p.i = m.fill - 1
	t := &m.toks[start]
	switch kind {
	case exprString:
		m.p.str(t)
		return kids[0]
	case exprJoined:
		for _, kid := range kids[1].kids {
			if kid.tok == token.FStringMiddle || kid.tok == token.TStringMiddle {
				m.p.middle(&m.toks[kid.at], t.Flags&token.Raw != 0)
			}
		}
		if t.Kind == token.TStringStart {
			return &match{kind: exprTString, span: m.spanFrom(start)}
		}
		return &match{kind: exprFString, span: m.spanFrom(start)}
	case exprStrings:
		return m.strings(kids[len(kids)-1].kids, start)
	case exprMiddle:
		m.p.checkMiddle(t)
		return kids[0]
	case exprSpecText:
		m.p.specText(t, m.literalStart(start).Flags&token.Raw != 0)
	case exprConversion:
		m.conversion(start)
		return &match{kind: exprConversion, at: int32(start)}
	case exprField:
		m.field(kids, start)
	case exprReal:
		if isImaginaryText(m.p.src[t.Off:t.End]) {
			m.raiseSpan(diag.SyntaxError, t.Span, "real number required in complex literal")
		}
		return kids[0]
	case exprImaginary:
		if !isImaginaryText(m.p.src[t.Off:t.End]) {
			m.raiseSpan(diag.SyntaxError, t.Span, "imaginary number required in complex literal")
		}
		return kids[0]
	case exprImport:
		m.importFrom(start)
	case exprBlock:
		m.block(kids[0], t)
		return kids[0]
	case exprNowhere:
		return &match{kind: exprNowhere}
	}
	return &match{kind: exprList, span: m.spanFrom(start)}
}

// number converts a number that may be too long to be one.
func (m *matcher) number(t *token.Token) {
	if t.End-t.Off > maxIntDigits {
		m.p.i = m.fill - 1
		m.p.numberValue(strings.ReplaceAll(m.p.src[t.Off:t.End], "_", ""), t.Span)
	}
}

func isImaginaryText(s string) bool {
	return s[len(s)-1]|0x20 == 'j' && !strings.HasPrefix(s, "0x") && !strings.HasPrefix(s, "0X")
}

// strings concatenates adjacent literals.
func (m *matcher) strings(literals []*match, start int) *match {
	if !m.p.has(pyver.TokenizesFStrings) {
		m.p.concatenate(start, m.mark-1)
	}
	bytes := 0
	result := *literals[0]
	for _, e := range literals {
		if e.kind != exprLiteral {
			result.kind = e.kind
		}
		if e.tok == token.String && m.toks[e.at].Flags&token.Bytes != 0 {
			bytes++
		}
	}
	if bytes > 0 && bytes < len(literals) {
		m.raiseLast(diag.SyntaxError, mixedLiterals)
	}
	result.span, result.tok, result.kids = m.spanFrom(start), 0, nil
	return &result
}

// literalStart returns the start of the f- or t-string around a token.
func (m *matcher) literalStart(i int) *token.Token {
	for depth := 0; ; i-- {
		switch m.toks[i].Kind {
		case token.FStringEnd, token.TStringEnd:
			depth++
		case token.FStringStart, token.TStringStart:
			if depth == 0 {
				return &m.toks[i]
			}
			depth--
		}
	}
}

// conversion looks at an exclamation mark and the name behind it.
func (m *matcher) conversion(mark int) *bailout {
	template := m.literalStart(mark).Kind == token.TStringStart
	_, late := m.p.conversion(&m.toks[mark], &m.toks[mark+1], template)
	return late
}

// field looks at what is in a replacement field behind its expression.
func (m *matcher) field(kids []*match, start int) {
	for _, kid := range kids {
		if kid == nil || kid.kind != exprConversion {
			continue
		}
		if late := m.conversion(int(kid.at)); late != nil {
			panic(*late)
		}
	}
	const equal = 2 // behind the brace and the expression
	if kids[equal] != nil {
		m.p.checkDebugField(m.specsAround(start))
	}
}

// specsAround returns the number of format specifications of one literal that
// the field at a brace is in: what is open there is fields with them.
func (m *matcher) specsAround(brace int) int {
	specs, closed, literals := 0, 0, 0
	for i := brace - 1; ; i-- {
		switch m.toks[i].Kind {
		case token.FStringEnd, token.TStringEnd:
			literals++
		case token.FStringStart, token.TStringStart:
			if literals == 0 {
				return specs
			}
			literals--
		case token.RBrace:
			closed++
		case token.LBrace:
			if closed == 0 {
				specs++
			} else {
				closed--
			}
		}
	}
}

// block keeps where a compound statement begins, behind its decorators. A
// function is not one since a rule for invalid ones matches all of them, and
// makes a dummy of them.
// CPython: action_helpers.c, _PyPegen_register_stmts; pegen.c,
// _PyPegen_dummy_name.
func (m *matcher) block(e *match, first *token.Token) {
	if first.Kind == token.At {
		e = e.kids[len(e.kids)-1]
	}
	if m.invalid {
		m.p.lastBlock = max(m.p.lastBlock, e.span.Start.Line)
	}
}

// importFrom acts on a future statement.
func (m *matcher) importFrom(start int) {
	i := start
	lazy := m.toks[i].Kind == token.Name
	if lazy {
		i++
	}
	if name := &m.toks[i+1]; name.Kind != token.Name || name.Name != names.Future || m.toks[i+2].Kind != token.Import {
		return
	}
	if lazy {
		m.p.refuseLazyFuture(start)
	}
	for i += 3; i < m.mark; i++ {
		if m.toks[i].Kind == token.Name && m.toks[i-1].Kind != token.As {
			m.p.futureName(m.toks[i].Name)
		}
	}
}
