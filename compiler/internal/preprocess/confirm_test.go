package preprocess_test

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/compiler/internal/preprocess"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed testdata/oracle.py
var oracleScript string

const (
	// maxShown bounds how many files that differ are described.
	maxShown = 10
	// notParsed is the dump of a source that the parser refuses.
	notParsed = "!parser"
	levels    = 3
)

// A dumper dumps the preprocessed trees of sources of one version.
type dumper struct {
	parser  *parser.Parser
	version pyver.Version
}

// dump returns a tree and the warnings as text, or "!" and the error.
func (d *dumper) dump(src []byte, level int) string {
	f, err := source.Decode("x.py", src, d.version)
	if err != nil {
		return notParsed
	}
	tree, err := d.parser.Parse(f)
	if err != nil {
		return notParsed
	}
	future, err := symtable.Futures(f, tree.Module, tree.Names, d.version)
	if err != nil {
		return describe(err)
	}
	opts := preprocess.Options{Version: d.version, Optimize: level, TextAnnotations: future.Annotations(), Places: tree.Places}
	warnings, err := preprocess.Run(tree.Module, tree.Arena, opts)
	if err != nil {
		return describe(err)
	}
	out := ast.Dump(nil, tree.Module, tree.Names, d.version)
	for _, w := range warnings {
		if level > 0 {
			break // the oracle leaves them out
		}
		out = fmt.Appendf(out, "\n%d %s %s", w.Line, w.Class, w.Msg)
	}
	return string(out)
}

func describe(err error) string {
	var e *diag.Error
	if !errors.As(err, &e) {
		return "!" + err.Error()
	}
	return "!" + string(e.Class) + ": " + e.Msg
}

const (
	openSet  = "frozenset({"
	closeSet = "})"
)

// withoutSetOrder sorts the characters of all frozensets in a dump, whose order
// is not that of the source.
func withoutSetOrder(dump string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(dump, openSet)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		items, after, _ := strings.Cut(rest, closeSet)
		sorted := []byte(items)
		slices.Sort(sorted)
		b.WriteString(openSet + string(sorted) + closeSet)
		dump = after
	}
}

// sampleEvery is how many files there are to one that is compared by default.
const sampleEvery = 15

// TestConfirm compares the trees of an interpreter's standard library, its tests
// included, with those that the interpreter compiles: all of them if
// PYC_TEST_STDLIB is set, which takes minutes.
func TestConfirm(t *testing.T) {
	if testing.Short() {
		t.Skip("reads whole standard libraries")
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		if v < pyver.V313 {
			t.Skip("the interpreter does not show preprocessed trees; bytecode proves them")
		}
		oracle, ours := testpython.Start(t, python, oracleScript), &dumper{parser.New(v), v}
		var equal, refused, shown int
		for _, path := range testpython.Sample(t, testpython.Sources(t, testpython.Stdlib(t, python)), sampleEvery) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for level := range levels {
				got, want := ours.dump(src, level), oracle.Ask(t, fmt.Sprintf("%d %s", level, path))
				switch {
				case got == want, strings.Contains(got, openSet) && withoutSetOrder(got) == withoutSetOrder(want):
					equal++
				case got == notParsed && strings.HasPrefix(want, "!"):
					refused++
				default:
					if shown++; shown <= maxShown {
						t.Errorf("%s, level %d:\n%s", path, level, difference(got, want))
					}
				}
			}
		}
		t.Logf("%d trees equal, %d refused by both parsers, %d different", equal, refused, shown)
		if equal == 0 {
			t.Error("no tree was compared")
		}
	})
}

// difference shows the first place where two long lines differ.
func difference(got, want string) string {
	const before, after = 200, 200
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	start := max(0, i-before)
	return "got  …" + got[start:min(len(got), i+after)] + "\nwant …" + want[start:min(len(want), i+after)]
}
