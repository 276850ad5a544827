package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// enterTypeParams enters the scope of the type parameters of a definition.
// CPython: symtable.c, symtable_enter_type_param_block.
func (b *Builder) enterTypeParams(name names.ID, loc source.Span) *Scope {
	inClass := b.cur.Type == Class
	s := b.enterNew(name, TypeParameters, loc)
	b.seeClass(inClass, loc)
	return s
}

// seeClass lets the current scope see the names of the class around it.
func (b *Builder) seeClass(sees bool, loc source.Span) {
	b.cur.set(canSeeClassScope, sees)
	if sees {
		b.define(b.known.classdict, Use, &loc)
	}
}

// typeAlias visits a type statement.
func (b *Builder) typeAlias(s *ast.TypeAlias) {
	b.expr(s.Name)
	var name names.ID
	if n, ok := s.Name.(*ast.Name); ok {
		name = n.ID
	}
	inClass := b.cur.Type == Class
	var typeParams *Scope
	if len(s.TypeParams) > 0 {
		typeParams = b.enterTypeParams(name, s.Loc)
		b.typeParams(s.TypeParams)
	}
	a := b.enterNew(name, TypeAlias, s.Loc)
	s.Scope = a.number
	a.TypeParams = typeParams
	b.seeClass(inClass, s.Value.Span())
	b.expr(s.Value)
	b.exit()
	if typeParams != nil {
		b.exit()
	}
}

func (b *Builder) typeParams(list []ast.TypeParam) {
	for _, p := range list {
		b.descend()
		b.typeParam(p)
		b.depth--
	}
}

// typeParam visits a type parameter. CPython: symtable.c, symtable_visit_type_param.
func (b *Builder) typeParam(p ast.TypeParam) {
	switch p := p.(type) {
	case *ast.TypeVar:
		b.define(p.Name, DefTypeParam|DefLocal, &p.Loc)
		info := "a TypeVar bound"
		if _, ok := p.Bound.(*ast.Tuple); ok && b.has(pyver.HasTypeParameterDefaults) {
			info = "a TypeVar constraint"
		}
		if s := b.typeVariable(p.Name, p.Bound, p.Loc, info); s != nil {
			p.Scope = s.number
		}
		b.typeDefault(p, p.Name, p.Default, "a TypeVar default")
	case *ast.TypeVarTuple:
		b.define(p.Name, DefTypeParam|DefLocal, &p.Loc)
		b.typeDefault(p, p.Name, p.Default, "a TypeVarTuple default")
	case *ast.ParamSpec:
		b.define(p.Name, DefTypeParam|DefLocal, &p.Loc)
		b.typeDefault(p, p.Name, p.Default, "a ParamSpec default")
	}
}

func (b *Builder) typeDefault(p ast.TypeParam, name names.ID, e ast.Expr, info string) {
	if s := b.typeVariable(name, e, p.Span(), info); s != nil {
		b.table.defaults[p] = s
	}
}

// typeVariable visits the bound or default of a type parameter, if there is
// one. CPython: symtable.c, symtable_visit_type_param_bound_or_default.
func (b *Builder) typeVariable(name names.ID, e ast.Expr, loc source.Span, info string) *Scope {
	modern := b.has(pyver.HasTypeParameterDefaults)
	if modern && name == b.known.classdict {
		b.fail(loc, "reserved name '__classdict__' cannot be used for type parameter")
	}
	if e == nil {
		return nil
	}
	inClass := b.cur.has(canSeeClassScope)
	if modern {
		loc = e.Span()
	}
	s := b.enterNew(name, TypeVariable, loc)
	b.seeClass(inClass, e.Span())
	s.info = info
	b.expr(e)
	b.exit()
	return s
}
