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
	items, hash := p.items[:0], mix(seedTuple, uint64(len(ids)))
	for _, id := range ids {
		items = append(items, p.Ident(id))
		hash = mix(hash, p.identHashes[id])
	}
	p.items = items
	t, old := p.mergeTuple(hash, items)
	if old {
		copy(t.Items, items)
	}
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
	t, _ := p.mergeTuple(hash, list)
	return t
}

// entryHash returns the hashKey of a constant of the cache.
func (p *Pool) entryHash(id EntryID) uint64 {
	if id >= firstEntry {
		return p.cache.entries[id-firstEntry].hash
	}
	return hashKey(singletons[id])
}

// mergeTuple returns the merged tuple of the items, which it copies if it is
// new. The hash is that of such a tuple.
func (p *Pool) mergeTuple(hash uint64, items []pyc.Object) (t *pyc.Tuple, old bool) {
	if t := p.cache.findTuple(hash, items); t != nil {
		return t, true
	}
	t = &p.emptyTup
	if len(items) > 0 {
		slots := p.Slots(len(items))
		copy(slots, items)
		t = p.Tuple(slots)
	}
	p.cache.add(hash, t)
	return t, false
}

// findTuple returns the merged tuple of the items, or nil.
func (c *cache) findTuple(hash uint64, items []pyc.Object) *pyc.Tuple {
	mask := uint64(len(c.slots) - 1)
	for i := hash & mask; c.slots[i] != 0; i = (i + 1) & mask {
		e := &c.entries[c.slots[i]-1]
		if e.hash != hash {
			continue
		}
		if t, ok := e.o.(*pyc.Tuple); ok && sameItems(t.Items, items) {
			return t
		}
	}
	return nil
}
