// Package codegen turns the syntax tree of a module, and the scopes that
// package symtable found in it, into instructions: one unit for each code
// object, inner ones finished before outer ones.
//
// It takes a preprocessed module and its symbol table, and hands each unit that
// is complete to a function that makes a code object of it (package flowgraph),
// which becomes a constant of the unit around it. It raises the SyntaxErrors and
// SyntaxWarnings that CPython raises at this point.
//
// Invariants: instructions, their operands and their locations are those of
// CPython's code generator, before any optimization; constants, names and
// variables are numbered in its order, which reaches the bytes even where the
// instruction that needed them is later removed. Functions have CPython's names.
//
// CPython: codegen.c; compile.c for units, blocks and scopes.
package codegen

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// Finish turns a complete unit into a code object. The unit is used again
// afterwards.
type Finish func(*unit.Unit) (*pyc.Code, error)

// A Compiler generates code for modules of one version. It reuses its memory,
// and may not be used by several goroutines at once.
type Compiler struct {
	version pyver.Version
	does    behaviour
	pool    *object.Pool
	finish  Finish

	file     *source.File
	names    *names.Table
	table    *symtable.Table
	filename *pyc.Str
	optimize int

	u   *codeUnit       // the innermost unit
	seq *instr.Sequence // where its instructions go

	bindings []binding // by names.ID
	number   uint32    // of the innermost unit
	numbers  uint32    // numbers given to units

	stack []*codeUnit // the units around it, outermost first
	spare []*codeUnit

	warnings []diag.Warning
	muted    int // copies of code being generated whose warnings were given before

	cells, free []names.ID // of the unit that begins
	// Memory of inlined comprehensions, used as stacks.
	pushed    []names.ID
	overrides []symtable.Symbol

	text  []byte          // being made; see newText
	texts strings.Builder // those that were made
}

// Covers reports whether code is generated for version v.
func Covers(v pyver.Version) bool {
	return v.Has(pyver.DefersAnnotations)
}

// New returns a Compiler for modules of version v, which makes constants with
// the pool and finishes units with a function.
func New(v pyver.Version, pool *object.Pool, finish Finish) *Compiler {
	return &Compiler{version: v, does: behaviourOf(v), pool: pool, finish: finish}
}

// behaviour holds the version's answers to what is asked often.
type behaviour struct {
	virtualIterators   bool // pyver.VirtualIterators
	beginsGenerators   bool // not pyver.InsertsReturnGenerator
	lazyImports        bool // pyver.LazyImports
	loopsForListAndSet bool // pyver.LoopsForListAndSet
	qualifiesAnnotate  bool // pyver.QualifiesAnnotate
}

func behaviourOf(v pyver.Version) behaviour {
	return behaviour{
		virtualIterators:   v.Has(pyver.VirtualIterators),
		beginsGenerators:   !v.Has(pyver.InsertsReturnGenerator),
		lazyImports:        v.Has(pyver.LazyImports),
		loopsForListAndSet: v.Has(pyver.LoopsForListAndSet),
		qualifiesAnnotate:  v.Has(pyver.QualifiesAnnotate),
	}
}

// A Module is what to compile.
type Module struct {
	File     *source.File // for the text of errors
	Tree     *ast.Module  // preprocessed
	Names    *names.Table // of the tree
	Table    *symtable.Table
	Filename string // of the code objects
	Optimize int    // 0, 1 or 2, as preprocessing had it
}

// bailout carries an error up to Compile.
type bailout struct{ err error }

// Compile compiles a module. An error is a *diag.Error, or that of the function
// that finishes units. The warnings are valid until the next call.
//
// CPython: compile.c, compiler_mod.
func (c *Compiler) Compile(m Module) (code *pyc.Code, warnings []diag.Warning, err error) {
	c.reset(m)
	defer func() {
		if r := recover(); r != nil {
			b, ok := r.(bailout)
			if !ok {
				panic(r)
			}
			code, warnings, err = nil, c.warnings, b.err
		}
	}()
	c.enterAnonymousScope()
	c.module(m.Tree.Body)
	code = c.optimizeAndAssemble(true)
	c.recycle(c.exitScope())
	return code, c.warnings, nil
}

func (c *Compiler) reset(m Module) {
	if c.u != nil { // an error ended the last compilation
		c.stack = append(c.stack, c.u)
	}
	for _, u := range c.stack {
		c.recycle(u)
	}
	c.stack, c.u, c.seq = c.stack[:0], nil, nil
	c.file, c.names, c.table, c.optimize = m.File, m.Names, m.Table, m.Optimize
	c.filename = c.pool.Str(m.Filename)
	c.warnings, c.muted = c.warnings[:0], 0
	c.pushed, c.overrides = c.pushed[:0], c.overrides[:0]
	c.resetBindings(m.Names.Len())
}

// fail gives up with a SyntaxError about a place.
//
// CPython: compile.c, _PyCompile_Error.
func (c *Compiler) fail(loc instr.Loc, msg string) {
	panic(bailout{diag.AtBytes(c.file, diag.SyntaxError, loc, msg)})
}

// warn adds a SyntaxWarning about a place.
//
// CPython: compile.c, _PyCompile_Warn.
func (c *Compiler) warn(loc instr.Loc, msg string) {
	if c.muted == 0 {
		c.warnings = append(c.warnings, diag.Warning{Class: diag.SyntaxWarning, Msg: msg, Line: int(loc.Start.Line)})
	}
}

// textBlock is the size of the memory that texts share.
const textBlock = 8 << 10

// newText returns a copy of c.text as a string. Texts are parts of large strings,
// since there are many and all are short.
func (c *Compiler) newText() string {
	if c.texts.Cap()-c.texts.Len() < len(c.text) {
		c.texts.Reset()
		c.texts.Grow(max(textBlock, len(c.text)))
	}
	start := c.texts.Len()
	c.texts.Write(c.text)
	return c.texts.String()[start:]
}

// module generates the code of a module.
//
// CPython: codegen.c, _PyCodegen_Module.
func (c *Compiler) module(body []ast.Stmt) {
	loc := startLocation(body)
	if c.u.scope.HasConditionalAnnotations() {
		c.addI(loc, opcode.BuildSet, 0)
		c.addI(loc, opcode.StoreName, c.u.Names.Add(names.DunderConditionalAnnotations))
	}
	c.body(loc, body)
}

// startLocation returns the location of what a module does before its first
// statement.
//
// CPython: compile.c, start_location.
func startLocation(body []ast.Stmt) instr.Loc {
	if len(body) > 0 {
		return body[0].Span()
	}
	return instr.Loc{Start: source.Pos{Line: 1}, End: source.Pos{Line: 1}}
}

// body generates the statements of a module or class.
//
// CPython: codegen.c, codegen_body.
func (c *Compiler) body(loc instr.Loc, body []ast.Stmt) {
	scope := c.u.scope
	if c.futureAnnotations() && scope.AnnotationsUsed() {
		c.add(loc, opcode.SetupAnnotations)
	}
	if len(body) == 0 {
		return
	}
	if doc, ok := ast.Docstring(body); ok && scope.HasDocstring() {
		c.addI(doc.Loc, opcode.LoadConst, c.u.Consts.AddStr(c.pool, c.docstring(doc)))
		c.nameOp(instr.NoLoc(), names.DunderDoc, ast.Store)
		body = body[1:]
	}
	c.stmts(body)
	if !c.futureAnnotations() {
		c.processDeferredAnnotations(loc)
	}
}

func (c *Compiler) futureAnnotations() bool { return c.table.Future.Annotations() }
