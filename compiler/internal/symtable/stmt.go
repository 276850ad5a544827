package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func (b *Builder) statements(list []ast.Stmt) {
	for _, s := range list {
		b.statement(s)
	}
}

// statement visits a statement. CPython: symtable.c, symtable_visit_stmt.
func (b *Builder) statement(s ast.Stmt) {
	b.descend()
	switch s := s.(type) {
	case *ast.ExprStmt:
		b.expr(s.Value)
	case *ast.Assign:
		b.exprs(s.Targets)
		b.expr(s.Value)
	case *ast.If:
		b.expr(s.Test)
		b.conditional(s.Body, s.OrElse)
	case *ast.Return:
		if s.Value != nil {
			b.expr(s.Value)
			b.cur.set(returnsValue, true)
		}
	case *ast.FunctionDef:
		b.function(functionOf(s))
	case *ast.AsyncFunctionDef:
		b.function(functionOfAsync(s))
	case *ast.ClassDef:
		b.classDef(s)
	case *ast.TypeAlias:
		b.typeAlias(s)
	case *ast.Import:
		b.importStmt(s)
	case *ast.ImportFrom:
		b.importFrom(s)
	case *ast.AnnAssign:
		b.annAssign(s)
	case *ast.AugAssign:
		b.expr(s.Target)
		b.expr(s.Value)
	case *ast.Global:
		b.global(s)
	case *ast.Nonlocal:
		b.nonlocal(s)
	case *ast.Pass, *ast.Break, *ast.Continue:
	default:
		b.otherStatement(s)
	}
	b.depth--
}

// otherStatement visits the statements that programs have less of.
func (b *Builder) otherStatement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.For:
		b.expr(s.Target)
		b.expr(s.Iter)
		b.conditional(s.Body, s.OrElse)
	case *ast.AsyncFor:
		b.checkAsync(s.Loc, "'async for' outside async function")
		b.expr(s.Target)
		b.expr(s.Iter)
		b.conditional(s.Body, s.OrElse)
	case *ast.While:
		b.expr(s.Test)
		b.conditional(s.Body, s.OrElse)
	case *ast.With:
		b.with(s.Items, s.Body)
	case *ast.AsyncWith:
		b.checkAsync(s.Loc, "'async with' outside async function")
		b.with(s.Items, s.Body)
	case *ast.Try:
		b.try(tryParts{s.Body, s.Handlers, s.OrElse, s.Final})
	case *ast.TryStar:
		b.try(tryParts{s.Body, s.Handlers, s.OrElse, s.Final})
	case *ast.Match:
		b.expr(s.Subject)
		was := b.setBit(inConditionalBlock, true)
		for _, c := range s.Cases {
			b.pattern(c.Pattern)
			b.optional(c.Guard)
			b.statements(c.Body)
		}
		b.setBit(inConditionalBlock, was)
	case *ast.Raise:
		if s.Exc != nil {
			b.expr(s.Exc)
			b.optional(s.Cause)
		}
	case *ast.Assert:
		b.expr(s.Test)
		b.optional(s.Msg)
	case *ast.Delete:
		b.exprs(s.Targets)
	default:
		diag.Bugf("no symbols of a %T", s)
	}
}

// setBit sets a fact of the current scope and returns what it was.
func (b *Builder) setBit(bit scopeBits, on bool) (was bool) {
	was = b.cur.has(bit)
	b.cur.set(bit, on)
	return was
}

// conditional visits blocks that are not always executed.
func (b *Builder) conditional(body, orElse []ast.Stmt) {
	was := b.setBit(inConditionalBlock, true)
	b.statements(body)
	b.statements(orElse)
	b.setBit(inConditionalBlock, was)
}

func (b *Builder) with(items []*ast.WithItem, body []ast.Stmt) {
	was := b.setBit(inConditionalBlock, true)
	for _, item := range items {
		b.expr(item.Context)
		b.optional(item.Vars)
	}
	b.statements(body)
	b.setBit(inConditionalBlock, was)
}

// tryParts are the blocks of a try statement.
type tryParts struct {
	body     []ast.Stmt
	handlers []*ast.ExceptHandler
	orElse   []ast.Stmt
	final    []ast.Stmt
}

func (b *Builder) try(t tryParts) {
	wasConditional, wasTry := b.setBit(inConditionalBlock, true), b.setBit(inTryBlock, true)
	b.statements(t.body)
	first := b.has(pyver.VisitsHandlersFirst)
	if !first {
		b.statements(t.orElse)
	}
	for _, h := range t.handlers {
		b.optional(h.Type)
		if h.Name != names.None {
			b.define(h.Name, DefLocal, &h.Loc)
		}
		b.statements(h.Body)
	}
	if first {
		b.statements(t.orElse)
	}
	b.statements(t.final)
	b.setBit(inConditionalBlock, wasConditional)
	b.setBit(inTryBlock, wasTry)
}

// checkAsync refuses a statement outside of async functions.
// CPython: symtable.c, symtable_raise_if_not_coroutine.
func (b *Builder) checkAsync(loc source.Span, msg string) {
	if b.does.checksNames && !b.cur.has(coroutine) {
		b.fail(loc, msg)
	}
}

// global visits a global statement.
func (b *Builder) global(s *ast.Global) {
	for _, name := range s.Names {
		if cur := b.lookup(name); cur&(DefParam|DefLocal|Use|DefAnnot) != 0 {
			b.failDeclared(name, cur, s.Loc, "global")
		}
		b.define(name, DefGlobal, &s.Loc)
		b.recordDirective(name, s.Loc)
	}
}

// nonlocal visits a nonlocal statement.
func (b *Builder) nonlocal(s *ast.Nonlocal) {
	for _, name := range s.Names {
		if cur := b.lookup(name); cur&(DefParam|DefLocal|Use|DefAnnot) != 0 {
			b.failDeclared(name, cur, s.Loc, "nonlocal")
		}
		b.define(name, DefNonlocal, &s.Loc)
		b.recordDirective(name, s.Loc)
	}
}

// failDeclared gives up at a declaration of a name that the scope has used.
func (b *Builder) failDeclared(name names.ID, cur Flags, loc source.Span, kind string) {
	quoted := "name '" + b.names.Text(name) + "'"
	switch {
	case cur&DefParam != 0:
		b.fail(loc, quoted+" is parameter and "+kind)
	case cur&Use != 0:
		b.fail(loc, quoted+" is used prior to "+kind+" declaration")
	case cur&DefAnnot != 0:
		b.fail(loc, "annotated "+quoted+" can't be "+kind)
	default:
		b.fail(loc, quoted+" is assigned to before "+kind+" declaration")
	}
}
