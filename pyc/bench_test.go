package pyc_test

import (
	"testing"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// benchFiles are goldens of ordinary code, without the ones that are all
// constants of one kind.
var benchFiles = []string{
	"classes.pyc", "closures.pyc", "docstrings.pyc", "exceptions.pyc", "functions.pyc", "generators.pyc", "typeparameters.pyc",
}

func BenchmarkRead(b *testing.B) {
	files := goldenFiles(b, pyver.V314)
	size := 0
	for _, name := range benchFiles {
		size += len(files[name]) - pyc.HeaderSize
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, name := range benchFiles {
			if _, err := pyc.Read(files[name][pyc.HeaderSize:], pyver.V314); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	files := goldenFiles(b, pyver.V314)
	var codes []*pyc.Code
	size := 0
	for _, name := range benchFiles {
		codes = append(codes, parseFile(b, files[name]).Code)
		size += len(files[name]) - pyc.HeaderSize
	}
	w := pyc.NewWriter(pyver.V314)
	var buf []byte
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range codes {
			var err error
			if buf, err = w.Append(buf[:0], c); err != nil {
				b.Fatal(err)
			}
		}
	}
}
