package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Builder builds tables for one version. It reuses its memory: a Table is
// valid until the next Build.
type Builder struct {
	version pyver.Version
	does    behaviour
	table   Table
	known   known

	file  *source.File
	names *names.Table
	cur   *Scope
	class names.ID // the class whose private names are mangled
	depth int      // levels of nodes around the current one

	seen     []sighting // by names.ID
	analysis analysis
	spliced  []*Scope // reused by spliceChildren
}

// behaviour holds the version's answers to what the visit asks often.
type behaviour struct {
	defersAnnotations bool // pyver.DefersAnnotations
	checksNames       bool // pyver.ChecksInSymbolTable
	hasTypeParameters bool // pyver.HasTypeParameters
	maxDepth          int
}

// known holds the names that the symbol table itself uses.
type known struct {
	top, lambda, genexpr, listcomp, setcomp, dictcomp names.ID
	annotate, oldAnnotation                           names.ID
	class, classdict, conditional, typeParams         names.ID
	dotZero, dotFormat, dotTypeParams, dotGenericBase names.ID
	dotDefaults, dotKwDefaults                        names.ID
}

// New returns a builder for modules of version v.
func New(v pyver.Version) *Builder {
	return &Builder{
		version: v,
		does: behaviour{
			defersAnnotations: v.Has(pyver.DefersAnnotations),
			checksNames:       v.Has(pyver.ChecksInSymbolTable),
			hasTypeParameters: v.Has(pyver.HasTypeParameters),
			maxDepth:          v.MaxDepth(),
		},
	}
}

// bailout carries an error up to Build.
type bailout struct{ err *diag.Error }

// Build builds the table of a preprocessed module. The file is for the text of
// errors, which are *diag.Error. The names grow by those that are mangled and
// those that CPython adds by itself. CPython: symtable.c, _PySymtable_Build.
func (b *Builder) Build(f *source.File, m *ast.Module, t *names.Table, future Future) (table *Table, err error) {
	b.reset(f, t, future)
	defer func() {
		if r := recover(); r != nil {
			out, ok := r.(bailout)
			if !ok {
				panic(r)
			}
			table, err = nil, out.err
		}
	}()
	b.enter(b.newScope(b.known.top, Module, source.Span{}))
	b.table.Top = b.cur
	_, documented := ast.Docstring(m.Body)
	b.cur.set(hasDocstring, documented)
	b.statements(m.Body)
	b.exit()
	b.analyze()
	return &b.table, nil
}

func (b *Builder) reset(f *source.File, t *names.Table, future Future) {
	b.file, b.names = f, t
	b.cur, b.class, b.depth = nil, names.None, 0
	b.table.reset(t, future)
	b.known = known{
		top: t.Intern("top"), lambda: b.anonymous("<lambda>"), genexpr: b.anonymous("<genexpr>"),
		listcomp: b.anonymous("<listcomp>"), setcomp: b.anonymous("<setcomp>"), dictcomp: b.anonymous("<dictcomp>"),
		annotate: t.Intern("__annotate__"), oldAnnotation: t.Intern("_annotation"),
		class: t.Intern("__class__"), classdict: t.Intern("__classdict__"),
		conditional: t.Intern("__conditional_annotations__"), typeParams: t.Intern("__type_params__"),
		dotZero: t.Intern(".0"), dotFormat: t.Intern(".format"),
		dotTypeParams: t.Intern(".type_params"), dotGenericBase: t.Intern(".generic_base"),
		dotDefaults: t.Intern(".defaults"), dotKwDefaults: t.Intern(".kwdefaults"),
	}
	b.resetSeen()
}

// anonymous returns the name of the scopes of a construct that names nothing,
// given that of their code objects.
func (b *Builder) anonymous(name string) names.ID {
	if !b.has(pyver.NamesAnonymousScopes) {
		name = name[1 : len(name)-1]
	}
	return b.names.Intern(name)
}

func (b *Builder) has(f pyver.Feature) bool { return b.version.Has(f) }

// fail gives up with an error about a span.
func (b *Builder) fail(span source.Span, msg string) {
	panic(bailout{diag.AtBytes(b.file, diag.SyntaxError, span, msg)})
}

// descend counts a level of nodes. Its caller goes back with b.depth--.
func (b *Builder) descend() {
	b.depth++
	if b.depth > b.does.maxDepth {
		panic(bailout{&diag.Error{Class: diag.RecursionError, Msg: "maximum recursion depth exceeded during compilation"}})
	}
}

// newScope makes the scope of a block within the current one, which it does not
// enter. CPython: symtable.c, ste_new.
func (b *Builder) newScope(name names.ID, t BlockType, loc source.Span) *Scope {
	s := b.table.scopes.next()
	s.Name, s.Type, s.Loc = name, t, loc
	if b.cur != nil {
		s.set(nested, b.cur.has(nested) || b.cur.IsFunctionLike())
		s.set(method, b.cur.Type == Class && t == Function)
	}
	return s
}

// enter makes a scope the current one, and a child of the one before. An
// annotation that is never evaluated is no child.
// CPython: symtable.c, symtable_enter_existing_block.
func (b *Builder) enter(s *Scope) {
	if outer := b.reenter(s); outer != nil && (s.Type != Annotation || !b.table.Future.Annotations()) {
		outer.Children = append(outer.Children, s)
	}
}

// reenter makes a scope the current one and returns the one before.
func (b *Builder) reenter(s *Scope) *Scope {
	outer := b.cur
	s.outer, b.cur = outer, s
	if outer != nil {
		s.iterExprs = outer.iterExprs
		if s.Type != Class && outer.mangled != nil {
			s.mangled = outer.mangled
		}
	}
	return outer
}

// enterNew makes and enters the scope of a block.
// CPython: symtable.c, symtable_enter_block.
func (b *Builder) enterNew(name names.ID, t BlockType, loc source.Span) *Scope {
	s := b.newScope(name, t, loc)
	b.enter(s)
	if b.does.defersAnnotations && (t == Annotation || t == TypeVariable || t == TypeAlias) {
		b.define(b.known.dotFormat, DefParam, &loc)
		b.define(b.known.dotFormat, Use, &loc)
	}
	return s
}

// exit goes back to the scope around the current one.
func (b *Builder) exit() { b.cur = b.cur.outer }
