package symtable

import (
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

func TestMangle(t *testing.T) {
	var n names.Table
	n.Reset()
	table := Table{names: &n}
	for _, test := range []struct{ class, name, want string }{
		{"A", "__x", "_A__x"},
		{"__A", "__x", "_A__x"},
		{"A", "__x__", "__x__"},
		{"A", "_x", "_x"},
		{"A", "x", "x"},
		{"A", "__", "__"},
		{"A", "__x.y", "__x.y"},
		{"__", "__x", "__x"},
		{"", "__x", "__x"},
		{"Ä", "__é", "_Ä__é"},
	} {
		class := names.None
		if test.class != "" {
			class = n.Intern(test.class)
		}
		if got := n.Text(table.MangleName(class, n.Intern(test.name))); got != test.want {
			t.Errorf("%s in %s: got %s, want %s", test.name, test.class, got, test.want)
		}
	}
}
