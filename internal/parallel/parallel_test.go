package parallel_test

import (
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/parallel"
)

func TestInOrder(t *testing.T) {
	const n, limit = 200, 3
	var running, most atomic.Int64
	var got, want []int
	parallel.InOrder(n, limit, func(i int) int {
		now := running.Add(1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		running.Add(-1)
		return i * i
	}, func(square int) { got = append(got, square) })
	for i := range n {
		want = append(want, i*i)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if most.Load() > limit {
		t.Errorf("%d at once, want at most %d", most.Load(), limit)
	}
}

func TestInOrderWithoutALimit(t *testing.T) {
	var got []int
	parallel.InOrder(3, -1, func(i int) int { return i }, func(i int) { got = append(got, i) })
	if diff := cmp.Diff([]int{0, 1, 2}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestInOrderOfNothing(t *testing.T) {
	parallel.InOrder(0, 4, func(int) int { panic("there is no work") }, func(int) { t.Error("something was reported") })
}
