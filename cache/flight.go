package cache

import (
	"context"
	"sync"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// flights are the compilations under way, so that those who want the same at
// the same time wait for one.
type flights struct {
	mu  sync.Mutex
	all map[digest.Digest]*flight
}

type flight struct {
	done    chan struct{} // closed when result and err are there
	result  *compiler.Result
	err     error
	waiting int // guarded by flights.mu
	cancel  context.CancelFunc
}

// do returns what work returns, and whether somebody else had it done. It is
// cancelled when nobody waits for it any more.
func (f *flights) do(ctx context.Context, key digest.Digest, work func(context.Context) (*compiler.Result, error)) (r *compiler.Result, shared bool, err error) {
	f.mu.Lock()
	one, shared := f.all[key]
	if !shared {
		one = f.start(ctx, key, work)
	}
	one.waiting++
	f.mu.Unlock()
	select {
	case <-one.done:
		return one.result, shared, one.err
	case <-ctx.Done():
		f.leave(key, one)
		return nil, shared, ctx.Err()
	}
}

// start is called with f.mu held. The work has the values of the context that
// came first, and the end of none.
func (f *flights) start(ctx context.Context, key digest.Digest, work func(context.Context) (*compiler.Result, error)) *flight {
	one := &flight{done: make(chan struct{})}
	ctx, one.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if f.all == nil {
		f.all = map[digest.Digest]*flight{}
	}
	f.all[key] = one
	go func() {
		one.result, one.err = work(ctx)
		f.forget(key, one)
		one.cancel()
		close(one.done)
	}()
	return one
}

// leave notes that one who waited for a flight has gone. Nobody joins one that
// is being cancelled.
func (f *flights) leave(key digest.Digest, one *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one.waiting--; one.waiting == 0 {
		one.cancel()
		f.remove(key, one)
	}
}

func (f *flights) forget(key digest.Digest, one *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.remove(key, one)
}

func (f *flights) remove(key digest.Digest, one *flight) {
	if f.all[key] == one {
		delete(f.all, key)
	}
}
