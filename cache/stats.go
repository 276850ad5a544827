package cache

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// A Kind is something that happens in a cache.
type Kind string

// What happens at look-ups.
const (
	// Hit is a module that came from a store.
	Hit Kind = "hit"
	// Miss is a look-up that found nothing.
	Miss Kind = "miss"
	// Corrupt is an entry that did not pass the checks.
	Corrupt Kind = "corrupt"
	// Failed is a call to a store that failed or took too long.
	Failed Kind = "failed"
	// Skipped is a call not made, because the store is failing.
	Skipped Kind = "skipped"
	// Shared is a module that another request was compiling already; it has
	// no store.
	Shared Kind = "shared"
	// Compiled is a module that was compiled; it has no store.
	Compiled Kind = "compiled"
	// Uncacheable is a result that cannot be kept; it has no store.
	Uncacheable Kind = "uncacheable"
)

// What happens to results.
const (
	// Stored is an entry that was written.
	Stored Kind = "stored"
	// Dropped is an entry that was not written because others were waiting.
	Dropped Kind = "dropped"
	// Evicted is a file that made room for others.
	Evicted Kind = "evicted"
)

// An Event is a Kind of one store and one version of Python.
type Event struct {
	Store  string // its name, or empty for what concerns no store
	Kind   Kind
	Python string // the version, such as 3.14, or empty for what concerns none
}

// Stats counts events. The zero Stats has counted nothing.
type Stats struct {
	mu     sync.Mutex
	counts map[Event]uint64
}

// Add counts an event.
func (s *Stats) Add(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = map[Event]uint64{}
	}
	s.counts[e]++
}

// Count returns how often something has happened, with all versions of Python.
func (s *Stats) Count(store string, kind Kind) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var n uint64
	for e, times := range s.counts {
		if e.Store == store && e.Kind == kind {
			n += times
		}
	}
	return n
}

// A Count is how often an event has happened.
type Count struct {
	Event
	N uint64
}

// Counts returns the events that have happened, in a fixed order.
func (s *Stats) Counts() []Count {
	s.mu.Lock()
	events := maps.Clone(s.counts)
	s.mu.Unlock()
	all := make([]Count, 0, len(events))
	for e, n := range events {
		all = append(all, Count{e, n})
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Store, b.Store), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Python, b.Python))
	})
	return all
}
