package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

func (b *Builder) exprs(list []ast.Expr) {
	for _, e := range list {
		b.expr(e)
	}
}

// optional visits an expression that may be absent.
func (b *Builder) optional(e ast.Expr) {
	if e != nil {
		b.expr(e)
	}
}

// optionals visits a list in which expressions may be absent.
func (b *Builder) optionals(list []ast.Expr) {
	for _, e := range list {
		b.optional(e)
	}
}

func (b *Builder) keywords(list []*ast.Keyword) {
	b.checkKeywords(list)
	for _, k := range list {
		b.expr(k.Value)
	}
}

// expr visits an expression. Nine of ten are of the first four types, which are
// compared in turn: a switch searches for them among all types.
// CPython: symtable.c, symtable_visit_expr.
func (b *Builder) expr(e ast.Expr) {
	if e, ok := e.(*ast.Name); ok {
		b.name(e)
		return
	}
	if _, ok := e.(*ast.Constant); ok {
		return
	}
	b.descend()
	if attr, ok := e.(*ast.Attribute); ok {
		b.checkName(attr.Attr, &attr.Loc, attr.Ctx)
		b.expr(attr.Value)
	} else if call, ok := e.(*ast.Call); ok {
		b.expr(call.Func)
		b.exprs(call.Args)
		if len(call.Keywords) > 0 {
			b.keywords(call.Keywords)
		}
	} else {
		b.rareExpr(e)
	}
	b.depth--
}

// rareExpr visits an expression of any other type.
func (b *Builder) rareExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.BinOp:
		b.expr(e.Left)
		b.expr(e.Right)
	case *ast.BoolOp:
		b.exprs(e.Values)
	case *ast.Compare:
		b.expr(e.Left)
		b.exprs(e.Comparators)
	case *ast.UnaryOp:
		b.expr(e.Operand)
	case *ast.Subscript:
		b.expr(e.Value)
		b.expr(e.Index)
	case *ast.Tuple:
		b.exprs(e.Elts)
	case *ast.List:
		b.exprs(e.Elts)
	case *ast.Set:
		b.exprs(e.Elts)
	case *ast.Dict:
		b.optionals(e.Keys)
		b.exprs(e.Values)
	default:
		b.otherExpr(e)
	}
}

// otherExpr visits the expressions that programs have less of.
func (b *Builder) otherExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Lambda:
		b.lambda(e)
	case *ast.IfExp:
		b.expr(e.Test)
		b.expr(e.Body)
		b.expr(e.OrElse)
	case *ast.Slice:
		b.optional(e.Lower)
		b.optional(e.Upper)
		b.optional(e.Step)
	case *ast.Starred:
		b.expr(e.Value)
	case *ast.JoinedStr:
		b.exprs(e.Values)
	case *ast.TemplateStr:
		b.exprs(e.Values)
	case *ast.FormattedValue:
		b.expr(e.Value)
		b.optional(e.FormatSpec)
	case *ast.Interpolation:
		b.expr(e.Value)
		b.optional(e.FormatSpec)
	case *ast.NamedExpr:
		b.forbidInAnnotation(e.Loc, "named expression")
		b.namedExpr(e)
	case *ast.Await:
		b.await(e)
	case *ast.Yield:
		b.forbidInAnnotation(e.Loc, "yield expression")
		b.optional(e.Value)
		b.yield(e)
	case *ast.YieldFrom:
		b.forbidInAnnotation(e.Loc, "yield expression")
		b.expr(e.Value)
		b.yield(e)
	default:
		b.comprehensionExpr(e)
	}
}

// uses says how a name is used, by context.
var uses = [...]Flags{ast.Load: Use, ast.Store: DefLocal, ast.Del: DefLocal}

// name visits a name: that most names take no more than a flag or a new symbol
// is told by their last sightings, see find.
func (b *Builder) name(e *ast.Name) {
	s, id := b.cur, e.ID
	if s.has(compIterTarget|inUnevaluatedAnnotation) || b.mangles(id) || isSpecial(id) {
		b.otherName(e)
		return
	}
	seen := b.seen[id]
	switch {
	case seen.scope == s.number:
		s.symbols[seen.i].Flags |= uses[e.Ctx]
	case s.lacks(seen):
		b.seen[id] = sighting{s.number, int32(len(s.symbols))}
		s.add(id, uses[e.Ctx])
	default:
		b.otherName(e)
	}
}

// isSpecial reports whether there is more to the use of a name.
func isSpecial(name names.ID) bool { return name == names.Super || name == names.Debug }

// otherName visits a name of any kind. super counts as a use of __class__ too.
func (b *Builder) otherName(e *ast.Name) {
	if b.cur.has(inUnevaluatedAnnotation) {
		return
	}
	if e.Ctx != ast.Load {
		b.checkName(e.ID, &e.Loc, e.Ctx)
	}
	b.defineIn(b.cur, e.ID, uses[e.Ctx], &e.Loc)
	if e.ID == names.Super && e.Ctx == ast.Load && b.cur.IsFunctionLike() {
		b.define(b.known.class, Use, &e.Loc)
	}
}

func (b *Builder) await(e *ast.Await) {
	b.forbidInAnnotation(e.Loc, "await expression")
	if b.does.checksNames {
		if !b.cur.IsFunctionLike() {
			b.fail(e.Loc, "'await' outside function")
		}
		if !b.inAsyncFunction() && b.cur.Comprehension == NoComprehension {
			b.fail(e.Loc, "'await' outside async function")
		}
	}
	b.expr(e.Value)
	b.cur.set(coroutine, true)
}

func (b *Builder) inAsyncFunction() bool { return b.cur.Type == Function && b.cur.has(coroutine) }

// yield makes the current scope a generator.
// CPython: symtable.c, symtable_raise_if_comprehension_block.
func (b *Builder) yield(e ast.Expr) {
	b.cur.set(generator, true)
	switch b.cur.Comprehension {
	case NoComprehension:
	case ListComprehension:
		b.fail(e.Span(), "'yield' inside list comprehension")
	case SetComprehension:
		b.fail(e.Span(), "'yield' inside set comprehension")
	case DictComprehension:
		b.fail(e.Span(), "'yield' inside dict comprehension")
	case GeneratorExpression:
		b.fail(e.Span(), "'yield' inside generator expression")
	}
}

func (b *Builder) patterns(list []ast.Pattern) {
	for _, p := range list {
		b.pattern(p)
	}
}

// pattern visits a pattern. CPython: symtable.c, symtable_visit_pattern.
func (b *Builder) pattern(p ast.Pattern) {
	b.descend()
	switch p := p.(type) {
	case *ast.MatchValue:
		b.expr(p.Value)
	case *ast.MatchSingleton:
	case *ast.MatchSequence:
		b.patterns(p.Patterns)
	case *ast.MatchStar:
		b.capture(p.Name, p)
	case *ast.MatchMapping:
		b.exprs(p.Keys)
		b.patterns(p.Patterns)
		b.capture(p.Rest, p)
	case *ast.MatchClass:
		b.expr(p.Class)
		b.patterns(p.Patterns)
		for i, name := range p.KeywordNames {
			loc := p.KeywordPatterns[i].Span()
			b.checkName(name, &loc, ast.Store)
		}
		b.patterns(p.KeywordPatterns)
	case *ast.MatchAs:
		if p.Pattern != nil {
			b.pattern(p.Pattern)
		}
		b.capture(p.Name, p)
	case *ast.MatchOr:
		b.patterns(p.Patterns)
	}
	b.depth--
}

// capture defines the name that a pattern binds, if any.
func (b *Builder) capture(name names.ID, p ast.Pattern) {
	if name != names.None {
		loc := p.Span()
		b.define(name, DefLocal, &loc)
	}
}
