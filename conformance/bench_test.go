//go:build unix

package conformance

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// BenchmarkCompile compiles an interpreter's standard library without its tests,
// from the bytes of sources to those of code objects, natively and with the
// interpreter (compile and marshal.dumps), on one core each.
func BenchmarkCompile(b *testing.B) {
	native := new(compiler.Native)
	for _, v := range pyver.All() {
		if !native.Covers(v) {
			continue
		}
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
				paths, texts, size = append(paths, path), append(texts, text), size+len(text)
			}
			race(b, newOracle(b, python), "C", paths, size, func() {
				for _, text := range texts {
					_, err := native.Compile(context.Background(), text, compiler.Options{Version: v, Filename: "x.py"})
					var refused *compiler.SyntaxError
					if err != nil && !errors.As(err, &refused) {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
