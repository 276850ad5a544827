//go:build unix

package conformance

import (
	"strconv"
	"syscall"
	"testing"
	"time"
)

// race measures how much CPU time our function and an interpreter take for the
// same files of some bytes together, and reports the speed of both. Ours has the
// garbage collector's time in it. Each round is one of ours after one of theirs,
// so that both find the machine in the same state.
func race(b *testing.B, o *oracle, letter string, paths []string, size int, ours func()) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var mine, theirs time.Duration
	for b.Loop() {
		b.StopTimer()
		for _, path := range paths {
			theirs += o.seconds(b, letter, path)
		}
		b.StartTimer()
		start := cpuTime(b)
		ours()
		mine += cpuTime(b) - start
	}
	megabytes := float64(size) / 1e6 * float64(b.N)
	b.ReportMetric(megabytes/mine.Seconds(), "cpu-MB/s")
	b.ReportMetric(megabytes/theirs.Seconds(), "CPython-cpu-MB/s")
	b.ReportMetric(theirs.Seconds()/mine.Seconds(), "times-CPython")
}

// seconds asks the interpreter how much CPU time it takes for a file: T to parse
// it, C to compile it.
func (o *oracle) seconds(b *testing.B, letter, path string) time.Duration {
	b.Helper()
	seconds, err := strconv.ParseFloat(o.ask(b, letter, path), 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(seconds * float64(time.Second))
}

// cpuTime returns the CPU time that this process has used.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
