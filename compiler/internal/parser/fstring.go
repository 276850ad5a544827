package parser

import (
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// fstring parses an f-string's text and fields onto the stack.
// CPython: fstring; action_helpers.c, _get_resized_exprs.
func (p *Parser) fstring() {
	raw := p.tok().Flags&token.Raw != 0
	p.next()
	for {
		switch p.kind {
		case token.FStringMiddle, token.TStringMiddle:
			t := p.tok()
			if text := p.middle(t, raw); text != "" {
				p.exprs = append(p.exprs, p.arena.NewConstant(t.Span, ast.StrOf(text), false))
			}
			p.next()
		case token.LBrace:
			p.field(raw, false)
		case token.FStringEnd, token.TStringEnd:
			p.next()
			return
		default:
			p.fail()
		}
	}
}

// middle decodes a piece of text.
// CPython: action_helpers.c, _PyPegen_decode_fstring_part.
func (p *Parser) middle(t *token.Token, raw bool) string {
	text := p.src[t.Off:t.End]
	if raw || t.Flags&token.HasEscape == 0 {
		return text
	}
	return p.unescape(text, t)
}

// templates parses adjacent t-strings into one node.
// CPython: tstring; action_helpers.c, _PyPegen_concatenate_tstrings.
func (p *Parser) templates() ast.Expr {
	start, mark := p.start(), len(p.exprs)
	for p.kind == token.TStringStart {
		raw := p.tok().Flags&token.Raw != 0
		p.next()
		for p.kind != token.TStringEnd {
			switch p.kind {
			case token.TStringMiddle:
				t := p.tok()
				if text := p.middle(t, raw); text != "" {
					p.exprs = append(p.exprs, p.arena.NewConstant(t.Span, ast.StrOf(text), false))
				}
				p.next()
			case token.LBrace:
				p.field(raw, true)
			default:
				p.fail()
			}
		}
		p.next()
	}
	if p.kind == token.String || p.kind == token.FStringStart {
		p.raise(diag.SyntaxError, p.span(start), "cannot mix t-string literals with string or bytes literals")
	}
	p.mergeConstants(mark)
	values := p.takeExprs(mark)
	return p.arena.NewTemplateStr(p.span(start), values)
}

// A field is what a replacement field has behind its expression.
type field struct {
	debug      bool
	conversion int32
	spec       ast.Expr
	// textStart and textEnd bound the text of the expression in the source,
	// with the = of a debug field; debugEnd is where CPython has that text
	// end.
	textStart, textEnd uint32
	debugEnd           source.Pos
}

// field parses a replacement field onto the stack: the text of a debug field
// and the value, which in the fields of a t-string is an Interpolation.
// CPython: fstring_replacement_field, tstring_replacement_field;
// action_helpers.c, _PyPegen_formatted_value, _PyPegen_interpolation.
func (p *Parser) field(raw, template bool) {
	start := p.start()
	p.next()
	value := p.annotatedRHS()
	f := p.fieldEnd(raw)
	p.expect(token.RBrace)
	span := p.span(start)
	if f.debugEnd.Line == 0 {
		f.debugEnd = span.End
	}
	if f.debug {
		at := source.Span{
			Start: source.Pos{Line: start.Line, Col: start.Col + 1},
			End:   source.Pos{Line: f.debugEnd.Line, Col: f.debugEnd.Col - 1},
		}
		text := p.expressionText(f)
		if strings.IndexByte(text, '\\') >= 0 && !raw {
			text = p.unescape(text, p.tok())
		}
		p.exprs = append(p.exprs, p.arena.NewConstant(at, ast.StrOf(text), false))
	}
	if template {
		text := strings.TrimRightFunc(p.expressionText(f), isSpaceOrEqual)
		p.exprs = append(p.exprs, p.arena.NewInterpolation(span, value, ast.StrOf(text), f.conversion, f.spec))
		return
	}
	p.exprs = append(p.exprs, p.arena.NewFormattedValue(span, value, f.conversion, f.spec))
}

// fieldEnd parses what is between the expression of a field and its closing
// brace.
// CPython: fstring_conversion, fstring_full_format_spec.
func (p *Parser) fieldEnd(raw bool) field {
	f := field{conversion: -1}
	f.debug = p.accept(token.Equal)
	if end := p.tok(); end.Name != 0 {
		f.textStart, f.textEnd = uint32(end.Name)-1, end.Off
	}
	if p.kind == token.Exclamation {
		mark := p.tok()
		p.next()
		name := p.tok()
		f.conversion = p.conversion(mark, name)
		f.debugEnd = name.Span.Start
		p.next()
	}
	if p.kind == token.Colon {
		at := p.start()
		p.next()
		f.spec = p.formatSpec(at, raw)
		if f.debugEnd.Line == 0 {
			f.debugEnd = source.Pos{Line: at.Line, Col: at.Col + 1}
		}
	}
	if f.debug && f.conversion < 0 && f.spec == nil {
		f.conversion = 'r'
	}
	return f
}

// conversion reads the name behind an exclamation mark.
// CPython: action_helpers.c, _PyPegen_check_fstring_conversion.
func (p *Parser) conversion(mark, name *token.Token) int32 {
	if name.Kind != token.Name {
		p.fail()
	}
	if mark.Span.End != name.Span.Start {
		p.raise(diag.SyntaxError, mark.Span.To(name.Span), "f-string: conversion type must come right after the exclamation mark")
	}
	switch text := p.names.Text(name.Name); text {
	case "s", "r", "a":
		return int32(text[0])
	default:
		p.raise(diag.SyntaxError, name.Span, fmt.Sprintf("f-string: invalid conversion character '%s': expected 's', 'r', or 'a'", text))
	}
	return 0
}

// formatSpec parses a format specification behind its colon.
// CPython: fstring_full_format_spec; action_helpers.c,
// _PyPegen_setup_full_format_spec.
func (p *Parser) formatSpec(start source.Pos, raw bool) ast.Expr {
	mark := len(p.exprs)
	for {
		switch p.kind {
		case token.FStringMiddle, token.TStringMiddle:
			t := p.tok()
			if text := p.middle(t, raw && p.has(pyver.DecodesRawSpecsRaw)); text != "" || p.has(pyver.KeepsEmptySpecText) {
				p.exprs = append(p.exprs, p.arena.NewConstant(t.Span, ast.StrOf(text), false))
			}
			p.next()
			continue
		case token.LBrace:
			p.field(raw, false)
			continue
		}
		break
	}
	span := p.span(start)
	if len(p.exprs) > mark+1 {
		p.mergeConstants(mark)
	}
	return p.arena.NewJoinedStr(span, p.takeExprs(mark))
}

// expressionText returns the source of a field's expression. Comments are left
// out.
// CPython: lexer.c, set_fstring_expr.
func (p *Parser) expressionText(f field) string {
	text := p.src[f.textStart:f.textEnd]
	if strings.IndexByte(text, '#') < 0 {
		return text
	}
	return withoutComments(text)
}

func withoutComments(text string) string {
	var b strings.Builder
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case (c == '"' || c == '\'') && quote == 0:
			quote = c
		case c == quote:
			quote = 0
		case c == '#' && quote == 0:
			n := strings.IndexByte(text[i:], '\n')
			if n < 0 {
				return b.String()
			}
			i += n
			c = '\n'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// isSpaceOrEqual reports whether a character is dropped from the end of an
// interpolation's text.
// CPython: action_helpers.c, _strip_interpolation_expr.
func isSpaceOrEqual(r rune) bool {
	return r == '=' || isSpace(r)
}

// isSpace reports whether Python counts a character as whitespace.
// CPython: unicodectype.c, _PyUnicode_IsWhitespace.
func isSpace(r rune) bool {
	switch {
	case r >= '\t' && r <= '\r', r >= 0x1c && r <= ' ', r == 0x85, r == 0xa0, r == 0x1680,
		r >= 0x2000 && r <= 0x200a, r == 0x2028, r == 0x2029, r == 0x202f, r == 0x205f, r == 0x3000:
		return true
	}
	return false
}

// noName is the expression text index of a token that ends no field.
const noName = names.None
