package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

// A Table holds the scopes of a module.
type Table struct {
	// Top is the scope of the module itself.
	Top *Scope
	// Future is what the module's future statements ask for.
	Future Future

	names    *names.Table
	scopes   scopeSlab
	defaults map[ast.TypeParam]*Scope
}

func (t *Table) reset(n *names.Table, future Future) {
	t.names, t.Future, t.Top = n, future, nil
	t.scopes.reset()
	if t.defaults == nil {
		t.defaults = map[ast.TypeParam]*Scope{}
	}
	clear(t.defaults)
}

// Lookup returns the scope of a node: of a FunctionDef, AsyncFunctionDef,
// ClassDef, Lambda, ListComp, SetComp, DictComp, GeneratorExp or TypeAlias.
// For a TypeVar it is the scope of the bound. It is nil if the node has none.
// CPython: symtable.c, _PySymtable_Lookup.
func (t *Table) Lookup(n ast.Node) *Scope {
	var number int32
	switch n := n.(type) {
	case *ast.FunctionDef:
		number = n.Scope
	case *ast.AsyncFunctionDef:
		number = n.Scope
	case *ast.ClassDef:
		number = n.Scope
	case *ast.Lambda:
		number = n.Scope
	case *ast.ListComp:
		number = n.Scope
	case *ast.SetComp:
		number = n.Scope
	case *ast.DictComp:
		number = n.Scope
	case *ast.GeneratorExp:
		number = n.Scope
	case *ast.TypeAlias:
		number = n.Scope
	case *ast.TypeVar:
		number = n.Scope
	}
	if number == 0 {
		return nil
	}
	return t.scopes.at(number)
}

// Default returns the scope of a type parameter's default, nil if it has none.
func (t *Table) Default(p ast.TypeParam) *Scope { return t.defaults[p] }

// Mangle returns the name under which a scope knows a name of the source:
// __private becomes _Class__private within a class. The class is names.None
// outside of classes. CPython: symtable.c, _Py_MaybeMangle.
func (t *Table) Mangle(class names.ID, s *Scope, name names.ID) names.ID {
	if class == names.None || !t.names.Private(name) || s.mangled != nil && !s.mangled.has(name) {
		return name
	}
	return t.MangleName(class, name)
}

// MangleName is Mangle for names that every scope mangles.
// CPython: symtable.c, _Py_Mangle.
func (t *Table) MangleName(class, name names.ID) names.ID { return mangle(t.names, class, name) }
