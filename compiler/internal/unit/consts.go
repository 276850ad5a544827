package unit

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// Consts are the constants of a unit, in the order in which they were added.
// The zero Consts is empty.
//
// Code generation adds by value, to the pool's merged constants. The flow graph
// appends what it folds, and finds constants by identity, as CPython does.
type Consts struct {
	list   []pyc.Object
	ids    []object.EntryID // of the list's elements that were added by value
	places places
	byID   map[pyc.Object]int32 // of the first indexed elements, in long lists
	mapped int                  // how many elements byID has
}

const (
	// maxKept is the number of elements of a map that is kept: clearing one
	// takes as long as its size, whatever is in it.
	maxKept = 1 << 12
	// scanned is the number of constants up to which a scan finds one faster
	// than a map.
	scanned = 48
)

// Reset empties the list.
func (c *Consts) Reset() {
	clear(c.list)
	if len(c.byID) > maxKept {
		c.byID = nil
	}
	reset(&c.places, c.ids)
	c.list, c.ids = c.list[:0], c.ids[:0]
	clear(c.byID)
	c.mapped = 0
}

// Len returns the number of constants.
func (c *Consts) Len() int { return len(c.list) }

// List returns the constants in order. The slice is valid until the next Add.
func (c *Consts) List() []pyc.Object { return c.list }

// Add returns the index of a constant, which is the next one if it is new.
//
// CPython: compile.c, _PyCompile_AddConst.
func (c *Consts) Add(p *object.Pool, o pyc.Object) int32 { return c.addEntry(p.Merge(o)) }

// AddSingleton is Add for None and the like.
func (c *Consts) AddSingleton(s pyc.Singleton) int32 { return c.addEntry(object.MergeSingleton(s)) }

// AddInt is Add for an int.
func (c *Consts) AddInt(p *object.Pool, i int64) int32 { return c.addEntry(p.MergeInt(i)) }

// AddStr is Add for a string literal.
func (c *Consts) AddStr(p *object.Pool, s string) int32 { return c.addEntry(p.MergeStr(s)) }

func (c *Consts) addEntry(o pyc.Object, id object.EntryID) int32 {
	if i := c.places.get(uint32(id)); i >= 0 {
		return i
	}
	return c.addNew(o, id)
}

// addNew appends a constant that is new.
//
//go:noinline // it would make addEntry slower for those that are not
func (c *Consts) addNew(o pyc.Object, id object.EntryID) int32 {
	i := int32(len(c.list))
	c.places.set(uint32(id), i)
	c.list = append(c.list, o)
	c.ids = append(c.ids, id)
	return i
}

// Append adds a constant as it is, as the last one.
func (c *Consts) Append(o pyc.Object) { c.list = append(c.list, o) }

// AddFolded returns the index of a constant that the flow graph made. It looks
// for the merged object by identity.
//
// CPython: flowgraph.c, add_const.
func (c *Consts) AddFolded(p *object.Pool, o pyc.Object) int32 {
	o, _ = p.MergeOne(o)
	if i, ok := c.find(o); ok {
		return i
	}
	c.list = append(c.list, o)
	return int32(len(c.list) - 1)
}

// find returns the first index of an object. Long lists get a map, so that
// folding stays linear in the length of the source.
func (c *Consts) find(o pyc.Object) (int32, bool) {
	if len(c.list) <= scanned {
		for i, other := range c.list {
			if other == o {
				return int32(i), true
			}
		}
		return 0, false
	}
	if c.byID == nil {
		c.byID = map[pyc.Object]int32{}
	}
	for ; c.mapped < len(c.list); c.mapped++ {
		if _, ok := c.byID[c.list[c.mapped]]; !ok {
			c.byID[c.list[c.mapped]] = int32(c.mapped)
		}
	}
	i, ok := c.byID[o]
	return i, ok
}

// Merged returns the tuple of the constants, merged with those of other units.
func (c *Consts) Merged(p *object.Pool) *pyc.Tuple { return p.MergeConsts(c.list, c.ids) }

// Keep leaves only the constants for which keep is not negative, in order. It
// sets keep to the new index of each.
func (c *Consts) Keep(keep []int32) {
	ids := c.ids
	reset(&c.places, ids)
	c.ids = c.ids[:0]
	n := int32(0)
	for i, k := range keep {
		if k < 0 {
			continue
		}
		if i < len(ids) {
			c.ids = append(c.ids, ids[i])
			c.places.set(uint32(ids[i]), n)
		}
		c.list[n] = c.list[i]
		keep[i] = n
		n++
	}
	clear(c.list[n:])
	c.list = c.list[:n]
}
