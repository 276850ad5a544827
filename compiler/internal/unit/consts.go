package unit

import (
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// Consts are the constants of a unit, in the order in which they were added. The
// zero Consts is empty.
//
// They are merged constants of the pool, unless they were appended as they are.
// CPython's flow graph finds constants by identity, which is the same as by the
// number that the pool gives to merged ones.
type Consts struct {
	list   []pyc.Object
	ids    []object.EntryID // of the list's elements that were added by value
	places places
}

// Reset empties the list.
func (c *Consts) Reset() {
	clear(c.list)
	reset(&c.places, c.ids)
	c.list, c.ids = c.list[:0], c.ids[:0]
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
	at := c.places.upTo(uint32(id))
	if at[id] == 0 {
		c.list = append(c.list, o)
		c.ids = append(c.ids, id)
		at[id] = int32(len(c.list))
	}
	return at[id] - 1
}

// Append adds a constant as it is, as the last one. None may be added by value
// afterwards.
func (c *Consts) Append(o pyc.Object) { c.list = append(c.list, o) }

// AddFolded returns the index of a constant that the flow graph made. Unlike Add
// it leaves the items of tuples and frozensets alone.
//
// CPython: flowgraph.c, add_const.
func (c *Consts) AddFolded(p *object.Pool, o pyc.Object) int32 {
	o, id := p.MergeOne(o)
	if len(c.ids) == len(c.list) {
		return c.addEntry(o, id)
	}
	if i := slices.Index(c.list, o); i >= 0 {
		return int32(i)
	}
	c.list = append(c.list, o)
	return int32(len(c.list) - 1)
}

// Merged returns the tuple of the constants, merged with those of other units.
func (c *Consts) Merged(p *object.Pool) *pyc.Tuple { return p.MergeConsts(c.list, c.ids) }

// Keep leaves only the constants for which keep is not negative, in order. It
// sets keep to the new index of each.
func (c *Consts) Keep(keep []int32) {
	list, ids, at := c.list, c.ids, c.places.at
	n, merged := int32(0), int32(0)
	for i, k := range keep {
		switch {
		case k < 0:
			if i < len(ids) {
				at[ids[i]] = 0
			}
			continue
		case int(n) < i:
			list[n] = list[i]
			if i < len(ids) {
				ids[n] = ids[i]
				at[ids[i]] = n + 1
			}
		}
		keep[i] = n
		n++
		if i < len(ids) {
			merged = n
		}
	}
	clear(list[n:])
	c.list, c.ids = list[:n], ids[:merged]
}
