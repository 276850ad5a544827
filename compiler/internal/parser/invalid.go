package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/lexer"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// This file finds the error of a source that the parser does not accept.
//
// CPython parses twice: the first pass says how far a valid beginning goes, the
// second one tries rules for mistakes that people make. Both passes are repeated
// here, over the grammar as data; what they report depends on the order of
// attempts, which the parser does not keep.

// diagnose returns the error of the tokens that the parser could not parse.
// CPython: pegen.c, _PyPegen_run_parser; pegen_errors.c,
// _Pypegen_set_syntax_error.
func (p *Parser) diagnose(met bailout) *diag.Error {
	p.lastBlock, p.atEnd = 0, false
	if met.final {
		p.atEnd = met.err == p.lexErr && p.lexEnd.AtEnd
		return met.err
	}
	if p.grammar == nil {
		p.grammar = loadGrammar(p.version)
	}
	p.depth, p.flufl = 0, false
	m := &matcher{p: p, g: p.grammar, toks: p.toks}
	first := m.pass(false)
	if first.failed {
		return met.err
	}
	last := m.fill - 1
	p.atEnd = p.readToEnd(last)
	found := first.found
	if found == nil {
		second := m.pass(true)
		if second.failed {
			return met.err
		}
		found = second.found
	}
	switch {
	case found == nil:
		found = m.generic(last)
		if found.err.Class == diag.IndentationError {
			return found.err
		}
	case found.final:
		return found.err
	}
	return p.lexicalError(m, found)
}

// readToEnd reports whether the lexer is at the end of the file when it has read
// the tokens up to one.
// CPython: pegen.c, _is_end_of_source.
func (p *Parser) readToEnd(last int) bool {
	for _, t := range p.toks[last:] {
		if t.Kind != token.Dedent && t.Kind != token.EndMarker && (t.Kind != token.Error || !p.lexEnd.AtEnd) {
			return false
		}
	}
	return true
}

// A passResult is how a pass ended: with an error, without, or not at all.
type passResult struct {
	found  *bailout
	failed bool
}

// pass matches the tokens with or without the rules for invalid sources.
func (m *matcher) pass(invalid bool) (r passResult) {
	m.mark, m.invalid, m.depth, m.steps, m.stack = 0, invalid, 0, 0, m.stack[:0]
	m.memo = map[memoKey]memoEntry{}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case bailout:
			r.found = &e
		case gaveUp:
			r.failed = true
		default:
			panic(e)
		}
	}()
	_, ok := m.rule(m.g.index[m.p.startRule()])
	r.failed = ok
	return r
}

// startRule is the rule that the current tokens are parsed with.
func (p *Parser) startRule() string {
	if p.part != nil {
		return "star_expressions"
	}
	return "file"
}

// generic returns the error that has no message of its own, at the last token
// of the first pass.
func (m *matcher) generic(last int) (b *bailout) {
	defer func() {
		e := recover().(bailout)
		b = &e
	}()
	t := &m.toks[last]
	switch t.Kind {
	case token.Indent:
		m.raiseLast(diag.IndentationError, "unexpected indent")
	case token.Dedent:
		m.raiseLast(diag.IndentationError, "unexpected unindent")
	default:
		m.raiseTokenSpan(t)
	}
	return nil
}

// raiseTokenSpan raises the generic error at a token, which has no column if
// it is the end of the file.
func (m *matcher) raiseTokenSpan(t *token.Token) {
	if t.Kind == token.EndMarker {
		m.raise(diag.SyntaxError, place{t.Span.Start.Line, 0, t.Span.End.Line, 0}, "invalid syntax")
	}
	m.raiseSpan(diag.SyntaxError, t.Span, "invalid syntax")
}

// lexicalError returns an error of the tokens behind a syntax error instead of
// it, if there is one that has precedence.
// CPython: pegen_errors.c, _PyPegen_tokenize_full_source_to_check_for_errors.
func (p *Parser) lexicalError(m *matcher, found *bailout) *diag.Error {
	end := &p.toks[len(p.toks)-1]
	if end.Kind != token.Error || p.lexEnd.InLiteral {
		return found.err
	}
	if p.lexEnd.Bare != nil {
		return p.lexEnd.Bare
	}
	if p.lexEnd.Raised {
		return p.lexErr
	}
	if b := p.lexEnd.Unclosed; b.Line > 0 && m.toks[m.fill-1].Span.Start.Line > b.Line {
		return p.unclosed(b)
	}
	return found.err
}

// unclosed is the error of a bracket that is never closed.
func (p *Parser) unclosed(b lexer.Bracket) *diag.Error {
	return p.errorAt(diag.SyntaxError, place{b.Line, b.Col + 1, b.Line, 0}, "'"+string(rune(b.Char))+"' was never closed", p.toks[len(p.toks)-1].Span.End.Line <= b.Line)
}

// errorAt makes an error with the text of its line, with or without the
// newline.
func (p *Parser) errorAt(class diag.Class, at place, msg string, newline bool) *diag.Error {
	pos := diag.Place{Line: int(at.line), Col: int(at.col), EndLine: int(at.endLine), EndCol: int(at.endCol)}
	inBytes := p.has(pyver.ErrorColumnsInBytes) && !p.file.Declared
	if p.part == nil {
		err := diag.New(p.file, class, pos, msg, newline, inBytes)
		if newline && p.has(pyver.ErrorTextFromToken) {
			err.Text = source.Shown(lexer.Lines(p.file, lexer.FirstJoined(p.file, p.toks, at.line), at.line))
		}
		return err
	}
	return p.errorInPart(class, pos, msg, newline, inBytes)
}

// errorInPart makes an error about the expression of an f-string that is parsed
// by itself: its text and columns are those of the expression in parentheses.
func (p *Parser) errorInPart(class diag.Class, pos diag.Place, msg string, newline, inBytes bool) *diag.Error {
	text := &source.File{Text: p.part.text}
	first, col := int(p.part.at.Line), int(p.part.col)
	line := pos.Line
	pos.Line -= first - 1
	pos.Col -= col
	if pos.EndCol > 0 {
		pos.EndCol -= col
	}
	err := diag.New(text, class, pos, "f-string: "+msg, newline, inBytes)
	err.Line = line
	return err
}
