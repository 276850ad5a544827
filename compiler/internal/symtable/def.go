package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A function is what both kinds of function definitions have.
type function struct {
	scope      *int32 // its number, to be set
	loc        source.Span
	name       names.ID
	args       *ast.Arguments
	body       []ast.Stmt
	decorators []ast.Expr
	returns    ast.Expr
	typeParams []ast.TypeParam
	isAsync    bool
}

func functionOf(s *ast.FunctionDef) *function {
	return &function{&s.Scope, s.Loc, s.Name, s.Args, s.Body, s.Decorators, s.Returns, s.TypeParams, false}
}

func functionOfAsync(s *ast.AsyncFunctionDef) *function {
	return &function{&s.Scope, s.Loc, s.Name, s.Args, s.Body, s.Decorators, s.Returns, s.TypeParams, true}
}

// function visits a function definition.
func (b *Builder) function(f *function) {
	b.define(f.name, DefLocal, &f.loc)
	b.exprs(f.args.Defaults)
	b.optionals(f.args.KwDefaults)
	late := !b.has(pyver.DecoratesFirst)
	if !late {
		b.exprs(f.decorators)
	}
	var typeParams *Scope
	if len(f.typeParams) > 0 {
		typeParams = b.enterTypeParams(f.name, f.loc)
		// Faithful: the parser never leaves out the list of defaults, so that
		// the parameter for them is there even if there are none.
		b.define(b.known.dotDefaults, DefParam, &f.loc)
		if hasAny(f.args.KwDefaults) {
			b.define(b.known.dotKwDefaults, DefParam, &f.loc)
		}
		b.typeParams(f.typeParams)
	}
	s := b.newScope(f.name, Function, f.loc)
	*f.scope = s.number
	s.TypeParams = typeParams
	_, documented := ast.Docstring(f.body)
	s.set(hasDocstring, documented)
	s.Signature = b.signature(f)
	if late {
		b.exprs(f.decorators)
	}
	b.enter(s)
	s.set(coroutine, f.isAsync)
	b.params(f.args)
	b.statements(f.body)
	b.exit()
	if typeParams != nil {
		b.exit()
	}
}

func hasAny(list []ast.Expr) bool {
	for _, e := range list {
		if e != nil {
			return true
		}
	}
	return false
}

// lambda visits a lambda.
func (b *Builder) lambda(e *ast.Lambda) {
	b.checkAnnotationScope(e.Loc, "lambda")
	b.exprs(e.Args.Defaults)
	b.optionals(e.Args.KwDefaults)
	e.Scope = b.enterNew(b.known.lambda, Function, e.Loc).number
	b.params(e.Args)
	b.expr(e.Body)
	b.exit()
}

// checkAnnotationScope refuses functions in an annotation scope of a class, in
// the version that cannot compile them. gh-109118.
func (b *Builder) checkAnnotationScope(loc source.Span, what string) {
	if b.cur.has(canSeeClassScope) && b.has(pyver.RefusesFunctionsInAnnotationScopes) {
		b.fail(loc, "Cannot use "+what+" in annotation scope within class scope")
	}
}

// params defines the parameters of a function.
// CPython: symtable.c, symtable_visit_arguments.
func (b *Builder) params(a *ast.Arguments) {
	b.paramList(a.PosOnly)
	b.paramList(a.Args)
	b.paramList(a.KwOnly)
	if a.Vararg != nil {
		b.define(a.Vararg.Name, DefParam, &a.Vararg.Loc)
		b.cur.set(varargs, true)
	}
	if a.Kwarg != nil {
		b.define(a.Kwarg.Name, DefParam, &a.Kwarg.Loc)
		b.cur.set(varkeywords, true)
	}
}

func (b *Builder) paramList(list []*ast.Arg) {
	for _, p := range list {
		b.define(p.Name, DefParam, &p.Loc)
	}
}

// classDef visits a class definition.
func (b *Builder) classDef(s *ast.ClassDef) {
	b.define(s.Name, DefLocal, &s.Loc)
	late := !b.has(pyver.DecoratesFirst)
	if !late {
		b.exprs(s.Decorators)
	}
	outerClass := b.class
	var typeParams *Scope
	if len(s.TypeParams) > 0 {
		typeParams = b.enterTypeParams(s.Name, s.Loc)
		for _, name := range [...]names.ID{b.known.dotTypeParams, b.known.dotGenericBase} {
			b.define(name, DefLocal, &s.Loc)
			b.define(name, Use, &s.Loc)
		}
		b.class = s.Name
		b.cur.mangled = &mangledSet{}
		b.typeParams(s.TypeParams)
	}
	b.exprs(s.Bases)
	b.keywords(s.Keywords)
	if late {
		b.exprs(s.Decorators)
	}
	c := b.enterNew(s.Name, Class, s.Loc)
	s.Scope = c.number
	c.TypeParams = typeParams
	b.class = s.Name
	if typeParams != nil {
		b.define(b.known.typeParams, DefLocal, &s.Loc)
		b.define(b.known.dotTypeParams, Use, &s.Loc)
	}
	_, documented := ast.Docstring(s.Body)
	c.set(hasDocstring, documented)
	b.statements(s.Body)
	b.exit()
	if typeParams != nil {
		b.exit()
	}
	b.class = outerClass
}
