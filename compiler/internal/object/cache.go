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
	slots   []uint32 // a power of two: the index of an entry plus base, or less if there is none
	base    uint32   // is more than all that slots had for the last modules
	entries []entry
}

type entry struct {
	hash uint64
	o    pyc.Object
}

const (
	cacheSlots = 1 << 9
	keptSlots  = 1 << 14 // are kept whatever the last module had
)

func (c *cache) reset() {
	c.base += uint32(len(c.entries))
	// A table for many more constants than the last module had is let go.
	if n := len(c.entries); c.slots == nil || len(c.slots) > keptSlots && 16*n < len(c.slots) || c.base > math.MaxInt32 {
		c.slots, c.base = make([]uint32, cacheSlots), 1
		c.entries = nil
	}
	clear(c.entries)
	c.entries = c.entries[:0]
}

// at returns the entry that a slot has, if it has one.
func (c *cache) at(slot uint64) (index int32, e *entry) {
	n := c.slots[slot]
	if n < c.base {
		return -1, nil
	}
	return int32(n - c.base), &c.entries[n-c.base]
}

// find returns the index of the entry that equals o, or -1.
func (c *cache) find(hash uint64, o pyc.Object) int32 {
	mask := uint64(len(c.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		n, e := c.at(i)
		if e == nil || e.hash == hash && sameKey(e.o, o) {
			return n
		}
	}
}

func (c *cache) add(hash uint64, o pyc.Object) int32 {
	if 2*(len(c.entries)+1) > len(c.slots) {
		c.grow()
	}
	n := len(c.entries)
	c.entries = append(c.entries, entry{hash, o})
	c.place(hash, n)
	return int32(n)
}

func (c *cache) place(hash uint64, n int) {
	mask := uint64(len(c.slots) - 1)
	i := hash & mask
	for c.slots[i] >= c.base {
		i = (i + 1) & mask
	}
	c.slots[i] = uint32(n) + c.base
}

func (c *cache) grow() {
	c.slots, c.base = make([]uint32, 2*len(c.slots)), 1
	for i, e := range c.entries {
		c.place(e.hash, i)
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
	if o, i := p.cache.findStr(hash, s); o != nil {
		return o, EntryID(i) + firstEntry
	}
	o := p.Str(s)
	return o, EntryID(p.cache.add(hash, o)) + firstEntry
}

// findStr returns the entry that is a string with the value s, and its index, or
// nil.
func (c *cache) findStr(hash uint64, s string) (*pyc.Str, int32) {
	mask := uint64(len(c.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		n, e := c.at(i)
		if e == nil {
			return nil, -1
		}
		if e.hash != hash {
			continue
		}
		if o, ok := e.o.(*pyc.Str); ok && o.Value == s {
			return o, n
		}
	}
}

// insert finds or adds a constant.
//
// CPython: compile.c, const_cache_insert.
func (p *Pool) insert(o pyc.Object, recursive bool) (pyc.Object, EntryID) {
	if s, ok := o.(pyc.Singleton); ok {
		return o, singletonID(s)
	}
	hash := hashKey(o)
	if i := p.cache.find(hash, o); i >= 0 {
		return p.cache.entries[i].o, EntryID(i) + firstEntry
	}
	i := p.cache.add(hash, o)
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
