package unit

import "github.com/rules-pyc/rules_pyc/compiler/internal/names"

// A NameSet numbers identifiers in the order in which they are added. The zero
// NameSet is empty.
//
// CPython: compile.c, _PyCompile_DictAddObj.
type NameSet struct {
	ids   []names.ID
	table idTable
}

// Reset empties the set.
func (s *NameSet) Reset() {
	s.ids = s.ids[:0]
	s.table.reset()
}

// Len returns the number of names.
func (s *NameSet) Len() int { return len(s.ids) }

// IDs returns the names in order. The slice is valid until the next Add.
func (s *NameSet) IDs() []names.ID { return s.ids }

// Add returns the number of a name, which is the next one if it is new.
func (s *NameSet) Add(id names.ID) int32 {
	if i, ok := s.Lookup(id); ok {
		return i
	}
	s.ids = append(s.ids, id)
	if len(s.ids) > scanned {
		for i := s.table.len(); i < len(s.ids); i++ {
			s.table.add(uint32(s.ids[i]), int32(i))
		}
	}
	return int32(len(s.ids) - 1)
}

// Lookup returns the number of a name, if it is in the set.
func (s *NameSet) Lookup(id names.ID) (int32, bool) {
	if len(s.ids) <= scanned {
		for i, other := range s.ids {
			if other == id {
				return int32(i), true
			}
		}
		return 0, false
	}
	return s.table.get(uint32(id))
}

// scanned is the number of elements up to which a scan finds one faster than a
// table.
const scanned = 12

// An idTable maps numbers to indices: a hash table with linear probing.
type idTable struct {
	slots []idSlot // a power of two
	n     int
}

type idSlot struct {
	id    uint32
	index int32 // plus one; 0 in an empty slot
}

func (t *idTable) len() int { return t.n }

func (t *idTable) reset() {
	switch {
	case len(t.slots) > 2*maxKept:
		t.slots = nil
	case t.n > 0:
		clear(t.slots)
	}
	t.n = 0
}

func (t *idTable) get(id uint32) (int32, bool) {
	if t.n == 0 {
		return 0, false
	}
	mask := uint32(len(t.slots) - 1)
	for i := spread(id) & mask; t.slots[i].index != 0; i = (i + 1) & mask {
		if t.slots[i].id == id {
			return t.slots[i].index - 1, true
		}
	}
	return 0, false
}

// add enters an id that is not in the table.
func (t *idTable) add(id uint32, index int32) {
	if 2*(t.n+1) > len(t.slots) {
		t.grow()
	}
	t.place(idSlot{id, index + 1})
	t.n++
}

func (t *idTable) place(s idSlot) {
	mask := uint32(len(t.slots) - 1)
	i := spread(s.id) & mask
	for t.slots[i].index != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = s
}

func (t *idTable) grow() {
	old := t.slots
	t.slots = make([]idSlot, max(64, 2*len(old)))
	for _, s := range old {
		if s.index != 0 {
			t.place(s)
		}
	}
}

func spread(id uint32) uint32 {
	id *= 0x9E3779B1
	return id ^ id>>15
}
