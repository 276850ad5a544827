package conformance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/pygen"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// hostileVariable, if it is "large", makes the hostile sources large: 100,000
// functions, a million elements, a source of 50 MB.
const hostileVariable = "PYC_HOSTILE"

func hostileIsLarge() bool { return os.Getenv(hostileVariable) == "large" }

// A hostileSource is a source that has too much of something.
type hostileSource struct {
	name   string
	source string
}

// hostileSources returns sources on both sides of the limits of CPython's
// compiler: 20 blocks, 100 levels of indentation, 255 of anything that an operand
// counts.
func hostileSources() []hostileSource {
	var all []hostileSource
	add := func(h pygen.Hostile, sizes ...int) {
		for _, n := range sizes {
			all = append(all, hostileSource{fmt.Sprintf("%d %s", n, h.Name), h.Source(n)})
		}
	}
	for _, h := range pygen.Deep() {
		add(h, 0, 1, 2, 19, 20, 21, 22)
		if h.Blocks {
			add(h, 98, 99, 100, 101)
		}
		if h.Name == "f-strings" {
			add(h, 148, 149, 150, 151)
		}
	}
	for _, h := range pygen.Wide() {
		add(h, 0, 1, 2, 29, 30, 31, 255, 256, 257, 1500)
		if hostileIsLarge() {
			add(h, 100_000)
		}
	}
	if hostileIsLarge() {
		add(pygen.Wide()[0], 1_000_000)
		all = append(all, hostileSource{"50 MB", strings.Repeat("def f(a, b):\n    return a + b * 2 if a else [b, 'text']\n", 1_000_000)})
	}
	return all
}

// TestDeep compiles what is nested so deep that what CPython says depends on the
// size of its stack, or that it takes exponential time. It has to give a result
// or an error of the source.
func TestDeep(t *testing.T) {
	native := new(compiler.Native)
	for _, v := range pyver.All() {
		if !native.Covers(v) {
			continue
		}
		for _, h := range pygen.Deep() {
			sizes := []int{60, 150, 199, 200, 201, 1000, 20_000, 100_000}
			if h.Blocks {
				sizes = []int{60, 150, 1000}
			}
			for _, n := range sizes {
				_, err := native.Compile(context.Background(), []byte(h.Source(n)), compiler.Options{Version: v, Filename: "x.py"})
				var refused *compiler.SyntaxError
				if err != nil && !errors.As(err, &refused) {
					t.Errorf("%v: %d %s: %.300s", v, n, h.Name, err)
				}
			}
		}
	}
}

// TestHostile compares what becomes of hostile sources with an interpreter: the
// same bytes or the same error.
func TestHostile(t *testing.T) {
	native := new(compiler.Native)
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		if !native.Covers(v) {
			t.Skipf("the native compiler does not compile for %v", v)
		}
		oracle := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}, Timeout: 5 * time.Minute})
		defer oracle.Close()
		sources := make(chan hostileSource)
		var wait sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			wait.Go(func() {
				for s := range sources {
					compareHostile(t, native, oracle, s, v)
				}
			})
		}
		all := hostileSources()
		for _, s := range all {
			sources <- s
		}
		close(sources)
		wait.Wait()
		t.Logf("%d sources", len(all))
	})
}

func compareHostile(t *testing.T, ours, theirs compiler.Compiler, s hostileSource, v pyver.Version) {
	opts := compiler.Options{Version: v, Filename: "x.py"}
	want, wantErr := theirs.Compile(context.Background(), []byte(s.source), opts)
	got, gotErr := ours.Compile(context.Background(), []byte(s.source), opts)
	if msg := resultDifference(got, want, gotErr, wantErr, v); msg != "" {
		t.Errorf("%s: %.2000s", s.name, msg)
	}
}
