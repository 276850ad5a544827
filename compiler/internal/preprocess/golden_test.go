package preprocess_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/internal/golden"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const archives = "testdata/*.txtar"

// TestGolden compares preprocessed trees with those of real CPythons.
func TestGolden(t *testing.T) {
	golden.Each(t, archives, func(t *testing.T, v pyver.Version, cases []golden.Case) {
		d, level := &dumper{parser.New(v), v}, 0
		if strings.Contains(t.Name(), "_level2/") {
			level = 2
		}
		for _, c := range cases {
			got, want := withoutSetOrder(d.dump([]byte(c.Source), level))+"\n", withoutSetOrder(c.Want)
			if got != want {
				t.Errorf("%s%s", c.Source, cmp.Diff(statements(want), statements(got)))
			}
		}
	})
}

// statements splits a dump for a readable comparison.
func statements(dump string) []string { return strings.SplitAfter(dump, "), ") }

// FuzzRun looks for panics.
func FuzzRun(f *testing.F) {
	for _, s := range golden.Sources(f, archives) {
		f.Add([]byte(s), 0)
		f.Add([]byte(s), 2)
	}
	f.Fuzz(func(_ *testing.T, src []byte, level int) {
		for _, v := range pyver.All() {
			d := &dumper{parser.New(v), v}
			d.dump(src, level)
		}
	})
}

// TestDepth preprocesses an expression that is too deep, where there is
// something to look for in all versions.
func TestDepth(t *testing.T) {
	const refused = "!RecursionError: maximum recursion depth exceeded during compilation"
	for _, v := range pyver.All() {
		d := &dumper{parser.New(v), v}
		if got := d.dump([]byte("'%s' % (x"+strings.Repeat("+x", v.MaxDepth()+5)+",)"), 0); got != refused {
			t.Errorf("%v: got %.100s", v, got)
		}
	}
}
