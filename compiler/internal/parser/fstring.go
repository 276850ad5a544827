package parser

import (
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// fstring parses an f-string's text and fields onto the stack.
// CPython: fstring; action_helpers.c, _get_resized_exprs.
func (p *Parser) fstring() {
	outer := p.inTemplate
	p.inTemplate = false
	p.fstringParts()
	p.inTemplate = outer
}

func (p *Parser) fstringParts() {
	raw := p.tok().Flags&token.Raw != 0
	p.next()
	for {
		switch p.kind {
		case token.FStringMiddle, token.TStringMiddle:
			t := p.tok()
			if text := p.middle(t, raw); text != "" {
				p.exprs = append(p.exprs, p.arena.NewText(t.Span, ast.StrValue, text, false))
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
	p.checkMiddle(t)
	text := p.src[t.Off:t.End]
	if raw || t.Flags&token.HasEscape == 0 {
		return text
	}
	return p.unescape(text, t)
}

// specText decodes a piece of text of a format specification.
// CPython: action_helpers.c, _PyPegen_decoded_constant_from_token.
func (p *Parser) specText(t *token.Token, raw bool) string {
	p.checkMiddle(t)
	text := p.src[t.Off:t.End]
	if raw && p.has(pyver.DecodesRawSpecsRaw) || t.Flags&token.HasEscape == 0 {
		return text
	}
	return p.unescapeSpec(text, t)
}

// checkMiddle gives up if a piece of text is not UTF-8.
// CPython: action_helpers.c, _PyPegen_constant_from_token.
func (p *Parser) checkMiddle(t *token.Token) {
	if !p.file.Invalid {
		return
	}
	if msg := source.Undecodable(p.src[t.Off:t.End]); msg != "" {
		p.raise(diag.UnicodeDecodeError, source.Span{}, msg)
	}
}

// templates parses adjacent t-strings into one node.
// CPython: tstring; action_helpers.c, _PyPegen_concatenate_tstrings.
func (p *Parser) templates() ast.Expr {
	start, mark := p.start(), len(p.exprs)
	outer := p.inTemplate
	p.inTemplate = true
	defer func() { p.inTemplate = outer }()
	for p.kind == token.TStringStart {
		raw := p.tok().Flags&token.Raw != 0
		p.next()
		for p.kind != token.TStringEnd {
			switch p.kind {
			case token.TStringMiddle:
				t := p.tok()
				if text := p.middle(t, raw); text != "" {
					p.exprs = append(p.exprs, p.arena.NewText(t.Span, ast.StrValue, text, false))
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
		p.fail()
	}
	p.mergeConstants(mark)
	values := p.takeExprs(mark)
	return p.arena.NewTemplateStr(p.span(start), values)
}

// A field is what a replacement field has behind its expression.
type field struct {
	conversion int32
	spec       ast.Expr
	// text is the source of the expression, and of a debug field the text in
	// front of its value, which begins with it.
	text, debug string
	isDebug     bool
	// debugEnd is where CPython has the debug text end.
	debugEnd source.Pos
	late     *bailout // the error of a conversion that is looked at last
}

// field parses a replacement field onto the stack: the text of a debug field
// and the value, which in the fields of a t-string is an Interpolation.
// CPython: fstring_replacement_field, tstring_replacement_field;
// action_helpers.c, _PyPegen_formatted_value, _PyPegen_interpolation.
func (p *Parser) field(raw, template bool) {
	start, brace := p.start(), p.i
	p.next()
	value := p.annotatedRHS()
	f := p.fieldEnd(brace, raw)
	p.expect(token.RBrace)
	if f.late != nil {
		panic(*f.late)
	}
	span := p.span(start)
	if f.isDebug {
		if f.debugEnd.Line == 0 {
			f.debugEnd = span.End
		}
		at := source.Span{
			Start: source.Pos{Line: span.Start.Line, Col: span.Start.Col + 1},
			End:   source.Pos{Line: f.debugEnd.Line, Col: f.debugEnd.Col - 1},
		}
		p.exprs = append(p.exprs, p.arena.NewText(at, ast.StrValue, f.debug, false))
	}
	if template {
		p.exprs = append(p.exprs, p.arena.NewInterpolation(span, value, ast.StrOf(f.text), f.conversion, f.spec))
		return
	}
	p.exprs = append(p.exprs, p.arena.NewFormattedValue(span, value, f.conversion, f.spec))
}

// fieldEnd parses what is between the expression of a field and its closing
// brace. The field's opening brace is the token with index brace.
// CPython: fstring_conversion, fstring_full_format_spec.
func (p *Parser) fieldEnd(brace int, raw bool) field {
	f := field{conversion: -1}
	textEnd := p.tok().Off
	f.isDebug = p.accept(token.Equal)
	textStart := p.toks[brace].End
	f.text = p.withoutComments(p.src[textStart:textEnd])
	if f.isDebug {
		f.debug = p.debugText(brace, raw)
	}
	if p.kind == token.Exclamation {
		mark := p.tok()
		p.next()
		name := p.tok()
		if name.Kind != token.Name {
			p.fail()
		}
		f.conversion, f.late = p.conversion(mark, name, p.inTemplate)
		f.debugEnd = name.Span.Start
		p.next()
	}
	if p.kind == token.Colon {
		colon := p.start()
		p.next()
		p.specs++
		f.spec = p.formatSpec(colon, raw)
		p.specs--
		if f.debugEnd.Line == 0 {
			f.debugEnd = p.toks[colon].Span.Start
			f.debugEnd.Col++
		}
	}
	if f.isDebug && f.conversion < 0 && f.spec == nil {
		f.conversion = 'r'
	}
	return f
}

// debugText returns the text of a debug field, whose tokens up to the = are
// read.
// CPython: lexer.c, set_fstring_expr.
func (p *Parser) debugText(brace int, raw bool) string {
	p.checkDebugField(p.specs)
	start, end := p.toks[brace].End, p.tok().Off
	switch {
	case p.has(pyver.CutsDebugTextAtFirstNotEqual):
		end = p.notEqual(brace, end, true)
	case p.kind == token.Colon && p.has(pyver.CutsSpecDebugTextAtNotEqual):
		end = p.notEqual(brace, end, false)
	}
	text := p.withoutComments(p.src[start:end])
	if !raw && p.has(pyver.UnescapesDebugText) && strings.IndexByte(text, '\\') >= 0 {
		text = p.unescape(text, p.tok())
	}
	return text
}

// checkDebugField refuses a debug field in too many format specifications.
func (p *Parser) checkDebugField(specs int) {
	if specs > 1 || specs == 1 && !p.has(pyver.NestsDebugFields) {
		p.raise(diag.ValueError, source.Span{}, "field 'value' is required for Constant")
	}
}

// notEqual returns the offset of the first or last != of a field outside
// brackets, or end if there is none.
func (p *Parser) notEqual(brace int, end uint32, first bool) uint32 {
	depth := 0
	for i := brace + 1; i < p.i; i++ {
		switch p.toks[i].Kind {
		case token.LParen, token.LBracket, token.LBrace:
			depth++
		case token.RParen, token.RBracket, token.RBrace:
			depth--
		case token.NotEqual:
			if depth == 0 {
				end = p.toks[i].Off
				if first {
					return end
				}
			}
		}
	}
	return end
}

// conversion reads the name behind an exclamation mark.
// CPython: action_helpers.c, _PyPegen_check_fstring_conversion.
func (p *Parser) conversion(mark, name *token.Token, template bool) (int32, *bailout) {
	label := "f-string"
	if template {
		label = "t-string"
	}
	if mark.Span.End != name.Span.Start {
		word := "exclamation"
		if p.has(pyver.MisspellsExclamation) {
			word = "exclamanation"
		}
		p.raise(diag.SyntaxError, mark.Span.To(name.Span), label+": conversion type must come right after the "+word+" mark")
	}
	text := p.names.Text(name.Name)
	if text == "s" || text == "r" || text == "a" {
		return int32(text[0]), nil
	}
	b := bailout{
		err: p.errorSpan(diag.SyntaxError, name.Span, fmt.Sprintf("%s: invalid conversion character '%s': expected 's', 'r', or 'a'", label, text)),
	}
	if p.has(pyver.ChecksConversionsAtOnce) {
		panic(b)
	}
	return 's', &b
}

// formatSpec parses a format specification behind its colon.
// CPython: fstring_full_format_spec; action_helpers.c,
// _PyPegen_setup_full_format_spec.
func (p *Parser) formatSpec(start int, raw bool) ast.Expr {
	mark, formatted, asIs := len(p.exprs), false, p.has(pyver.KeepsSpecPieces)
	for p.kind != token.RBrace {
		switch p.kind {
		case token.FStringMiddle, token.TStringMiddle:
			t := p.tok()
			text := p.specText(t, raw)
			if text != "" || asIs {
				p.exprs = append(p.exprs, p.arena.NewText(t.Span, ast.StrValue, text, false))
			}
			p.next()
		case token.LBrace:
			p.field(raw, false)
			formatted = true
		default:
			p.fail()
		}
	}
	span := p.span(start)
	switch n := len(p.exprs) - mark; {
	case asIs:
		if c, ok := p.exprs[len(p.exprs)-1].(*ast.Constant); ok && n == 1 && c.Value.Text == "" {
			p.exprs = p.exprs[:mark]
		}
	case n > 1 && !formatted:
		if !p.has(pyver.SpansSpecAsWhole) {
			span = p.exprs[mark].Span().To(p.exprs[len(p.exprs)-1].Span())
		}
		return p.joinConstants(span, mark)
	case n > 1:
		p.mergeConstants(mark)
	}
	return p.arena.NewJoinedStr(span, p.takeExprs(mark))
}

// withoutComments returns the text of a field's expression without comments.
// CPython: lexer.c, set_fstring_expr.
func (p *Parser) withoutComments(text string) string {
	if strings.IndexByte(text, '#') < 0 {
		return text
	}
	inStrings := p.has(pyver.TakesHashInStringAsComment)
	if !inStrings && !hasComment(text) {
		return text
	}
	escapes := p.has(pyver.MindsEscapesInDebugText)
	var b strings.Builder
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && escapes && i+1 < len(text):
			b.WriteByte(c)
			i++
			c = text[i]
		case (c == '"' || c == '\'') && quote == 0:
			quote = c
		case c == quote:
			quote = 0
		case c == '#' && (quote == 0 || inStrings):
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

// hasComment reports whether there is a # outside strings.
func hasComment(text string) bool {
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case (c == '"' || c == '\'') && quote == 0:
			quote = c
		case c == quote:
			quote = 0
		case c == '#' && quote == 0:
			return true
		}
	}
	return false
}
