package unparse_test

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unparse"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed testdata/oracle.py
var oracleScript string

// maxShown bounds how many expressions that differ are described.
const maxShown = 10

// rewrite parses an expression and returns its text.
func rewrite(p *parser.Parser, v pyver.Version, expr string) (string, error) {
	f, err := source.Decode("x.py", []byte("x: ("+expr+")\n"), pyver.Default)
	if err != nil {
		return "", err
	}
	tree, err := p.Parse(f)
	if err != nil {
		return "", err
	}
	e := tree.Module.Body[0].(*ast.AnnAssign).Annotation
	text, err := unparse.Append(nil, e, tree.Names, v)
	return string(text), err
}

// sampleEvery is how many files there are to one that is compared by default.
const sampleEvery = 15

// TestConfirm compares the text of all expressions of an interpreter's standard
// library, its tests included, with what the interpreter makes of them: in all
// files if PYC_TEST_STDLIB is set, which takes minutes.
func TestConfirm(t *testing.T) {
	if testing.Short() {
		t.Skip("reads whole standard libraries")
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		oracle, p := testpython.Start(t, python, oracleScript), parser.New(v)
		var equal, shown int
		for _, path := range testpython.Sample(t, testpython.Sources(t, testpython.Stdlib(t, python)), sampleEvery) {
			var pairs [][2]string
			if err := json.Unmarshal([]byte(oracle.Ask(t, path)), &pairs); err != nil {
				t.Fatal(err)
			}
			for _, pair := range pairs {
				got, err := rewrite(p, v, pair[0])
				if err == nil && got == pair[1] {
					equal++
					continue
				}
				if shown++; shown <= maxShown {
					t.Errorf("%s: %s\ngot  %s %v\nwant %s", path, pair[0], got, err, pair[1])
				}
			}
		}
		t.Logf("%d expressions equal, %d different", equal, shown)
		if equal == 0 {
			t.Error("no expression was compared")
		}
	})
}
