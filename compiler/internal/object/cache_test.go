package object_test

import (
	"strconv"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The constant cache finds what was added since the last reset, and nothing else,
// whatever its memory held before.
func TestCache(t *testing.T) {
	table := new(names.Table)
	p := object.NewPool(target.For(pyver.Default).Shared)
	for round, size := range []int{2000, 5, 0, 2000, 500, 70_000, 1, 3000} {
		table.Reset()
		p.Reset(table)
		ids := make([]object.EntryID, size)
		seen := map[object.EntryID]bool{}
		for i := range ids {
			_, ids[i] = p.MergeStr("text " + strconv.Itoa(i))
			if seen[ids[i]] {
				t.Fatalf("round %d: string %d has the ID of another", round, i)
			}
			seen[ids[i]] = true
		}
		for i, id := range ids {
			if _, got := p.MergeStr("text " + strconv.Itoa(i)); got != id {
				t.Fatalf("round %d: the ID of string %d is %d in the end, and was %d", round, i, got, id)
			}
		}
	}
}
