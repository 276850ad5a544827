package pyc_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// benchVersion is the version whose files are read and written.
const benchVersion = pyver.V314

// smallFiles are goldens of ordinary code, without the ones that are all
// constants of one kind.
var smallFiles = []string{
	"classes.pyc", "closures.pyc", "docstrings.pyc", "exceptions.pyc", "functions.pyc", "generators.pyc", "typeparameters.pyc",
}

// largeFiles are in the standard library.
var largeFiles = []string{"argparse.py", "inspect.py", "typing.py"}

// benchmarkFiles runs f with small files of one KB and with large ones of
// about 100 KB, which need an interpreter.
func benchmarkFiles(b *testing.B, f func(b *testing.B, codes [][]byte)) {
	b.Run("small", func(b *testing.B) {
		files := goldenFiles(b, benchVersion)
		var codes [][]byte
		for _, name := range smallFiles {
			codes = append(codes, files[name][pyc.HeaderSize:])
		}
		f(b, codes)
	})
	b.Run("large", func(b *testing.B) {
		python, out := testpython.Get(b, benchVersion), b.TempDir()
		compileTree(b, python, testpython.Stdlib(b, python), out, largeFiles)
		var codes [][]byte
		for _, name := range largeFiles {
			data, err := os.ReadFile(filepath.Join(out, name+"c"))
			if err != nil {
				b.Fatal(err)
			}
			codes = append(codes, data[pyc.HeaderSize:])
		}
		f(b, codes)
	})
}

// setBytes tells the benchmark how many bytes a round takes.
func setBytes(b *testing.B, codes [][]byte) {
	size := 0
	for _, data := range codes {
		size += len(data)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
}

func BenchmarkRead(b *testing.B) {
	benchmarkFiles(b, func(b *testing.B, codes [][]byte) {
		setBytes(b, codes)
		for b.Loop() {
			for _, data := range codes {
				if _, err := pyc.Read(data, benchVersion); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	benchmarkFiles(b, func(b *testing.B, codes [][]byte) {
		var parsed []*pyc.Code
		for _, data := range codes {
			c, err := pyc.Read(data, benchVersion)
			if err != nil {
				b.Fatal(err)
			}
			parsed = append(parsed, c)
		}
		w := pyc.NewWriter(benchVersion)
		var buf []byte
		setBytes(b, codes)
		for b.Loop() {
			for _, c := range parsed {
				var err error
				if buf, err = w.Append(buf[:0], c); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
