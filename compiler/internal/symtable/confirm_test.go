package symtable_test

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed testdata/oracle.py
var oracleScript string

// maxShown bounds how many files that differ are described.
const maxShown = 10

// notParsed is the dump of a source that the parser refuses.
const notParsed = "!parser"

// A dumper dumps the symbol tables of sources of one version.
type dumper struct {
	parser  *parser.Parser
	builder *symtable.Builder
	version pyver.Version
}

func newDumper(v pyver.Version) *dumper {
	return &dumper{parser.New(v), symtable.New(v), v}
}

// dump returns the table of a source as text, or "!" and the error.
func (d *dumper) dump(src []byte) string {
	f, err := source.Decode("x.py", src, pyver.Default)
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
	table, err := d.builder.Build(f, tree.Module, tree.Names, future)
	if err != nil {
		return describe(err)
	}
	return strings.TrimSuffix(string(table.Dump(nil)), "\n")
}

// describe returns an error in the form that the oracle gives it.
func describe(err error) string {
	var e *diag.Error
	if !errors.As(err, &e) {
		return "!" + err.Error()
	}
	at := ""
	if e.Class == diag.SyntaxError {
		end := "None"
		if e.EndOffset > 0 {
			end = strconv.Itoa(e.EndOffset)
		}
		at = fmt.Sprintf(" %d,%d-%d,%s", e.Line, e.Offset, e.EndLine, end)
	}
	return "!" + string(e.Class) + ": " + e.Msg + at
}

// TestConfirm compares the symbol tables of an interpreter's standard library,
// its tests included, with the interpreter's own.
func TestConfirm(t *testing.T) {
	if testing.Short() {
		t.Skip("reads whole standard libraries")
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		oracle, ours := testpython.Start(t, python, oracleScript), newDumper(v)
		var equal, refused, shown int
		files := testpython.Sources(t, testpython.Stdlib(t, python))
		for _, path := range files {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got, want := ours.dump(src), oracle.Ask(t, path)
			switch {
			case got == want:
				equal++
			case got == notParsed && strings.HasPrefix(want, "!"):
				refused++
			default:
				if shown++; shown <= maxShown {
					t.Errorf("%s:\n%s", path, testpython.Difference(got, want))
				}
			}
		}
		t.Logf("%d files: %d equal, %d refused by both parsers, %d different", len(files), equal, refused, shown)
		if equal == 0 {
			t.Error("no file was compared")
		}
	})
}
