package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A comprehension is what all comprehensions have.
type comprehension struct {
	scope      *int32 // its number, to be set
	loc        source.Span
	kind       Comprehension
	name       names.ID
	generators []*ast.Comprehension
	value, elt ast.Expr // visited in this order; value may be absent
}

func (b *Builder) comprehensionExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ListComp:
		b.comprehension(comprehension{&e.Scope, e.Loc, ListComprehension, b.known.listcomp, e.Generators, nil, e.Elt})
	case *ast.SetComp:
		b.comprehension(comprehension{&e.Scope, e.Loc, SetComprehension, b.known.setcomp, e.Generators, nil, e.Elt})
	case *ast.DictComp:
		b.comprehension(comprehension{&e.Scope, e.Loc, DictComprehension, b.known.dictcomp, e.Generators, e.Value, e.Key})
	case *ast.GeneratorExp:
		b.comprehension(comprehension{&e.Scope, e.Loc, GeneratorExpression, b.known.genexpr, e.Generators, nil, e.Elt})
	default:
		diag.Bugf("no symbols of a %T", e)
	}
}

// comprehension visits a comprehension. The outermost iterable belongs to the
// scope around it. CPython: symtable.c, symtable_handle_comprehension.
func (b *Builder) comprehension(c comprehension) {
	loc, outermost := c.loc, c.generators[0]
	b.checkAnnotationScope(loc, "comprehension")
	b.iterable(outermost.Iter)
	s := b.enterNew(c.name, Function, loc)
	*c.scope = s.number
	s.Comprehension = c.kind
	s.set(coroutine, outermost.IsAsync != 0)
	b.define(b.known.dotZero, DefParam, &loc)
	b.iterationTarget(outermost.Target)
	b.exprs(outermost.Ifs)
	for _, g := range c.generators[1:] {
		b.iterationTarget(g.Target)
		b.iterable(g.Iter)
		b.exprs(g.Ifs)
		if g.IsAsync != 0 {
			s.set(coroutine, true)
		}
	}
	b.optional(c.value)
	b.expr(c.elt)
	isGenerator := c.kind == GeneratorExpression
	s.set(generator, isGenerator)
	b.exit()
	if s.has(coroutine) && !isGenerator {
		b.asyncComprehension(loc)
	}
}

// asyncComprehension makes the current scope one that awaits a comprehension.
func (b *Builder) asyncComprehension(loc source.Span) {
	if b.does.checksNames && !b.inAsyncFunction() && b.cur.Comprehension == NoComprehension {
		b.fail(loc, "asynchronous comprehension outside of an asynchronous function")
	}
	b.cur.set(coroutine, true)
}

// iterationTarget visits what the iterations of a comprehension assign to.
func (b *Builder) iterationTarget(e ast.Expr) {
	b.cur.set(compIterTarget, true)
	b.expr(e)
	b.cur.set(compIterTarget, false)
}

// iterable visits what a comprehension iterates over.
func (b *Builder) iterable(e ast.Expr) {
	b.cur.iterExprs++
	b.expr(e)
	b.cur.iterExprs--
}

// namedExpr visits an assignment expression.
// CPython: symtable.c, symtable_handle_namedexpr.
func (b *Builder) namedExpr(e *ast.NamedExpr) {
	if b.cur.iterExprs > 0 {
		b.fail(e.Loc, "assignment expression cannot be used in a comprehension iterable expression")
	}
	if n, ok := e.Target.(*ast.Name); ok && b.cur.Comprehension != NoComprehension {
		b.extendNamedExpr(n)
	}
	b.expr(e.Value)
	b.expr(e.Target)
}

// extendNamedExpr gives the target of an assignment expression in a
// comprehension to the nearest scope that is no comprehension.
// CPython: symtable.c, symtable_extend_namedexpr_scope.
func (b *Builder) extendNamedExpr(n *ast.Name) {
	for s := b.cur; s != nil; s = s.outer {
		if s.Comprehension != NoComprehension {
			b.checkIteration(s, n)
			continue
		}
		switch s.Type {
		case Function:
			declared := DefNonlocal
			if b.targetFlags(s, n.ID)&DefGlobal != 0 {
				declared = DefGlobal
			}
			b.define(n.ID, declared, &n.Loc)
			b.recordDirective(n.ID, n.Loc)
			b.defineIn(s, n.ID, DefLocal, &n.Loc)
			return
		case Module:
			b.define(n.ID, DefGlobal, &n.Loc)
			b.recordDirective(n.ID, n.Loc)
			b.defineIn(s, n.ID, DefGlobal, &n.Loc)
			return
		default:
			b.refuseNamedExpr(s, n)
		}
	}
}

// checkIteration refuses to assign to an iteration variable.
func (b *Builder) checkIteration(s *Scope, n *ast.Name) {
	flags := b.targetFlags(s, n.ID)
	if flags&DefCompIter != 0 && (flags&DefLocal != 0 || b.has(pyver.CountsUsesAsIteration)) {
		b.fail(n.Loc, "assignment expression cannot rebind comprehension iteration variable '"+b.names.Text(n.ID)+"'")
	}
}

func (b *Builder) targetFlags(s *Scope, name names.ID) Flags {
	if b.has(pyver.ManglesNamedTargets) {
		name = b.mangle(s, name)
	}
	return s.Lookup(name)
}

// refuseNamedExpr refuses an assignment expression whose comprehension is in a
// class or in a scope of types. An annotation lets it through: its own check
// has refused it, or it is in a lambda, which is a function.
func (b *Builder) refuseNamedExpr(s *Scope, n *ast.Name) {
	const what = "assignment expression within a comprehension cannot be used "
	switch s.Type {
	case Class:
		b.fail(n.Loc, what+"in a class body")
	case TypeParameters:
		b.fail(n.Loc, what+"within the definition of a generic")
	case TypeAlias:
		b.fail(n.Loc, what+"in a type alias")
	case TypeVariable:
		b.fail(n.Loc, what+"in a TypeVar bound")
	case Annotation, Function, Module:
	}
}
