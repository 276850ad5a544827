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
// from the bytes of sources to those of code objects, on one core.
func BenchmarkCompile(b *testing.B) {
	native := new(compiler.Native)
	for _, v := range pyver.All() {
		if !native.Covers(v) {
			continue
		}
		b.Run(v.String(), func(b *testing.B) {
			var texts [][]byte
			size := 0
			for _, path := range sources(b, testpython.Stdlib(b, testpython.Get(b, v))) {
				if strings.Contains(path, "/test/") {
					continue
				}
				text, err := os.ReadFile(path)
				if err != nil {
					b.Fatal(err)
				}
				texts, size = append(texts, text), size+len(text)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, text := range texts {
					_, err := native.Compile(context.Background(), text, compiler.Options{Version: v, Filename: "x.py"})
					var refused *compiler.SyntaxError
					if err != nil && !errors.As(err, &refused) {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
