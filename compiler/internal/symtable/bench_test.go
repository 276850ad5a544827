package symtable_test

import (
	"os"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// maxBytes bounds how much of a standard library is measured.
const maxBytes = 4 << 20

// BenchmarkBuild builds the tables of an interpreter's standard library.
func BenchmarkBuild(b *testing.B) {
	for _, v := range pyver.All() {
		b.Run(v.String(), func(b *testing.B) {
			type parsed struct {
				file   *source.File
				tree   parser.Tree
				future symtable.Future
			}
			var files []parsed
			size := 0
			for _, path := range testpython.Sources(b, testpython.Stdlib(b, testpython.Get(b, v))) {
				if strings.Contains(path, "/test/") || size > maxBytes {
					continue
				}
				text, err := os.ReadFile(path)
				if err != nil {
					b.Fatal(err)
				}
				f, err := source.Decode(path, text, pyver.Default)
				if err != nil {
					b.Fatal(err)
				}
				tree, err := parser.New(v).Parse(f)
				if err != nil {
					b.Fatal(err)
				}
				future, err := symtable.Futures(f, tree.Module, tree.Names, v)
				if err != nil {
					b.Fatal(err)
				}
				files, size = append(files, parsed{f, tree, future}), size+len(text)
			}
			builder := symtable.New(v)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range files {
					if _, err := builder.Build(p.file, p.tree.Module, p.tree.Names, p.future); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
