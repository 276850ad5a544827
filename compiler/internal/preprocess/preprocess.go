// Package preprocess edits a syntax tree before its names are resolved.
//
// It takes the tree that the parser made and changes it in place: __debug__
// becomes a constant, '%s' % (x,) an f-string, a signed or complex number in a
// pattern one constant; docstrings go at level 2. Versions that fold constants
// in the tree fold them here. It returns what CPython warns of while it looks
// at every statement. In versions that do not fold, it goes only to the places
// where the parser saw something of this: most statements have nothing.
//
// Invariants: a node keeps its place in the source, and what replaces it takes
// that place; pieces of a format string, which come from nowhere, have lines
// and columns of -1. CPython: ast_preprocess.c, ast_opt.c.
package preprocess

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/arith"
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// Options are what the result depends on beside the tree.
type Options struct {
	Version  pyver.Version
	Optimize int // 0, 1 or 2
	// TextAnnotations says that annotations become text, so that they stay as
	// they are. from __future__ import annotations.
	TextAnnotations bool
	// Places are the ends of the nodes to look at, in order, where the version
	// does not fold the tree. See parser.Tree.
	Places []source.Pos
}

// Run edits a tree, whose nodes are from the arena. The warnings are in
// CPython's order. An error is a *diag.Error.
// CPython: ast_preprocess.c, _PyAST_Preprocess.
func Run(m *ast.Module, a *ast.Arena, opts Options) (warnings []diag.Warning, err error) {
	p := pass{
		arena: a, opts: opts, maxDepth: opts.Version.MaxDepth(),
		folds: opts.Version.Has(pyver.FoldsTree), warns: opts.Version.Has(pyver.WarnsOfExitsFromFinally),
		strips: opts.Optimize >= 2 && opts.Version.Has(pyver.RemovesDocstringsFromTree),
		places: opts.Places,
	}
	p.whole = p.folds || p.strips
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bailout)
			if !ok {
				panic(r)
			}
			err = b.err
		}
	}()
	m.Body = p.body(m.Body)
	return p.warnings, nil
}

// A pass edits one tree.
type pass struct {
	arena    *ast.Arena
	opts     Options
	folds    bool         // pyver.FoldsTree
	warns    bool         // pyver.WarnsOfExitsFromFinally
	strips   bool         // takes docstrings off
	whole    bool         // looks at all nodes, rather than at the statements around places
	places   []source.Pos // those that are not behind the visit
	around   block
	warnings []diag.Warning
	depth    int // levels of nodes around the current one
	maxDepth int
	pieces   []ast.Expr // of the format string at hand
	arith    arith.Arith
}

// A block is what is nearest around a statement of those that matter to one
// that leaves a finally block.
type block uint8

const (
	noBlock block = iota
	finallyBlock
	functionBody
	loopBody
)

// bailout carries an error up to Run.
type bailout struct{ err *diag.Error }

// descend counts a level of nodes. Its caller goes back with p.depth--.
func (p *pass) descend() {
	p.depth++
	if p.depth > p.maxDepth {
		panic(bailout{&diag.Error{Class: diag.RecursionError, Msg: "maximum recursion depth exceeded during compilation"}})
	}
}

// body edits a body that may begin with a docstring. What only became a string
// at its start is no docstring. CPython: ast_preprocess.c, astfold_body.
func (p *pass) body(list []ast.Stmt) []ast.Stmt {
	_, documented := ast.Docstring(list)
	if documented && p.strips {
		list = p.removeDocstring(list, list[0].Span().Start)
		documented = false
	}
	p.stmts(list)
	if documented {
		return list
	}
	if doc, ok := ast.Docstring(list); ok {
		s := list[0].(*ast.ExprStmt)
		s.Value = p.arena.NewJoinedStr(s.Loc, p.arena.CopyExprs([]ast.Expr{doc}))
	}
	return list
}

// passWidth is the length of the word pass.
const passWidth = 4

// removeDocstring takes the docstring off a body, which does not become empty.
// CPython: ast_preprocess.c, remove_docstring.
func (p *pass) removeDocstring(list []ast.Stmt, at source.Pos) []ast.Stmt {
	if len(list) > 1 {
		return list[1:]
	}
	end := source.Pos{Line: at.Line, Col: at.Col + passWidth}
	list[0] = p.arena.NewPass(source.Span{Start: at, End: end})
	return list
}
