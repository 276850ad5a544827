package conformance

import (
	"context"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/pygen"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestPrograms compares random programs with a fresh interpreter. PYC_PROGRAMS
// is how many, and PYC_SEED the first seed. What differs is shown as the
// smallest part of the program that still does.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles many modules")
	}
	native := new(compiler.Native)
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		if !native.Covers(v) {
			t.Skipf("the native compiler does not compile for %v", v)
		}
		oracle := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}})
		defer oracle.Close()
		n := int64(setting("PYC_PROGRAMS", 400))
		first := int64(setting("PYC_SEED", 1))
		var next, equal, refused, differ atomic.Int64
		var wait sync.WaitGroup
		for range runtime.NumCPU() {
			wait.Go(func() {
				for i := next.Add(1) - 1; i < n; i = next.Add(1) - 1 {
					p := program(uint64(first+i), v)
					msg, isRefused := p.difference(native, oracle)
					switch {
					case msg != "":
						if differ.Add(1) <= maxShown {
							p.minimize(native, oracle)
							msg, _ = p.difference(native, oracle)
							t.Errorf("seed %d, level %d: %s\n%s", first+i, p.opts.Optimize, msg, p.source())
						}
					case isRefused:
						refused.Add(1)
					default:
						equal.Add(1)
					}
				}
			})
		}
		wait.Wait()
		t.Logf("%d programs: %d equal, %d refused by both, %d different", n, equal.Load(), refused.Load(), differ.Load())
		if differ.Load() > 0 || equal.Load() < n/2 {
			t.Errorf("%d programs differ and %d are equal", differ.Load(), equal.Load())
		}
	})
}

// A randomProgram is a program that can be made smaller.
type randomProgram struct {
	lines []string
	opts  compiler.Options
}

func program(seed uint64, v pyver.Version) *randomProgram {
	r := rand.New(rand.NewPCG(seed, 0))
	return &randomProgram{
		lines: strings.SplitAfter(pygen.Program(r, v), "\n"),
		opts:  compiler.Options{Version: v, Filename: "x.py", Optimize: r.IntN(3)},
	}
}

func (p *randomProgram) source() string { return strings.Join(p.lines, "") }

// difference says how the results of two compilers differ, "" if they do not,
// and whether both refuse the program.
func (p *randomProgram) difference(ours, theirs compiler.Compiler) (msg string, refused bool) {
	src := []byte(p.source())
	want, wantErr := theirs.Compile(context.Background(), src, p.opts)
	got, gotErr := ours.Compile(context.Background(), src, p.opts)
	return resultDifference(got, want, gotErr, wantErr, p.opts.Version), wantErr != nil
}

// minimize removes lines for as long as the rest differs and is accepted as it
// was.
func (p *randomProgram) minimize(ours, theirs compiler.Compiler) {
	_, refused := p.difference(ours, theirs)
	for size := len(p.lines) / 2; size > 0; {
		removed := false
		for i := 0; i+size <= len(p.lines); {
			all := p.lines
			p.lines = append(append([]string{}, all[:i]...), all[i+size:]...)
			if msg, r := p.difference(ours, theirs); msg != "" && r == refused {
				removed = true
				continue
			}
			p.lines = all
			i++
		}
		if !removed {
			size /= 2
		}
	}
}
