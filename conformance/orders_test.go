package conformance

import (
	"context"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/golden"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// sampleOf is how many files of a standard library there are to one that is in the
// sample.
const sampleOf = 40

// TestOrders compiles modules in random orders on all cores, with memory that is
// used again, and compares with what a compiler makes that has compiled nothing
// before: the constructs of the goldens, and where there is an interpreter a
// sample of its standard library. PYC_ORDERS is how many orders there are, and
// PYC_ORDERS_FILES=all takes the whole library.
func TestOrders(t *testing.T) {
	native := new(compiler.Native)
	orders := setting("PYC_ORDERS", 20)
	for _, v := range pyver.All() {
		if !native.Covers(v) {
			continue
		}
		t.Run(v.String(), func(t *testing.T) {
			modules := orderedModules(t, v)
			for i := range modules {
				modules[i].want = modules[i].outcome(t, new(compiler.Native), v)
			}
			r := rand.New(rand.NewPCG(1, uint64(v)))
			for range orders {
				r.Shuffle(len(modules), func(i, j int) { modules[i], modules[j] = modules[j], modules[i] })
				compileAll(t, native, modules, v)
			}
			t.Logf("%d modules, %d orders, %d at once", len(modules), orders, runtime.GOMAXPROCS(0))
		})
	}
}

// An orderedModule is a source and the hash of what it is compiled to.
type orderedModule struct {
	name   string
	source []byte
	want   [sha256.Size]byte
}

func orderedModules(t *testing.T, v pyver.Version) []orderedModule {
	var all []orderedModule
	for _, s := range golden.Sources(t, constructs) {
		all = append(all, orderedModule{name: "x.py", source: []byte(s)})
	}
	python, err := testpython.Find(v)
	if err != nil {
		t.Logf("without the standard library: %v", err)
		return all
	}
	every := sampleOf
	if os.Getenv("PYC_ORDERS_FILES") == "all" {
		every = 1
	}
	root := testpython.Stdlib(t, python)
	for i, path := range testpython.Sources(t, root) {
		if i%every != 0 {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, orderedModule{name: name, source: src})
	}
	return all
}

// compileAll compiles modules on all cores, each begun in its turn.
func compileAll(t *testing.T, c compiler.Compiler, modules []orderedModule, v pyver.Version) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(modules)); i = next.Add(1) - 1 {
				if m := &modules[i]; m.outcome(t, c, v) != m.want {
					t.Errorf("%s differs from what is compiled first\n%.300s", m.name, m.source)
				}
			}
		})
	}
	wait.Wait()
}

// outcome returns the hash of the code and the warnings, or of the error.
func (m *orderedModule) outcome(t *testing.T, c compiler.Compiler, v pyver.Version) [sha256.Size]byte {
	r, err := c.Compile(context.Background(), m.source, compiler.Options{Version: v, Filename: m.name})
	var refused *compiler.SyntaxError
	switch {
	case errors.As(err, &refused):
		return sha256.Sum256([]byte(refused.Error()))
	case err != nil:
		t.Errorf("%s: %v", m.name, err)
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(append(r.Code, warningText(r)...))
}
