package symtable

import (
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

// A mangledSet holds the names that the scopes around a generic class mangle:
// its type parameters.
type mangledSet struct{ ids []names.ID }

func (m *mangledSet) has(name names.ID) bool { return slices.Contains(m.ids, name) }

func (m *mangledSet) add(name names.ID) {
	if !m.has(name) {
		m.ids = append(m.ids, name)
	}
}

// mangle returns the name that a private name has within a class.
// CPython: symtable.c, _Py_Mangle.
func mangle(t *names.Table, class, name names.ID) names.ID {
	if class == names.None || !t.Private(name) {
		return name
	}
	text := t.Text(name)
	if strings.Contains(text, ".") {
		return name
	}
	stripped := strings.TrimLeft(t.Text(class), "_")
	if stripped == "" {
		return name
	}
	return t.Intern("_" + stripped + text)
}
