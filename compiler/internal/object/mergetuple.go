package object

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// MergeIdents is MergeOne for the tuple of the interned strings of identifiers. If
// it is that of a constant, its strings are interned in place.
//
// CPython: codeobject.c, intern_strings.
func (p *Pool) MergeIdents(ids []names.ID) *pyc.Tuple {
	items, hash := p.Slots(len(ids)), mix(seedTuple, uint64(len(ids)))
	for i, id := range ids {
		items[i] = p.Ident(id)
		hash = mix(hash, p.identHashes[id])
	}
	t, place := p.cache.findTuple(hash, items)
	if t == nil {
		t = p.Tuple(items)
		p.cache.add(place, hash, t)
		return t
	}
	copy(t.Items, items)
	p.mem.giveBack(items)
	return t
}

// MergeConsts is MergeOne for the tuple of a unit's constants. The first of them
// were merged before, and have the IDs.
func (p *Pool) MergeConsts(list []pyc.Object, ids []EntryID) *pyc.Tuple {
	hash := mix(seedTuple, uint64(len(list)))
	for _, id := range ids {
		hash = mix(hash, p.entryHash(id))
	}
	for _, o := range list[len(ids):] {
		hash = mix(hash, hashKey(o))
	}
	t, place := p.cache.findTuple(hash, list)
	if t == nil {
		items := p.Slots(len(list))
		copy(items, list)
		t = p.Tuple(items)
		p.cache.add(place, hash, t)
	}
	return t
}

// entryHash returns the hashKey of a constant of the cache.
func (p *Pool) entryHash(id EntryID) uint64 {
	if id >= firstEntry {
		return p.cache.entries[id-firstEntry].hash
	}
	return hashKey(singletons[id])
}

// findTuple returns the merged tuple of the items, or nil and the place for add.
// The hash is that of such a tuple.
func (c *cache) findTuple(hash uint64, items []pyc.Object) (t *pyc.Tuple, place uint64) {
	i, at := c.next(hash, hash)
	for ; i >= 0; i, at = c.next(at+1, hash) {
		if t, ok := c.entries[i].o.(*pyc.Tuple); ok && sameItems(t.Items, items) {
			return t, at
		}
	}
	return nil, at
}
