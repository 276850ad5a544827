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

func TestSeqOne(t *testing.T) {
	var s seq[int]
	var all [][]int
	for i := range 3 * lastChunk {
		all = append(all, s.one(i), s.copy([]int{-i, i}))
	}
	for i := range 3 * lastChunk {
		one, two := all[2*i], all[2*i+1]
		if len(one) != 1 || cap(one) != 1 || one[0] != i {
			t.Fatalf("slice %d of one value is %v", i, one)
		}
		if two[0] != -i || two[1] != i {
			t.Fatalf("slice %d of two values is %v", i, two)
		}
	}
}

func TestArenaReuses(t *testing.T) {
	var a Arena
	seen := map[*Module]bool{}
	first := a.NewModule(nil)
	for n := first; len(seen) < 3*lastChunk; n = a.NewModule([]Stmt{nil}) {
		if seen[n] {
			t.Fatalf("node %d is one that is in use", len(seen))
		}
		seen[n] = true
	}
	first.Body = []Stmt{nil}
	a.Reset()
	if n := a.NewModule(nil); n != first || n.Body != nil {
		t.Errorf("the first node after Reset is %+v", *n)
	}
}
