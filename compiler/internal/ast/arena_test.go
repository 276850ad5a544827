package ast

import "testing"

func TestSeqCopies(t *testing.T) {
	var s seq[int]
	for round := range 2 {
		var all [][]int
		for n := range 2 * lastChunk {
			list := make([]int, n%(lastChunk/3))
			for i := range list {
				list[i] = n + i
			}
			all = append(all, s.copy(list))
		}
		for n, list := range all {
			if len(list) != n%(lastChunk/3) || cap(list) != len(list) {
				t.Fatalf("round %d: list %d has %d of %d elements", round, n, len(list), cap(list))
			}
			for i, e := range list {
				if e != n+i {
					t.Fatalf("round %d: element %d of list %d is %d", round, i, n, e)
				}
			}
		}
		s.reset()
	}
	if s.copy(nil) != nil {
		t.Error("the copy of nothing is not nil")
	}
}

func TestSlabReuses(t *testing.T) {
	var s slab[int]
	first := s.next()
	for range 3 * lastChunk {
		s.next()
	}
	s.reset()
	if s.next() != first {
		t.Error("a slab does not begin again after reset")
	}
}
