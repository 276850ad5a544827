//go:build unix

package conformance

import (
	"os"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// BenchmarkParse parses an interpreter's standard library with the native
// parser and with the interpreter, and reports the speed of both by CPU time, the
// garbage collector's included.
func BenchmarkParse(b *testing.B) {
	for _, v := range pyver.All() {
		b.Run(v.String(), func(b *testing.B) {
			python := testpython.Get(b, v)
			var paths []string
			var texts [][]byte
			size := 0
			for _, path := range sources(b, testpython.Stdlib(b, python)) {
				if strings.Contains(path, "/test/") {
					continue
				}
				text, err := os.ReadFile(path)
				if err != nil {
					b.Fatal(err)
				}
				if err := compiler.NewParsing(v).Parse(text); err != nil {
					continue // the standard library holds invalid files too
				}
				paths, texts, size = append(paths, path), append(texts, text), size+len(text)
			}
			p := compiler.NewParsing(v)
			race(b, newOracle(b, python), "T", paths, size, func() {
				for _, text := range texts {
					if err := p.Parse(text); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
