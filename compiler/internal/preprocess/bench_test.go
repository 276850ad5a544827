package preprocess_test

import (
	"os"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/compiler/internal/preprocess"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// maxBytes bounds how much of a standard library is measured.
const maxBytes = 4 << 20

// BenchmarkRun preprocesses the trees of an interpreter's standard library. All
// but the first run find little to change: what it measures is the visit.
func BenchmarkRun(b *testing.B) {
	for _, v := range pyver.All() {
		b.Run(v.String(), func(b *testing.B) {
			var trees []parser.Tree
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
				trees, size = append(trees, tree), size+len(text)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, t := range trees {
					if _, err := preprocess.Run(t.Module, t.Arena, preprocess.Options{Version: v, Places: t.Places}); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
