// Package parser turns the tokens of a Python file into its syntax tree.
//
// It takes a source.File and gives the ast.Module that CPython's parser gives,
// node for node and column for column, or the *diag.Error that it raises. It
// is recursive descent with one function for each rule of the grammar, which
// ends its doc with the rule's name; operators are parsed by how tightly they bind,
// and an operand with none behind it goes through none of their rules. Where
// the grammar backtracks, the parser looks at tokens ahead, for a file is
// tokenized as a whole; assignment targets are parsed as expressions and then
// turned into targets.
//
// Invariants: a node's span begins at its first token and ends at the last
// token read that is not layout; a rule that returns has consumed its tokens; a
// rule that cannot match does not return.
// CPython: Grammar/python.gram, Parser/action_helpers.c.
package parser

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/lexer"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unidata"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// maxDepth bounds how deep expressions and statements nest. CPython's limit
// is that of its stack, which differs from build to build; it is not reached
// by brackets or blocks, which the lexer bounds.
const maxDepth = 6000

// A Parser parses files of one version. It reuses its memory: a tree is valid
// until the next Parse.
type Parser struct {
	// The fields that each token needs are close together.
	toks  []token.Token
	i     int        // index of the current token
	kind  token.Kind // its kind
	end   source.Pos // of the last line of simple statements, hence of the last block
	depth int

	// Stacks on which the lists of nodes under construction grow. A rule
	// takes off what it put on.
	exprs    []ast.Expr
	stmts    []ast.Stmt
	keywords []*ast.Keyword
	args     []*ast.Arg
	ids      []names.ID
	patterns []ast.Pattern
	ops      []ast.CompareOperator
	aliases  []*ast.Alias
	clauses  []*ast.Comprehension
	buf      []byte

	file    *source.File
	src     string
	version pyver.Version
	uni     *unidata.Tables
	lexer   *lexer.Lexer
	arena   ast.Arena
	names   names.Table

	fieldToks  []token.Token // reused by fields that are scanned by themselves
	inTemplate bool          // in a t-string
	flufl      bool          // <> is in force instead of !=
	specs      int           // format specifications around the current token
	lexErr     *diag.Error
	lexEnd     lexer.End
	grammar    *grammar // of errors, loaded with the first
	part       *part    // the f-string field whose tokens are being parsed
	warnings   []diag.Warning
	places     []source.Pos // see Tree
	lastBlock  int32        // see diag.Context
	atEnd      bool         // see diag.Context
}

// New returns a parser for sources of version v.
func New(v pyver.Version) *Parser {
	return &Parser{version: v, uni: unidata.For(v), lexer: lexer.New(v)}
}

// A Tree is a parsed file.
type Tree struct {
	Module   *ast.Module
	Names    *names.Table
	Arena    *ast.Arena
	Warnings []diag.Warning
	// Places are the ends of the nodes that preprocessing may have to do with
	// in versions that do not fold the tree, in order: __debug__, formatting of
	// tuples, match statements, and try statements with a finally block.
	Places []source.Pos
}

// bailout carries an error up to Parse. One that is not final is what the
// parser met first; which error CPython reports depends on the order in which it
// tries its rules, and on the tokens behind.
type bailout struct {
	err   *diag.Error
	final bool
}

// Parse parses a file. An error is a *diag.Error. The tree is valid until the
// next call.
func (p *Parser) Parse(f *source.File) (t Tree, err error) {
	p.reset(f)
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bailout)
			if !ok {
				panic(r)
			}
			e := p.diagnose(b)
			e.Context = diag.Context{Source: f.Text, Block: int(p.lastBlock), AtEnd: p.atEnd}
			t, err = Tree{}, e
		}
	}()
	m := p.fileInput()
	return Tree{m, &p.names, &p.arena, p.warnings, p.places}, nil
}

func (p *Parser) reset(f *source.File) {
	p.arena.Reset()
	p.names.Reset()
	p.file, p.src = f, f.Text
	r := p.lexer.Scan(f, &p.names)
	p.toks, p.lexErr, p.lexEnd, p.part = r.Tokens, r.Err, r.End, nil
	p.warnings = r.Warnings
	p.i, p.kind, p.end = 0, p.toks[0].Kind, source.Pos{Line: 1}
	p.depth, p.specs, p.flufl, p.inTemplate = 0, 0, false, false
	p.exprs, p.stmts, p.keywords = p.exprs[:0], p.stmts[:0], p.keywords[:0]
	p.ids, p.patterns, p.ops = p.ids[:0], p.patterns[:0], p.ops[:0]
	p.aliases, p.clauses, p.args = p.aliases[:0], p.clauses[:0], p.args[:0]
	p.places = p.places[:0]
}

// fileInput parses a whole file.
// CPython: file.
func (p *Parser) fileInput() *ast.Module {
	for p.kind != token.EndMarker {
		p.statement()
	}
	return p.arena.NewModule(p.takeStmts(0))
}

func (p *Parser) has(f pyver.Feature) bool { return p.version.Has(f) }

// tok returns the current token.
func (p *Parser) tok() *token.Token { return &p.toks[p.i] }

// start returns the index of the current token, where a node may begin.
func (p *Parser) start() int { return p.i }

// span returns the span from a token up to the current one, which is not
// included. The last token is not layout.
func (p *Parser) span(start int) source.Span {
	return source.Span{Start: p.toks[start].Span.Start, End: p.toks[p.i-1].Span.End}
}

// blockSpan returns the span from a token to the end of the block that the last
// token ends.
func (p *Parser) blockSpan(start int) source.Span {
	return source.Span{Start: p.toks[start].Span.Start, End: p.end}
}

// note adds the end of a node to the tree's places.
func (p *Parser) note(end source.Pos) { p.places = append(p.places, end) }

// peek returns the kind of the token behind the current one.
func (p *Parser) peek() token.Kind {
	if p.i+1 < len(p.toks) {
		return p.toks[p.i+1].Kind
	}
	return token.EndMarker
}

// next goes to the next token.
func (p *Parser) next() {
	p.i++
	p.kind = p.toks[p.i].Kind
}

// accept goes over a token of a kind if it is the current one.
func (p *Parser) accept(kind token.Kind) bool {
	if p.kind != kind {
		return false
	}
	p.next()
	return true
}

// expect goes over a token that must be there.
func (p *Parser) expect(kind token.Kind) {
	if p.kind != kind {
		p.fail()
	}
	p.next()
}

// name goes over an identifier that must be there.
func (p *Parser) name() names.ID {
	if p.kind != token.Name {
		p.fail()
	}
	id := p.tok().Name
	p.next()
	return id
}

// isSoft reports whether the current token is a soft keyword.
func (p *Parser) isSoft(id names.ID) bool { return p.kind == token.Name && p.tok().Name == id }

// enter counts a level of nesting. Its caller leaves with p.depth--.
func (p *Parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.raise(diag.MemoryError, source.Span{}, "Parser stack overflowed - Memory Error")
	}
}

// fail gives up at the current token.
func (p *Parser) fail() {
	t := p.tok()
	if t.Kind == token.Error {
		panic(bailout{err: p.lexErr, final: true})
	}
	panic(bailout{err: p.errorSpan(diag.SyntaxError, t.Span, "invalid syntax")})
}

// raise gives up with an error about a span.
func (p *Parser) raise(class diag.Class, span source.Span, msg string) {
	panic(bailout{err: p.errorSpan(class, span, msg), final: !class.IsSyntaxError()})
}

// raiseLast gives up with an error at the current token. Layout other than a
// newline has no column of its own: that of the lexer stands for it.
// CPython: pegen_errors.c, _PyPegen_raise_error.
func (p *Parser) raiseLast(msg string) {
	t := p.tok()
	if !t.Kind.IsLayout() || t.Kind == token.Newline {
		p.raise(diag.SyntaxError, t.Span, msg)
	}
	at := place{t.Span.Start.Line, t.Span.End.Col, t.Span.End.Line, -1}
	panic(bailout{err: p.errorAt(diag.SyntaxError, at, msg, true)})
}

// errorSpan makes an error about a span; the zero span is no place.
func (p *Parser) errorSpan(class diag.Class, s source.Span, msg string) *diag.Error {
	if s == (source.Span{}) {
		return &diag.Error{Class: class, Msg: msg}
	}
	newline := p.tok().Span.End.Line <= s.Start.Line
	return p.errorAt(class, place{s.Start.Line, s.Start.Col + 1, s.End.Line, s.End.Col + 1}, msg, newline)
}

func (p *Parser) takeExprs(mark int) []ast.Expr {
	list := p.exprs[mark:]
	p.exprs = p.exprs[:mark]
	if len(list) == 1 {
		return p.arena.ListExpr(list[0])
	}
	return p.arena.CopyExprs(list)
}

func (p *Parser) takeStmts(mark int) []ast.Stmt {
	list := p.arena.CopyStmts(p.stmts[mark:])
	p.stmts = p.stmts[:mark]
	return list
}

func (p *Parser) takePatterns(mark int) []ast.Pattern {
	list := p.arena.CopyPatterns(p.patterns[mark:])
	p.patterns = p.patterns[:mark]
	return list
}

func (p *Parser) takeIDs(mark int) []names.ID {
	list := p.arena.CopyIDs(p.ids[mark:])
	p.ids = p.ids[:mark]
	return list
}
