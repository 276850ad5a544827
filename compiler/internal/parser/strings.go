package parser

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// strings parses adjacent string literals into one node.
// CPython: strings; action_helpers.c, _PyPegen_concatenate_strings.
func (p *Parser) strings() ast.Expr {
	t := p.tok()
	if t.Kind == token.TStringStart {
		return p.templates()
	}
	start := p.start()
	if next := p.peek(); t.Kind == token.String && t.Flags&token.Formatted == 0 && next != token.String && next != token.FStringStart {
		e := p.str(t)
		p.next()
		return e
	}
	if !p.has(pyver.TokenizesFStrings) {
		return p.stringsWithFields()
	}
	mark, formatted, isBytes := len(p.exprs), false, p.isBytes()
	for p.kind == token.String || p.kind == token.FStringStart {
		if p.isBytes() != isBytes {
			p.raiseLast(mixedLiterals)
		}
		if p.kind == token.FStringStart {
			formatted = true
			p.fstring()
			continue
		}
		p.exprs = append(p.exprs, p.str(p.tok()))
		p.next()
	}
	if !formatted {
		return p.joinConstants(p.span(start), mark)
	}
	p.mergeConstants(mark)
	values := p.takeExprs(mark)
	return p.arena.NewJoinedStr(p.span(start), values)
}

func (p *Parser) isBytes() bool {
	return p.kind == token.String && p.tok().Flags&token.Bytes != 0
}

// mixedLiterals is the error of bytes and text side by side.
const mixedLiterals = "cannot mix bytes and nonbytes literals"

// joinConstants makes one constant of those on the stack. The first one says
// whether it has a u prefix.
func (p *Parser) joinConstants(span source.Span, mark int) ast.Expr {
	parts := p.exprs[mark:]
	first := parts[0].(*ast.Constant)
	if len(parts) == 1 {
		p.exprs = p.exprs[:mark]
		return first
	}
	value := first.Value
	value.Text = p.joinTexts(parts)
	p.exprs = p.exprs[:mark]
	return p.arena.NewConstant(span, value, first.Unicode)
}

func (p *Parser) joinTexts(parts []ast.Expr) string {
	var b strings.Builder
	n := 0
	for _, e := range parts {
		n += len(e.(*ast.Constant).Value.Text)
	}
	b.Grow(n)
	for _, e := range parts {
		b.WriteString(e.(*ast.Constant).Value.Text)
	}
	return b.String()
}

// mergeConstants makes one constant of each run of constants on the stack, and
// drops those that are empty.
// CPython: action_helpers.c, _build_concatenated_str.
func (p *Parser) mergeConstants(mark int) {
	out := mark
	for i := mark; i < len(p.exprs); {
		first, ok := p.exprs[i].(*ast.Constant)
		if !ok {
			p.exprs[out] = p.exprs[i]
			out++
			i++
			continue
		}
		end := i + 1
		for end < len(p.exprs) {
			if _, ok := p.exprs[end].(*ast.Constant); !ok {
				break
			}
			end++
		}
		if end > i+1 {
			last := p.exprs[end-1].(*ast.Constant)
			first = p.arena.NewText(first.Loc.To(last.Loc), ast.StrValue, p.joinTexts(p.exprs[i:end]), first.Unicode)
		}
		if first.Value.Text != "" {
			p.exprs[out] = first
			out++
		}
		i = end
	}
	p.exprs = p.exprs[:out]
}

// str makes the constant of a string token.
// CPython: string_parser.c, _PyPegen_parse_string.
func (p *Parser) str(t *token.Token) *ast.Constant {
	body := p.literalBody(t)
	if t.Flags&token.Bytes != 0 {
		return p.arena.NewText(t.Span, ast.BytesValue, p.bytesText(t, body), false)
	}
	if p.file.Invalid {
		p.checkText(body, t)
	}
	if t.Flags&token.HasEscape != 0 && t.Flags&token.Raw == 0 {
		body = p.unescape(body, t)
	}
	return p.arena.NewText(t.Span, ast.StrValue, body, t.Flags&token.Unicode != 0)
}

// literalBody returns what is between the quotes of a string token.
func (p *Parser) literalBody(t *token.Token) string {
	text, i := p.src[t.Off:t.End], 0
	for text[i] != '\'' && text[i] != '"' {
		i++
	}
	n := 1
	if t.Flags&token.Triple != 0 {
		n = 3
	}
	return text[i+n : len(text)-n]
}

func (p *Parser) bytesText(t *token.Token, body string) string {
	if t.Flags&token.NonASCII != 0 {
		p.raise(diag.SyntaxError, t.Span, "bytes can only contain ASCII literal characters")
	}
	if t.Flags&token.HasEscape == 0 || t.Flags&token.Raw != 0 {
		return body
	}
	return p.unescapeBytes(body, t)
}
