package parser

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/lexer"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// This file parses f-strings of versions where they are single tokens: the
// fields are found in the text of the token, and each expression is scanned
// and parsed by itself. All nodes but those of the expressions have the span
// of the whole concatenation of literals, or of the one token.
// CPython: 3.11's string_parser.c.

// A fieldParser parses the text of one f-string token.
type fieldParser struct {
	p    *Parser
	tok  token.Token
	raw  bool
	i    int         // offset of the next byte in the file
	end  int         // offset of the closing quotes
	span source.Span // of the concatenation
	u    bool        // the concatenation begins with a u prefix
}

// A textBuilder joins the text between two fields.
type textBuilder struct {
	parts []string
}

func (b *textBuilder) add(s string) {
	if s == "" {
		return
	}
	b.parts = append(b.parts, s)
}

// take returns the text so far.
func (b *textBuilder) take() string {
	var s string
	if len(b.parts) == 1 {
		s = b.parts[0]
	} else {
		s = strings.Join(b.parts, "")
	}
	b.parts = b.parts[:0]
	return s
}

// stringsWithFields parses adjacent string literals into one node.
// CPython: strings.
func (p *Parser) stringsWithFields() ast.Expr {
	first, last := p.i, p.i
	for p.toks[last+1].Kind == token.String {
		last++
	}
	e := p.concatenate(first, last)
	p.i = last
	p.next()
	return e
}

// concatenate makes a node of the string tokens with the indexes from first to
// last.
// CPython: action_helpers.c, _PyPegen_concatenate_strings.
func (p *Parser) concatenate(first, last int) ast.Expr {
	span := p.toks[first].Span.To(p.toks[last].Span)
	u := p.toks[first].Flags&token.Unicode != 0
	kind := ast.StrValue
	if p.toks[first].Flags&token.Bytes != 0 {
		kind = ast.BytesValue
	}
	mark, formatted := len(p.exprs), false
	var text textBuilder
	for i := first; i <= last; i++ {
		t := p.toks[i]
		var value ast.Value
		if t.Flags&token.Formatted == 0 {
			value = p.str(&t).Value
		}
		if (t.Flags&token.Bytes != 0) != (kind == ast.BytesValue) {
			p.raiseLast(mixedLiterals)
		}
		if t.Flags&token.Formatted == 0 {
			text.add(value.Text)
			continue
		}
		formatted = true
		f := p.fieldParser(t, span, u)
		f.literal(&text, 0)
	}
	if !formatted {
		return p.arena.NewConstant(span, ast.Value{Kind: kind, Text: text.take()}, u)
	}
	if s := text.take(); s != "" {
		p.exprs = append(p.exprs, p.arena.NewText(span, ast.StrValue, s, u))
	}
	return p.arena.NewJoinedStr(span, p.takeExprs(mark))
}

func (p *Parser) fieldParser(t token.Token, span source.Span, u bool) *fieldParser {
	i := int(t.Off)
	for p.src[i] != '\'' && p.src[i] != '"' {
		i++
	}
	n := 1
	if t.Flags&token.Triple != 0 {
		n = 3
	}
	return &fieldParser{p: p, tok: t, raw: t.Flags&token.Raw != 0, i: i + n, end: int(t.End) - n, span: span, u: u}
}

// literal parses text and fields, onto the stack where a field ends a piece
// of text and into text otherwise, up to the end of the f-string or of the
// format specification.
// CPython: _PyPegen_FstringParser_ConcatFstring.
func (f *fieldParser) literal(text *textBuilder, depth int) {
	for {
		if f.text(text, depth) {
			continue
		}
		if f.i >= f.end || f.p.src[f.i] == '}' {
			break
		}
		e, debug := f.field(depth)
		text.add(debug)
		if s := text.take(); s != "" {
			f.p.exprs = append(f.p.exprs, f.p.arena.NewText(f.span, ast.StrValue, s, f.u))
		}
		f.p.exprs = append(f.p.exprs, e)
	}
	if depth == 0 && f.i < f.end-1 {
		f.fail("f-string: unexpected end of string")
	}
	if depth > 0 && (f.i >= f.end || f.p.src[f.i] != '}') {
		f.fail("f-string: expecting '}'")
	}
}

// text parses a piece of text. It reports whether the piece ends at a doubled
// brace.
// CPython: fstring_find_literal.
func (f *fieldParser) text(text *textBuilder, depth int) bool {
	src, start := f.p.src, f.i
	for f.i < f.end {
		c := src[f.i]
		f.i++
		if c == '\\' && !f.raw && f.i < f.end {
			c = src[f.i]
			f.i++
			if c == 'N' {
				f.skipName()
				continue
			}
			if c == '{' {
				f.p.warnings = append(f.p.warnings, diag.Warning{
					Class: diag.DeprecationWarning, Msg: `invalid escape sequence '\{'`, Line: int(f.tok.Span.Start.Line),
				})
			}
		}
		if c != '{' && c != '}' {
			continue
		}
		if depth == 0 {
			if f.i < f.end && src[f.i] == c {
				text.add(f.decode(src[start:f.i]))
				f.i++
				return true
			}
			if c == '}' {
				f.fail("f-string: single '}' is not allowed")
			}
		}
		f.i--
		break
	}
	text.add(f.decode(src[start:f.i]))
	return false
}

// skipName goes over the name of a \N{name}.
func (f *fieldParser) skipName() {
	if f.i >= f.end {
		return
	}
	f.i++
	if f.p.src[f.i-1] != '{' {
		return
	}
	for f.i < f.end && f.p.src[f.i] != '}' {
		f.i++
	}
	f.i = min(f.i+1, f.end)
}

func (f *fieldParser) decode(s string) string {
	if f.p.file.Invalid {
		f.p.checkText(s, &f.tok)
	}
	if f.raw || strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return f.p.unescape(s, &f.tok)
}

// field parses a replacement field, and returns its value and the text of a
// debug field.
// CPython: fstring_find_expr.
func (f *fieldParser) field(depth int) (ast.Expr, string) {
	if depth >= 2 {
		f.fail("f-string: expressions nested too deeply")
	}
	p, brace := f.p, f.i
	f.i++
	f.skipExpression()
	value := f.expression(brace, f.i)
	debug := ""
	if p.src[f.i] == '=' {
		f.i++
		for isASCIISpace(p.src[f.i]) {
			f.i++
		}
		f.needMore()
		debug = p.src[brace+1 : f.i]
	}
	conversion := int32(-1)
	if p.src[f.i] == '!' {
		f.i++
		f.needMore()
		conversion = int32(p.src[f.i])
		f.i++
		if conversion != 's' && conversion != 'r' && conversion != 'a' {
			f.fail("f-string: invalid conversion character: expected 's', 'r', or 'a'")
		}
	}
	f.needMore()
	var spec ast.Expr
	if p.src[f.i] == ':' {
		f.i++
		f.needMore()
		spec = f.spec(depth + 1)
	}
	if f.i >= f.end || p.src[f.i] != '}' {
		f.fail("f-string: expecting '}'")
	}
	f.i++
	if debug != "" && spec == nil && conversion < 0 {
		conversion = 'r'
	}
	return p.arena.NewFormattedValue(f.span, value, conversion, spec), debug
}

func (f *fieldParser) needMore() {
	if f.i >= f.end {
		f.fail("f-string: expecting '}'")
	}
}

// spec parses a format specification.
// CPython: fstring_parse.
func (f *fieldParser) spec(depth int) ast.Expr {
	p, mark := f.p, len(f.p.exprs)
	var text textBuilder
	f.literal(&text, depth)
	if s := text.take(); s != "" {
		p.exprs = append(p.exprs, p.arena.NewText(f.tok.Span, ast.StrValue, s, f.tok.Flags&token.Unicode != 0))
	}
	return p.arena.NewJoinedStr(f.tok.Span, p.takeExprs(mark))
}

// skipExpression goes to the character that ends a field's expression.
// CPython: fstring_find_expr.
func (f *fieldParser) skipExpression() {
	src := f.p.src
	var parens []byte
	var quote byte
	triple := false
	for ; f.i < f.end; f.i++ {
		c := src[f.i]
		switch {
		case c == '\\':
			f.fail("f-string expression part cannot include a backslash")
		case quote != 0:
			if c != quote {
				continue
			}
			if triple {
				if !f.tripled(c) {
					continue
				}
				f.i += 2
			}
			quote = 0
		case c == '\'' || c == '"':
			quote, triple = c, f.tripled(c)
			if triple {
				f.i += 2
			}
		case c == '[' || c == '{' || c == '(':
			if len(parens) >= maxFieldParens {
				f.fail("f-string: too many nested parenthesis")
			}
			parens = append(parens, c)
		case c == '#':
			f.fail("f-string expression part cannot include '#'")
		case len(parens) == 0 && strings.IndexByte("!:}=><", c) >= 0:
			if f.i+1 < f.end && src[f.i+1] == '=' && c != ':' && c != '}' {
				f.i++
				continue
			}
			if c != '>' && c != '<' {
				f.needMore()
				return
			}
		case c == ']' || c == '}' || c == ')':
			parens = f.closeParen(parens, c)
		}
	}
	switch {
	case quote != 0:
		f.fail("f-string: unterminated string")
	case len(parens) > 0:
		f.fail(fmt.Sprintf("f-string: unmatched '%c'", parens[len(parens)-1]))
	}
	f.needMore()
}

const maxFieldParens = 200

// tripled reports whether there are three quotes in a row.
func (f *fieldParser) tripled(quote byte) bool {
	return f.i+2 < f.end && f.p.src[f.i+1] == quote && f.p.src[f.i+2] == quote
}

func (f *fieldParser) closeParen(parens []byte, c byte) []byte {
	if len(parens) == 0 {
		f.fail(fmt.Sprintf("f-string: unmatched '%c'", c))
	}
	open := parens[len(parens)-1]
	if !(open == '(' && c == ')' || open == '[' && c == ']' || open == '{' && c == '}') {
		f.fail(fmt.Sprintf("f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c, open))
	}
	return parens[:len(parens)-1]
}

// expression parses the expression between an opening brace and what ends it,
// as if both were parentheses.
// CPython: fstring_compile_expr, fstring_find_expr_location.
func (f *fieldParser) expression(brace, end int) ast.Expr {
	p := f.p
	if strings.Trim(p.src[brace+1:end], " \t\n\f") == "" {
		if c := p.src[end]; c != '}' {
			f.fail(fmt.Sprintf("f-string: expression required before '%c'", c))
		}
		f.fail("f-string: empty expression not allowed")
	}
	before := p.src[f.tok.Off:brace]
	at := f.tok.Span.Start
	if lines := strings.Count(before, "\n"); lines > 0 {
		at.Line += int32(lines)
		at.Col = int32(len(before) - strings.LastIndexByte(before, '\n') - 1)
	} else {
		at.Col += int32(len(before))
	}
	// The expression's tokens take the place of the file's while it is
	// parsed. They are nobody's afterwards.
	toks, i, kind, lexErr, lexEnd, outer := p.toks, p.i, p.kind, p.lexErr, p.lexEnd, p.part
	r := p.lexer.ScanPart(p.file, &p.names, lexer.Part{Start: brace, End: end, At: at}, p.fieldToks[:0])
	p.fieldToks = nil
	p.part = newPart(p.src, brace, end, at)
	if r.End.Bare != nil {
		p.part.moveUndecodable(r.Err)
	} else {
		p.part.move(r.Err)
	}
	p.lexEnd = r.End
	p.toks, p.lexErr, p.warnings = r.Tokens, r.Err, append(p.warnings, r.Warnings...)
	p.i, p.kind = 0, p.toks[0].Kind
	p.enter()
	e, err := p.partExpression()
	p.depth--
	p.fieldToks = p.toks
	p.toks, p.i, p.kind, p.lexErr, p.lexEnd, p.part = toks, i, kind, lexErr, lexEnd, outer
	if err != nil {
		panic(bailout{err: err, final: !err.Class.IsSyntaxError()})
	}
	return e
}

// partExpression parses the tokens of a part, or finds their error.
func (p *Parser) partExpression() (e ast.Expr, err *diag.Error) {
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bailout)
			if !ok {
				panic(r)
			}
			e, err = nil, p.diagnose(b)
		}
	}()
	return p.starExpressions(), nil
}

// A part is a field of an f-string that is parsed by itself.
type part struct {
	text string     // its expression in parentheses
	at   source.Pos // of the opening one
	col  int32      // what errors have less in their columns
}

func newPart(src string, start, end int, at source.Pos) *part {
	p := &part{text: "(" + src[start+1:end] + ")\n", at: at, col: at.Col}
	if blank := strings.TrimLeft(src[start+1:end], " \t\f"); blank != "" && blank[0] == '\n' {
		p.col = 0
	}
	return p
}

// move gives an error of the part's tokens the place that it has in the part.
func (p *part) move(err *diag.Error) {
	if err == nil {
		return
	}
	f := source.File{Text: p.text}
	if err.Line == int(p.at.Line) {
		before := utf8.RuneCountInString(err.Text[:min(int(p.at.Col), len(err.Text))])
		err.Offset -= before
		err.EndOffset -= before
	}
	err.Text = strings.TrimSuffix(f.Line(err.Line-int(p.at.Line)+1), "\n")
}

// moveUndecodable is move for the error of an identifier that is not UTF-8, which
// the parser of the part reports.
func (p *part) moveUndecodable(err *diag.Error) {
	f := source.File{Text: source.Shown(p.text)}
	err.Msg, err.Text = "f-string: "+err.Msg, f.Line(err.Line-int(p.at.Line)+1)
	if p.col > 0 {
		err.Offset, err.EndOffset = 0, 0
	}
}

// isASCIISpace is C's isspace.
func isASCIISpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// fail gives up with an error behind the literals.
func (f *fieldParser) fail(msg string) { f.p.raiseLast(msg) }
