package parser

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// importName parses an import at its keyword.
// CPython: import_name, dotted_as_names.
func (p *Parser) importName(start int, lazy int32) ast.Stmt {
	mark := len(p.aliases)
	p.next()
	for {
		at := p.start()
		name := p.dottedName()
		p.aliases = append(p.aliases, p.alias(at, name))
		if !p.accept(token.Comma) {
			break
		}
	}
	return p.arena.NewImport(p.span(start), p.takeAliases(mark), lazy)
}

func (p *Parser) takeAliases(mark int) []*ast.Alias {
	list := p.arena.CopyAliass(p.aliases[mark:])
	p.aliases = p.aliases[:mark]
	return list
}

// alias parses the rest of an imported name, behind the name.
func (p *Parser) alias(start int, name names.ID) *ast.Alias {
	as := names.None
	if p.accept(token.As) {
		as = p.name()
	}
	return p.arena.NewAlias(p.span(start), name, as)
}

// dottedName parses a dotted name into one identifier.
// CPython: dotted_name.
func (p *Parser) dottedName() names.ID {
	first := p.name()
	if p.kind != token.Dot {
		return first
	}
	var b strings.Builder
	b.WriteString(p.names.Text(first))
	for p.accept(token.Dot) {
		b.WriteByte('.')
		b.WriteString(p.names.Text(p.name()))
	}
	return p.names.Intern(b.String())
}

// importFrom parses a from import at its from.
// CPython: import_from.
func (p *Parser) importFrom(start int, lazy int32) ast.Stmt {
	p.next()
	var level int32
	for p.kind == token.Dot || p.kind == token.Ellipsis {
		level++
		if p.kind == token.Ellipsis {
			level += 2
		}
		p.next()
	}
	if lazy == 0 && level > 0 {
		p.warnOfMisplacedLazy(int(level))
	}
	module := names.None
	if level == 0 || p.kind != token.Import {
		module = p.dottedName()
	}
	p.expect(token.Import)
	aliases := p.importTargets()
	if module == names.Future && level == 0 {
		p.futureImport(start, aliases, lazy)
	}
	return p.arena.NewImportFrom(p.span(start), module, aliases, level, lazy)
}

// warnOfMisplacedLazy warns of a module called lazy that stands apart from the
// dots in front of it.
func (p *Parser) warnOfMisplacedLazy(level int) {
	t := p.tok()
	if !p.isSoft(names.Lazy) || p.peek() != token.Import || t.Off == p.toks[p.i-1].End || !p.has(pyver.HasLazyImports) {
		return
	}
	dots := strings.Repeat(".", level)
	p.warnings = append(p.warnings, diag.Warning{
		Class: diag.SyntaxWarning, Line: int(t.Span.Start.Line),
		Msg: "'from " + dots + " lazy import' is the same as 'from " + dots + "lazy import'; did you mean 'lazy from " + dots + " import'?",
	})
}

// futureImport acts on a future statement as far as it concerns the parser.
// CPython: action_helpers.c, _PyPegen_checked_future_import.
func (p *Parser) futureImport(start int, aliases []*ast.Alias, lazy int32) {
	if lazy != 0 {
		p.refuseLazyFuture(start)
	}
	for _, a := range aliases {
		p.futureName(a.Name)
	}
}

func (p *Parser) refuseLazyFuture(start int) {
	word := p.toks[start].Span
	word.End = source.Pos{Line: word.Start.Line, Col: word.Start.Col + int32(len("lazy"))}
	p.raise(diag.SyntaxError, word, "lazy from __future__ import is not allowed")
}

// futureName acts on a name that is imported from __future__.
func (p *Parser) futureName(id names.ID) {
	if id == names.Flufl && p.has(pyver.FuturesChangeParsing) {
		p.flufl = true
	}
}

// importTargets parses what a from import imports.
// CPython: import_from_targets.
func (p *Parser) importTargets() []*ast.Alias {
	mark := len(p.aliases)
	if p.kind == token.Star {
		span := p.tok().Span
		p.next()
		p.aliases = append(p.aliases, p.arena.NewAlias(span, p.names.Intern("*"), names.None))
		return p.takeAliases(mark)
	}
	parens := p.accept(token.LParen)
	for {
		at := p.start()
		name := p.name()
		p.aliases = append(p.aliases, p.alias(at, name))
		if p.kind != token.Comma {
			break
		}
		p.next()
		if parens && p.kind == token.RParen {
			break
		}
	}
	if parens {
		p.expect(token.RParen)
	}
	return p.takeAliases(mark)
}
