//go:build unix

package conformance

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/pygen"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestHostileWork compiles n and 4n of something, and compares what each
// allocates, and with PYC_HOSTILE=large how long the processors work as well.
// What is linear takes four times as much, and what is quadratic sixteen times.
func TestHostileWork(t *testing.T) {
	n, most := 1500, 7.0
	if hostileIsLarge() {
		n = 50_000
	}
	for _, h := range append(pygen.Wide(), pygen.Deep()...) {
		if h.Blocks {
			continue // they may not be deep
		}
		small, smallTime := hostileWork(t, h.Source(n))
		large, largeTime := hostileWork(t, h.Source(4*n))
		if ratio := float64(large) / float64(small); ratio > most {
			t.Errorf("%d and %d %s allocate %d and %d bytes, %.1f times as many", n, 4*n, h.Name, small, large, ratio)
		}
		if !hostileIsLarge() {
			continue
		}
		ratio := largeTime.Seconds() / smallTime.Seconds()
		t.Logf("%d and %d %s: %v and %v of CPU time", n, 4*n, h.Name, smallTime, largeTime)
		if ratio > 2*most && largeTime.Seconds() > 1 {
			t.Errorf("%d %s take %.1f times as long as %d", 4*n, h.Name, ratio, n)
		}
	}
}

// hostileWork compiles a source with no memory from before, and returns how many
// bytes that allocates and the CPU time that it takes.
func hostileWork(t *testing.T, source string) (allocated uint64, cpu time.Duration) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := cpuTime(t)
	// A source that is refused has been worked on as well.
	_, err := new(compiler.Native).Compile(context.Background(), []byte(source), compiler.Options{Version: pyver.Default, Filename: "x.py"})
	cpu = cpuTime(t) - start
	runtime.ReadMemStats(&after)
	var refused *compiler.SyntaxError
	if err != nil && !errors.As(err, &refused) {
		t.Error(err)
	}
	return after.TotalAlloc - before.TotalAlloc, cpu
}
