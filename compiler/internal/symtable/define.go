package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A directive is a name of a global or nonlocal statement, or of an assignment
// expression that works like one.
type directive struct {
	name names.ID // mangled
	loc  source.Span
}

// mangle returns the name that a scope knows a name of the source by.
// CPython: symtable.c, _Py_MaybeMangle.
func (b *Builder) mangle(s *Scope, name names.ID) names.ID {
	if b.mangles(name) {
		return b.table.Mangle(b.class, s, name)
	}
	return name
}

// mangles reports whether scopes may know a name of the source by another one.
func (b *Builder) mangles(name names.ID) bool {
	return b.class != names.None && b.names.Private(name)
}

// define notes in the current scope how a name is used.
// CPython: symtable.c, symtable_add_def.
func (b *Builder) define(name names.ID, flags Flags, loc *source.Span) {
	if flags&DefBound != 0 {
		b.checkName(name, loc, ast.Store)
	}
	if flags&DefTypeParam != 0 && b.cur.mangled != nil {
		b.cur.mangled.add(name)
	}
	b.defineIn(b.cur, name, flags, loc)
}

// defineIn notes in some scope how a name is used.
// CPython: symtable.c, symtable_add_def_helper.
func (b *Builder) defineIn(s *Scope, name names.ID, flags Flags, loc *source.Span) {
	mangled := name
	if b.mangles(name) {
		mangled = b.table.Mangle(b.class, b.cur, name)
	}
	i, old := b.find(s, mangled), Flags(0)
	if i >= 0 {
		old = s.symbols[i].Flags
		if flags&old&(DefParam|DefTypeParam) != 0 {
			b.failDuplicate(name, flags&old, loc)
		}
	}
	if s.has(compIterTarget) {
		if (old|flags)&(DefGlobal|DefNonlocal) != 0 {
			b.fail(*loc, "comprehension inner loop cannot rebind assignment expression target '"+b.names.Text(name)+"'")
		}
		flags |= DefCompIter
	}
	if i >= 0 {
		s.symbols[i].Flags = old | flags
	} else {
		i = len(s.symbols)
		s.add(mangled, flags)
	}
	if s == b.cur {
		b.seen[mangled] = sighting{s.number, int32(i)}
	}
	if flags&(DefParam|DefGlobal) != 0 {
		b.defineFurther(s, mangled, flags)
	}
}

// defineFurther notes that a name is a parameter, or one of the module.
func (b *Builder) defineFurther(s *Scope, mangled names.ID, flags Flags) {
	if flags&DefParam != 0 {
		s.VarNames = append(s.VarNames, mangled)
		return
	}
	top := b.table.Top
	if i := top.index(mangled); i >= 0 {
		top.symbols[i].Flags |= flags
	} else {
		top.add(mangled, flags)
	}
}

// failDuplicate refuses a second parameter or type parameter of a name.
func (b *Builder) failDuplicate(name names.ID, flags Flags, loc *source.Span) {
	word := "argument"
	switch {
	case flags&DefParam == 0:
		b.fail(*loc, "duplicate type parameter '"+b.names.Text(name)+"'")
	case b.has(pyver.CallsParametersParameters):
		word = "parameter"
	}
	b.fail(*loc, "duplicate "+word+" '"+b.names.Text(name)+"' in function definition")
}

// lookup returns how the current scope uses a name of the source.
func (b *Builder) lookup(name names.ID) Flags { return b.cur.Lookup(b.mangle(b.cur, name)) }

// checkName refuses to change __debug__. CPython: symtable.c, check_name.
func (b *Builder) checkName(name names.ID, loc *source.Span, ctx ast.Context) {
	if name == names.Debug {
		b.checkDebug(loc, ctx)
	}
}

func (b *Builder) checkDebug(loc *source.Span, ctx ast.Context) {
	if !b.does.checksNames {
		return
	}
	switch ctx {
	case ast.Store:
		b.fail(*loc, "cannot assign to __debug__")
	case ast.Del:
		b.fail(*loc, "cannot delete __debug__")
	case ast.Load:
	}
}

// checkKeywords refuses keywords that assign to __debug__.
// CPython: symtable.c, check_keywords.
func (b *Builder) checkKeywords(keywords []*ast.Keyword) {
	for _, k := range keywords {
		b.checkName(k.Name, &k.Loc, ast.Store)
	}
}

// recordDirective remembers where a name is declared, for errors that the
// analysis finds. CPython: symtable.c, symtable_record_directive.
func (b *Builder) recordDirective(name names.ID, loc source.Span) {
	b.cur.directives = append(b.cur.directives, directive{b.mangle(b.cur, name), loc})
}

// failAt gives up with an error about the statement that declares a name.
// CPython: symtable.c, error_at_directive.
func (b *Builder) failAt(s *Scope, name names.ID, msg string) {
	for _, d := range s.directives {
		if d.name == name {
			b.fail(d.loc, msg)
		}
	}
	b.fail(s.Loc, msg)
}
