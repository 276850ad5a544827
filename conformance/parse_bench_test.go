//go:build unix

package conformance

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

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
			theirs := theirTime(b, newOracle(b, python), paths)
			p := compiler.NewParsing(v)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			start := cpuTime(b)
			for b.Loop() {
				for _, text := range texts {
					if err := p.Parse(text); err != nil {
						b.Fatal(err)
					}
				}
			}
			ours := (cpuTime(b) - start) / time.Duration(b.N)
			b.ReportMetric(float64(size)/1e6/ours.Seconds(), "cpu-MB/s")
			b.ReportMetric(float64(size)/1e6/theirs.Seconds(), "CPython-cpu-MB/s")
			b.ReportMetric(float64(theirs)/float64(ours), "times-CPython")
		})
	}
}

// theirTime returns how long an interpreter takes to parse files.
func theirTime(b *testing.B, o *oracle, paths []string) time.Duration {
	b.Helper()
	var total time.Duration
	for _, path := range paths {
		seconds, err := strconv.ParseFloat(o.ask(b, "T", path), 64)
		if err != nil {
			b.Fatal(err)
		}
		total += time.Duration(seconds * float64(time.Second))
	}
	return total
}

// cpuTime returns the CPU time that this process has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
