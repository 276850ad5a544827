package cache_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/cache"
	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// counting is the native compiler, counted.
type counting struct {
	native compiler.Native
	n      atomic.Int32
	gate   chan struct{} // if there is one, compilations wait for it
}

func (c *counting) Compile(ctx context.Context, source []byte, o compiler.Options) (*compiler.Result, error) {
	c.n.Add(1)
	if c.gate != nil {
		select {
		case <-c.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if string(source) == "panic" {
		panic("as asked")
	}
	return c.native.Compile(ctx, source, o)
}

// memory is a store in memory.
type memory struct {
	name string
	mu   sync.Mutex
	all  map[string]*cache.Entry
}

func (m *memory) Name() string { return m.name }

func (m *memory) Get(_ context.Context, k *cache.Key) *cache.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[k.Digest.Hash]
}

func (m *memory) Put(_ context.Context, k *cache.Key, e *cache.Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[k.Digest.Hash] = e
}

func (*memory) Close(context.Context) {}

// only returns the one entry of a store.
func (m *memory) only(t *testing.T) *cache.Entry {
	t.Helper()
	if len(m.all) != 1 {
		t.Fatalf("the store has %d entries, want one", len(m.all))
	}
	for _, e := range m.all {
		return e
	}
	return nil
}

func newMemory(name string) *memory { return &memory{name: name, all: map[string]*cache.Entry{}} }

// A rig is a cache.Compiler with what is around it.
type rig struct {
	*cache.Compiler
	next     *counting
	stats    *cache.Stats
	log      *bytes.Buffer
	identity string
}

func newRig(stores ...cache.Store) *rig {
	r := &rig{next: &counting{}, stats: &cache.Stats{}, log: &bytes.Buffer{}, identity: "test 1"}
	r.Compiler = cache.New(cache.Config{
		Next:     r.next,
		Identity: func(context.Context, pyver.Version) (string, error) { return r.identity, nil },
		Stores:   stores,
		Log:      slog.New(slog.NewTextHandler(r.log, nil)),
		Stats:    r.stats,
	})
	return r
}

var options = compiler.Options{Version: pyver.Default, Filename: "pkg/a.py"}

// warns is a source with a warning.
const warns = "x = 1\nassert (x, 'said')\n"

func (r *rig) compile(t *testing.T, source string, o compiler.Options) *compiler.Result {
	t.Helper()
	result, err := r.Compile(t.Context(), []byte(source), o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestHit(t *testing.T) {
	near, far := newMemory("near"), newMemory("far")
	r := newRig(near, far)
	first := r.compile(t, warns, options)
	if len(first.Warnings) != 1 {
		t.Fatalf("got %d warnings, want one", len(first.Warnings))
	}
	near.all = map[string]*cache.Entry{} // from now on, the far store has it alone
	for range 2 {
		again := r.compile(t, warns, options)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("a hit differs (-compiled +hit):\n%s", diff)
		}
	}
	python := pyver.Default.String()
	want := []cache.Count{
		{Event: cache.Event{Kind: cache.Compiled, Python: python}, N: 1},
		{Event: cache.Event{Store: "far", Kind: cache.Hit, Python: python}, N: 1},
		{Event: cache.Event{Store: "near", Kind: cache.Hit, Python: python}, N: 1},
	}
	if diff := cmp.Diff(want, r.stats.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// TestCountsByVersion compiles one source for two versions.
func TestCountsByVersion(t *testing.T) {
	r := newRig(newMemory("store"))
	for _, v := range []pyver.Version{pyver.V314, pyver.V315, pyver.V314, pyver.V314} {
		r.compile(t, warns, compiler.Options{Version: v, Filename: "a.py"})
	}
	r.compile(t, warns, compiler.Options{Version: pyver.V315, Filename: "\xff.py"})
	want := []cache.Count{
		{Event: cache.Event{Kind: cache.Compiled, Python: "3.14"}, N: 1},
		{Event: cache.Event{Kind: cache.Compiled, Python: "3.15"}, N: 2},
		{Event: cache.Event{Kind: cache.Uncacheable, Python: "3.15"}, N: 1},
		{Event: cache.Event{Store: "store", Kind: cache.Hit, Python: "3.14"}, N: 2},
	}
	if diff := cmp.Diff(want, r.stats.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if n := r.stats.Count("", cache.Compiled); n != 3 {
		t.Errorf("%d compilations with all versions, want 3", n)
	}
}

// TestKeyTellsApart compiles what differs in one thing from what is kept.
func TestKeyTellsApart(t *testing.T) {
	store := newMemory("store")
	r := newRig(store)
	r.compile(t, "x = 1\n", options)
	for _, test := range []struct {
		name   string
		source string
		edit   func(*compiler.Options)
	}{
		{"source", "x = 2\n", func(*compiler.Options) {}},
		{"file name", "x = 1\n", func(o *compiler.Options) { o.Filename = "pkg/b.py" }},
		{"level", "x = 1\n", func(o *compiler.Options) { o.Optimize = 1 }},
	} {
		o := options
		test.edit(&o)
		before := r.next.n.Load()
		r.compile(t, test.source, o)
		if r.next.n.Load() == before {
			t.Errorf("another %s was taken for the same", test.name)
		}
	}
	other := newRig(store)
	other.identity = "test 2"
	other.compile(t, "x = 1\n", options)
	if other.next.n.Load() != 1 {
		t.Error("what another compiler made was taken")
	}
}

func TestSyntaxErrorsAreNotKept(t *testing.T) {
	store := newMemory("store")
	r := newRig(store)
	for range 2 {
		if _, err := r.Compile(t.Context(), []byte("x = = 1\n"), options); !errors.As(err, new(*compiler.SyntaxError)) {
			t.Errorf("got %v, want a SyntaxError", err)
		}
	}
	if len(store.all) != 0 || r.next.n.Load() != 2 {
		t.Errorf("%d entries after %d compilations, want none after 2", len(store.all), r.next.n.Load())
	}
}

// TestDamage changes an entry in every way in which a store could have it
// damaged without noticing.
func TestDamage(t *testing.T) {
	other := newMemory("other")
	elsewhere := options
	elsewhere.Filename = "pkg/b.py"
	newRig(other).compile(t, warns, elsewhere)
	otherSource := newMemory("other source")
	newRig(otherSource).compile(t, warns+"\n", options)
	for _, test := range []struct {
		name string
		edit func(e *cache.Entry)
		want string
	}{
		{"empty", func(e *cache.Entry) { e.Files[0].Data = nil }, "module.pyc: "},
		{"truncated", func(e *cache.Entry) { e.Files[0].Data = e.Files[0].Data[:len(e.Files[0].Data)-1] }, "module.pyc: "},
		{"trailing bytes", func(e *cache.Entry) { e.Files[0].Data = append(e.Files[0].Data, 0) }, "module.pyc: "},
		{"another magic number", func(e *cache.Entry) { e.Files[0].Data[0]++ }, "module.pyc: "},
		{"of another source", func(e *cache.Entry) { e.Files[0].Data = otherSource.only(t).Files[0].Data }, "header is of another module"},
		{"of another file", func(e *cache.Entry) { e.Files[0].Data = other.only(t).Files[0].Data }, `is of file \"pkg/b.py\"`},
		{"no pyc", func(e *cache.Entry) { e.Files = e.Files[1:] }, "module.pyc is missing"},
		{"warnings that are none", func(e *cache.Entry) { e.Files[1].Data = []byte("[") }, "module.warnings.json: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := newMemory("store")
			r := newRig(store)
			want := r.compile(t, warns, options)
			e := store.only(t)
			for i := range e.Files {
				e.Files[i].Data = bytes.Clone(e.Files[i].Data)
			}
			test.edit(e)
			got := r.compile(t, warns, options)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n := r.stats.Count("store", cache.Corrupt); n != 1 {
				t.Errorf("counted %d damaged entries, want 1", n)
			}
			if !strings.Contains(r.log.String(), test.want) || !strings.Contains(r.log.String(), "pkg/a.py") {
				t.Errorf("the log is %q, want %q in it", r.log, test.want)
			}
			r.compile(t, warns, options)
			if r.next.n.Load() != 2 {
				t.Errorf("the damaged entry was not replaced: %d compilations", r.next.n.Load())
			}
		})
	}
}

// TestUncacheable compiles what has no place in a cache.
func TestUncacheable(t *testing.T) {
	store := newMemory("store")
	r := newRig(store)
	o := options
	o.Filename = "pkg/\xff.py"
	_, _ = r.Compile(t.Context(), []byte("x = 1\n"), o)
	if len(store.all) != 0 || r.next.n.Load() != 1 || r.stats.Count("", cache.Uncacheable) != 1 {
		t.Errorf("%d entries, %d compilations, counts %v", len(store.all), r.next.n.Load(), r.stats.Counts())
	}
	o.Filename, o.Optimize = "a.py", 7
	if _, err := r.Compile(t.Context(), nil, o); err == nil || !strings.Contains(err.Error(), "optimisation level 7") {
		t.Errorf("got %v, want the compiler's own error", err)
	}
}

func TestOneCompilationForAll(t *testing.T) {
	r := newRig(newMemory("store"))
	r.next.gate = make(chan struct{})
	const n = 20
	var wait sync.WaitGroup
	results := make([]*compiler.Result, n)
	for i := range n {
		wait.Go(func() { results[i], _ = r.Compile(t.Context(), []byte(warns), options) })
	}
	// Those who come late find a hit; all others share.
	close(r.next.gate)
	wait.Wait()
	if r.next.n.Load() != 1 {
		t.Errorf("%d compilations for %d requests, want 1", r.next.n.Load(), n)
	}
	for _, result := range results {
		if diff := cmp.Diff(results[0], result); diff != "" || result == nil {
			t.Errorf("results differ:\n%s", diff)
		}
	}
	if shared, hits := r.stats.Count("", cache.Shared), r.stats.Count("store", cache.Hit); shared+hits != n-1 {
		t.Errorf("%d shared and %d hits, want %d together", shared, hits, n-1)
	}
}

// TestCancel has one of two that wait for a compilation go away: the other gets
// it all the same. When both go, the compilation ends.
func TestCancel(t *testing.T) {
	r := newRig(newMemory("store"))
	r.next.gate = make(chan struct{})
	first, leaveFirst := context.WithCancel(t.Context())
	second, leaveSecond := context.WithCancel(t.Context())
	errs := make(chan error, 2)
	for _, ctx := range []context.Context{first, second} {
		go func() {
			_, err := r.Compile(ctx, []byte(warns), options)
			errs <- err
		}()
	}
	leaveFirst()
	if err := <-errs; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), options.Filename) {
		t.Errorf("got %v, want a cancellation that names the file", err)
	}
	leaveSecond()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want a cancellation", err)
	}
	close(r.next.gate)
	if got := r.compile(t, warns, options); len(got.Code) == 0 {
		t.Error("the compilation after two cancelled ones has no result")
	}
}

func TestPanic(t *testing.T) {
	r := newRig(newMemory("store"))
	if _, err := r.Compile(t.Context(), []byte("panic"), options); err == nil || !strings.Contains(err.Error(), "pkg/a.py: internal error: as asked") {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

// TestIdentityFails compiles without a cache when nobody knows who compiles.
func TestIdentityFails(t *testing.T) {
	store := newMemory("store")
	r := newRig(store)
	r.Identity = func(context.Context, pyver.Version) (string, error) { return "", fmt.Errorf("not known") }
	r.compile(t, warns, options)
	if len(store.all) != 0 {
		t.Error("the result was kept")
	}
}
