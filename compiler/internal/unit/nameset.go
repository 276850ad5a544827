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
	at := s.places.upTo(uint32(id))
	if at[id] == 0 {
		s.ids = append(s.ids, id)
		at[id] = int32(len(s.ids))
	}
	return at[id] - 1
}

// Lookup returns the number of a name, if it is in the set.
func (s *NameSet) Lookup(id names.ID) (int32, bool) {
	i := s.places.get(uint32(id))
	return i, i >= 0
}
