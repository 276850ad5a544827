package cache

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Store keeps entries as well as it can. What goes wrong in it, it logs and
// counts; its users see an entry that is not there. Stores are safe for
// concurrent use.
type Store interface {
	// Name is the name of the store in logs and counts.
	Name() string
	// Get returns the entry of a key, with files whose digests are right, or
	// nil if there is none to be had.
	Get(ctx context.Context, k *Key) *Entry
	// Put keeps an entry in the place of one that may be there. It does not
	// wait for servers.
	Put(ctx context.Context, k *Key, e *Entry)
	// Close ends the store. It waits for what is being written until the
	// context ends.
	Close(ctx context.Context)
}

// Config is what a Compiler consists of.
type Config struct {
	// Next compiles what is in no store.
	Next compiler.Compiler
	// Identity returns what tells the compiler of a version from others that
	// could give other bytes. If it fails, the version is compiled as without
	// a cache.
	Identity func(context.Context, pyver.Version) (string, error)
	// Stores are asked in their order. What one of them has, the earlier ones
	// get.
	Stores []Store
	// Parallel is how many modules are compiled at once, while any number may
	// be looked up; 0 means as many as there are processors.
	Parallel int
	Log      *slog.Logger
	Stats    *Stats
}

// A Compiler is a compiler.Compiler that looks for results before it has them
// compiled. Results may be shared between callers, who do not change them.
type Compiler struct {
	Config
	slots   chan struct{}
	flights flights

	mu         sync.Mutex
	identities map[pyver.Version]string
}

// New returns a Compiler. It is closed by its user, and closes the stores then.
func New(c Config) *Compiler {
	if c.Parallel <= 0 {
		c.Parallel = runtime.GOMAXPROCS(0)
	}
	return &Compiler{Config: c, slots: make(chan struct{}, c.Parallel), identities: map[pyver.Version]string{}}
}

// Close waits until results are stored, but not for longer than the context
// allows, and ends the stores.
func (c *Compiler) Close(ctx context.Context) {
	var wait sync.WaitGroup
	for _, s := range c.Stores {
		wait.Go(func() { s.Close(ctx) })
	}
	wait.Wait()
}

// Compile returns the result of a store or, if there is none, compiles. See
// compiler.Compiler.
func (c *Compiler) Compile(ctx context.Context, source []byte, o compiler.Options) (*compiler.Result, error) {
	key := c.key(ctx, source, o)
	if key == nil {
		c.Stats.Add(Event{Kind: Uncacheable, Python: o.Version.String()})
		return c.compile(ctx, source, o)
	}
	r, shared, err := c.flights.do(ctx, key.Digest, func(ctx context.Context) (r *compiler.Result, err error) {
		defer func() {
			if v := recover(); v != nil {
				c.Log.Error("panic", "file", o.Filename, "panic", v, "stack", string(debug.Stack()))
				err = fmt.Errorf("%s: internal error: %v; the log has the details", o.Filename, v)
			}
		}()
		return c.find(ctx, key, source, o)
	})
	if shared {
		c.Stats.Add(key.Event("", Shared))
	}
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("compiling %s: %w", o.Filename, ctx.Err())
	}
	return r, err
}

// key returns nil for a compilation that has none.
func (c *Compiler) key(ctx context.Context, source []byte, o compiler.Options) *Key {
	if o.Check() != nil {
		return nil // the next compiler says so
	}
	identity, err := c.identity(ctx, o.Version)
	if err != nil {
		return nil
	}
	key, err := NewKey(source, o, identity)
	if err != nil {
		return nil
	}
	return key
}

// identity asks for an identity once, unless it fails.
func (c *Compiler) identity(ctx context.Context, v pyver.Version) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id, ok := c.identities[v]; ok {
		return id, nil
	}
	id, err := c.Identity(ctx, v)
	if err != nil {
		return "", err
	}
	c.identities[v] = id
	return id, nil
}

// find looks for a result in the stores and compiles otherwise.
func (c *Compiler) find(ctx context.Context, key *Key, source []byte, o compiler.Options) (*compiler.Result, error) {
	for i, s := range c.Stores {
		e := s.Get(ctx, key)
		if e == nil {
			continue
		}
		r, err := decode(e, source, o)
		if err != nil {
			c.Stats.Add(key.Event(s.Name(), Corrupt))
			c.Log.Warn("a cache entry is damaged and is not used", "store", s.Name(), "entry", key.Digest.String(), "file", o.Filename, "error", err)
			continue
		}
		c.Stats.Add(key.Event(s.Name(), Hit))
		c.put(ctx, c.Stores[:i], key, e)
		return r, nil
	}
	r, err := c.compile(ctx, source, o)
	if err != nil {
		return nil, err
	}
	e, err := encode(r, source, o)
	if err != nil {
		c.Stats.Add(key.Event("", Uncacheable))
		return r, nil
	}
	c.put(ctx, c.Stores, key, e)
	return r, nil
}

func (c *Compiler) put(ctx context.Context, stores []Store, key *Key, e *Entry) {
	for _, s := range stores {
		s.Put(ctx, key, e)
	}
}

// compile has the next compiler compile, when it is its turn.
func (c *Compiler) compile(ctx context.Context, source []byte, o compiler.Options) (*compiler.Result, error) {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("compiling %s: %w", o.Filename, ctx.Err())
	}
	defer func() { <-c.slots }()
	c.Stats.Add(Event{Kind: Compiled, Python: o.Version.String()})
	return c.Next.Compile(ctx, source, o)
}
