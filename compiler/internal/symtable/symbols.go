package symtable

import "github.com/rules-pyc/rules_pyc/compiler/internal/names"

// scanned is the number of symbols up to which a scan finds one faster than a
// table.
const scanned = 12

// A symbolIndex maps names to indices of a scope with many symbols: a hash
// table with linear probing, of a power of two slots. A slot is an index plus
// one, 0 when empty.
type symbolIndex struct {
	slots []int32
	n     int // symbols that are in it
}

// index returns the index of a name among the symbols, -1 if it is not there.
func (s *Scope) index(name names.ID) int {
	if len(s.symbols) <= scanned {
		for i := range s.symbols {
			if s.symbols[i].Name == name {
				return i
			}
		}
		return -1
	}
	if s.table.n != len(s.symbols) {
		s.reindex()
	}
	mask := uint32(len(s.table.slots) - 1)
	for i := spread(name) & mask; ; i = (i + 1) & mask {
		k := s.table.slots[i]
		if k == 0 {
			return -1
		}
		if s.symbols[k-1].Name == name {
			return int(k - 1)
		}
	}
}

// reindex enters the symbols that the table does not have.
func (s *Scope) reindex() {
	t := &s.table
	if 2*len(s.symbols) > len(t.slots) {
		size := max(64, 2*len(t.slots))
		for size < 2*len(s.symbols) {
			size *= 2
		}
		t.slots, t.n = make([]int32, size), 0
	}
	mask := uint32(len(t.slots) - 1)
	for ; t.n < len(s.symbols); t.n++ {
		i := spread(s.symbols[t.n].Name) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = int32(t.n + 1)
	}
}

func spread(name names.ID) uint32 {
	h := uint32(name) * 0x9E3779B1
	return h ^ h>>15
}

// add appends a symbol that the scope does not have.
func (s *Scope) add(name names.ID, flags Flags) {
	s.symbols = append(s.symbols, Symbol{name, flags})
}

// drop removes a symbol, and keeps the order of the others.
func (s *Scope) drop(name names.ID) {
	i := s.index(name)
	if i < 0 {
		return
	}
	s.symbols = append(s.symbols[:i], s.symbols[i+1:]...)
	clear(s.table.slots)
	s.table.n = 0
}
