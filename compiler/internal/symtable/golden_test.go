package symtable_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/golden"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const archives = "testdata/*.txtar"

// TestGolden compares symbol tables with those of real CPythons.
func TestGolden(t *testing.T) {
	golden.Each(t, archives, func(t *testing.T, v pyver.Version, cases []golden.Case) {
		d := newDumper(v)
		for _, c := range cases {
			got := d.dump([]byte(c.Source)) + "\n"
			if got == notParsed+"\n" && strings.HasPrefix(c.Want, "!SyntaxError") {
				continue // the version has no such syntax
			}
			if diff := cmp.Diff(c.Want, got); diff != "" {
				t.Errorf("%s(-want +got)\n%s", c.Source, diff)
			}
		}
	})
}

// TestAnalysisIsLinear builds tables that take minutes if analysis copies sets
// of names for every scope.
func TestAnalysisIsLinear(t *testing.T) {
	const n = 30_000
	for _, test := range []struct{ name, first, line string }{
		{"functions", "def outer():", "  v# = lambda: v#"},
		{"comprehensions", "class A:", "  v# = [[lambda: v# for x in y] for y in z]"},
		{"globals", "if 1:", "  def v#():\n    global w#\n    w# = v#"},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := []byte(test.first + "\n")
			for i := range n {
				src = append(src, strings.ReplaceAll(test.line, "#", strconv.Itoa(i))...)
				src = append(src, '\n')
			}
			if got := newDumper(pyver.V314).dump(src); strings.Count(got, "\n") < n {
				t.Errorf("got %d scopes: %.100s", strings.Count(got, "\n"), got)
			}
		})
	}
}

// FuzzBuild looks for panics, and for tables that depend on what was built
// before.
func FuzzBuild(f *testing.F) {
	for _, s := range golden.Sources(f, archives) {
		f.Add([]byte(s))
	}
	dumpers := map[pyver.Version]*dumper{}
	for _, v := range pyver.All() {
		dumpers[v] = newDumper(v)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, v := range pyver.All() {
			if used, fresh := dumpers[v].dump(src), newDumper(v).dump(src); used != fresh {
				t.Errorf("%v: %s", v, cmp.Diff(fresh, used))
			}
		}
	})
}

// TestDepth builds tables of expressions as deep as may be, and deeper.
func TestDepth(t *testing.T) {
	const refused = "!RecursionError: maximum recursion depth exceeded during compilation"
	for _, v := range pyver.All() {
		sum := func(n int) []byte { return []byte("x" + strings.Repeat("+x", n)) }
		if got := newDumper(v).dump(sum(v.MaxDepth() - 5)); strings.HasPrefix(got, "!") {
			t.Errorf("%v: got %s", v, got)
		}
		if got := newDumper(v).dump(sum(v.MaxDepth() + 5)); got != refused {
			t.Errorf("%v: got %.100s", v, got)
		}
	}
}
