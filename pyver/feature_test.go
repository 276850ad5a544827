package pyver_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// features returns the names of the constants of type Feature.
func features(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "feature.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, decl := range file.Decls {
		constants, ok := decl.(*ast.GenDecl)
		if !ok || constants.Tok != token.CONST {
			continue
		}
		for _, spec := range constants.Specs {
			if name := spec.(*ast.ValueSpec).Names[0]; name.IsExported() {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

// TestEveryFeatureIsUsed finds features that nothing outside this package asks
// for: dead rows of the table.
func TestEveryFeatureIsUsed(t *testing.T) {
	var source strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "pyver" || d.Name() == ".git" || strings.HasPrefix(d.Name(), "bazel-")) {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		source.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	names := features(t)
	if len(names) == 0 {
		t.Fatal("feature.go declares no features")
	}
	for _, name := range names {
		// The character after the name keeps one that it begins from counting.
		if text := source.String(); !strings.Contains(text, "pyver."+name+")") && !strings.Contains(text, "pyver."+name+",") {
			t.Errorf("nothing asks for pyver.%s", name)
		}
	}
}

// TestEveryFeatureDistinguishes finds features that all versions have, or none.
func TestEveryFeatureDistinguishes(t *testing.T) {
	for i, name := range features(t) {
		with := 0
		for _, v := range pyver.All() {
			if v.Has(pyver.Feature(i)) {
				with++
			}
		}
		if with == 0 || with == len(pyver.All()) {
			t.Errorf("%s: %d of %d versions have it", name, with, len(pyver.All()))
		}
	}
}
