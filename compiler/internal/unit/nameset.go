package unit

import "github.com/rules-pyc/rules_pyc/compiler/internal/names"

// A NameSet numbers identifiers in the order in which they are added. The zero
// NameSet is empty.
//
// CPython: compile.c, _PyCompile_DictAddObj.
type NameSet struct {
	ids    []names.ID
	places places
}

// Reset empties the set.
func (s *NameSet) Reset() {
	if len(s.ids) > 0 {
		reset(&s.places, s.ids)
	}
	s.ids = s.ids[:0]
}

// Len returns the number of names.
func (s *NameSet) Len() int { return len(s.ids) }

// IDs returns the names in order. The slice is valid until the next Add.
func (s *NameSet) IDs() []names.ID { return s.ids }

// Add returns the number of a name, which is the next one if it is new.
func (s *NameSet) Add(id names.ID) int32 {
	if i := s.places.get(uint32(id)); i >= 0 {
		return i
	}
	return s.add(id)
}

// add appends a name that is new.
//
//go:noinline // it would make Add slower for those that are not
func (s *NameSet) add(id names.ID) int32 {
	i := int32(len(s.ids))
	s.places.set(uint32(id), i)
	s.ids = append(s.ids, id)
	return i
}

// Lookup returns the number of a name, if it is in the set.
func (s *NameSet) Lookup(id names.ID) (int32, bool) {
	i := s.places.get(uint32(id))
	return i, i >= 0
}
