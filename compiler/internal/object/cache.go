package object

import (
	"math"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// An EntryID stands for a constant of the cache: two constants have one ID if
// CPython merges them. IDs below firstEntry are the singletons.
type EntryID int32

const (
	noneID EntryID = iota
	ellipsisID
	falseID
	trueID
	firstEntry
)

// A cache is the constant cache of one compilation: a hash table of the
// constants by value.
type cache struct {
	slots   []slot // a power of two; more may be behind them
	base    uint32 // is more than the numbers of all slots that are not of this module, or were before the table grew
	entries []entry
}

// A slot is empty if its number is less than the base of the cache. Its part of
// the hash tells most entries apart, without a look at them.
type slot struct {
	tag uint32
	n   uint32 // the index of the entry plus base
}

func tag(hash uint64) uint32 { return uint32(hash >> 32) }

type entry struct {
	hash uint64
	o    pyc.Object
}

const (
	cacheSlots = 1 << 9  // at first: a small table stays in the processor's caches
	keptSlots  = 1 << 14 // have their memory kept whatever the last module had
)

func (c *cache) reset() {
	c.base += uint32(len(c.entries))
	// A table for many more constants than the last module had is let go.
	if n := cap(c.slots); n == 0 || n > keptSlots && 16*len(c.entries) < n || c.base > math.MaxInt32 {
		c.slots, c.base = make([]slot, cacheSlots), 1
		c.entries = nil
	}
	c.slots = c.slots[:cacheSlots]
	clear(c.entries)
	c.entries = c.entries[:0]
}

// next returns the index of the next entry, from a place in the table on, that
// probably has the hash, and the place. The index is -1 if there is none, and the
// place the one for add. The first place is the hash itself.
func (c *cache) next(place, hash uint64) (index int32, at uint64) {
	for mask := uint64(len(c.slots) - 1); ; place++ {
		s := c.slots[place&mask]
		if s.n < c.base {
			return -1, place
		}
		if s.tag == tag(hash) {
			return int32(s.n - c.base), place
		}
	}
}

// find returns the index of the entry that equals o, or -1 and the place for add.
func (c *cache) find(hash uint64, o pyc.Object) (index int32, place uint64) {
	i, at := c.next(hash, hash)
	for i >= 0 && !sameKey(c.entries[i].o, o) {
		i, at = c.next(at+1, hash)
	}
	return i, at
}

// add adds an entry that was not found, at the place where it was looked for last.
func (c *cache) add(place, hash uint64, o pyc.Object) int32 {
	n := len(c.entries)
	if 2*(n+1) > len(c.slots) {
		c.grow()
		place = c.free(hash)
	}
	c.entries = append(c.entries, entry{hash, o})
	c.slots[place&uint64(len(c.slots)-1)] = slot{tag(hash), uint32(n) + c.base}
	return int32(n)
}

// free returns the place of a new entry with the hash.
func (c *cache) free(hash uint64) uint64 {
	mask := uint64(len(c.slots) - 1)
	for c.slots[hash&mask].n >= c.base {
		hash++
	}
	return hash & mask
}

func (c *cache) grow() {
	if n := 2 * len(c.slots); n <= cap(c.slots) {
		c.slots, c.base = c.slots[:n], c.base+uint32(len(c.entries))
	} else {
		c.slots, c.base = make([]slot, n), 1
	}
	for i, e := range c.entries {
		c.slots[c.free(e.hash)] = slot{tag(e.hash), uint32(i) + c.base}
	}
}

// Merge returns the constant that CPython's compiler uses in the place of o,
// which is o itself if no equal one came before, and its ID. The items of a new
// tuple are merged in place; those of a new frozenset are merged in a copy.
//
// CPython: compile.c, merge_consts_recursive.
func (p *Pool) Merge(o pyc.Object) (pyc.Object, EntryID) { return p.insert(o, true) }

// MergeOne is Merge that leaves the items of tuples and frozensets alone.
//
// CPython: compile.c, _PyCompile_ConstCacheMergeOne.
func (p *Pool) MergeOne(o pyc.Object) (pyc.Object, EntryID) { return p.insert(o, false) }

// MergeInt is Merge for an int.
func (p *Pool) MergeInt(i int64) (pyc.Object, EntryID) {
	if i < p.facts.MinSmallInt || i > p.facts.MaxSmallInt {
		return p.insert(p.Int(i), false)
	}
	n := i - p.facts.MinSmallInt
	if p.smallIDs[n] == 0 {
		_, p.smallIDs[n] = p.insert(&p.small[n], false)
	}
	return &p.small[n], p.smallIDs[n]
}

// MergeSingleton is Merge for a singleton.
func MergeSingleton(s pyc.Singleton) (pyc.Object, EntryID) { return s, singletonID(s) }

// MergeStr is Merge for a literal with the value s. It makes no object if there
// is one already.
func (p *Pool) MergeStr(s string) (pyc.Object, EntryID) {
	hash := hashStr(s)
	o, i, place := p.cache.findStr(hash, s)
	if o == nil {
		o = p.Str(s)
		i = p.cache.add(place, hash, o)
	}
	return o, EntryID(i) + firstEntry
}

// findStr returns the entry that is a string with the value s, and its index, or
// nil and the place for add.
func (c *cache) findStr(hash uint64, s string) (o *pyc.Str, index int32, place uint64) {
	i, at := c.next(hash, hash)
	for ; i >= 0; i, at = c.next(at+1, hash) {
		if o, ok := c.entries[i].o.(*pyc.Str); ok && o.Value == s {
			return o, i, at
		}
	}
	return nil, -1, at
}

// insert finds or adds a constant.
//
// CPython: compile.c, const_cache_insert.
func (p *Pool) insert(o pyc.Object, recursive bool) (pyc.Object, EntryID) {
	if s, ok := o.(pyc.Singleton); ok {
		return o, singletonID(s)
	}
	hash := hashKey(o)
	i, place := p.cache.find(hash, o)
	if i >= 0 {
		return p.cache.entries[i].o, EntryID(i) + firstEntry
	}
	i = p.cache.add(place, hash, o)
	if recursive {
		switch t := o.(type) {
		case *pyc.Tuple:
			p.mergeItems(t.Items)
		case *pyc.FrozenSet:
			if len(t.Items) > 0 {
				items := p.Slots(len(t.Items))
				copy(items, t.Items)
				p.mergeItems(items)
				o = &pyc.FrozenSet{Items: items}
				p.cache.entries[i].o = o
			}
		}
	}
	return o, EntryID(i) + firstEntry
}

func (p *Pool) mergeItems(items []pyc.Object) {
	for i, item := range items {
		items[i], _ = p.insert(item, true)
	}
}

var singletons = [firstEntry]pyc.Singleton{noneID: pyc.None, ellipsisID: pyc.Ellipsis, falseID: pyc.False, trueID: pyc.True}

func singletonID(s pyc.Singleton) EntryID {
	switch s {
	case pyc.Ellipsis:
		return ellipsisID
	case pyc.False:
		return falseID
	case pyc.True:
		return trueID
	}
	return noneID
}
