package target_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// passOrder has pairs of passes of which the first comes before the second
// wherever both are, and why.
var passOrder = []struct {
	first, second target.Pass
	reason        string
}{
	{target.TranslateJumpLabelsToTargets, target.MarkExceptHandlers, "handlers are the targets of SETUP_FINALLY"},
	{target.MarkExceptHandlers, target.PushColdBlocksToEnd, "handlers are where cold code begins"},
	{target.LabelExceptionTargets, target.AddChecksForLoadsOfUninitializedVariables, "exceptions lead to handlers"},
	{target.OptimizeBasicBlocks, target.RemoveUnusedConsts, "folding leaves operands unused"},
	{target.AddChecksForLoadsOfUninitializedVariables, target.InsertSuperinstructions, "checked loads are not joined"},
	{target.ConvertPseudoConditionalJumps, target.CalculateStackdepth, "the copied value needs room"},
	{target.CalculateStackdepth, target.OptimizeLoadFast, "the simulation begins with the depth of each block"},
	{target.PrepareLocalsplus, target.ConvertPseudoOps, "LOAD_CLOSURE is told from LOAD_FAST"},
	{target.PushColdBlocksToEnd, target.NormalizeJumps, "the order of blocks decides the direction of jumps"},
}

func TestPassOrder(t *testing.T) {
	for _, v := range pyver.All() {
		tgt := target.For(v)
		if tgt == nil {
			continue
		}
		passes := slices.Concat(tgt.Optimize, tgt.Lower)
		for _, p := range passOrder {
			first, second := slices.Index(passes, p.first), slices.Index(passes, p.second)
			if first >= 0 && second >= 0 && first > second {
				t.Errorf("%v: %v comes after %v, but %s", v, p.first, p.second, p.reason)
			}
		}
	}
}

func TestTargets(t *testing.T) {
	for _, v := range pyver.All() {
		tgt := target.For(v)
		if tgt == nil {
			continue
		}
		if tgt.Version != v || tgt.Ops.Version() != v {
			t.Errorf("the target of %v is of %v, its instructions of %v", v, tgt.Version, tgt.Ops.Version())
		}
		lines := strings.Split(strings.TrimSuffix(tgt.Shared.Interned, "\n"), "\n")
		if !slices.IsSorted(lines) || len(lines) < 1000 {
			t.Errorf("%v: %d interned strings, sorted: %v", v, len(lines), slices.IsSorted(lines))
		}
	}
}

func TestPassNames(t *testing.T) {
	for p := target.NoPass + 1; p < target.NumPasses; p++ {
		if name := p.String(); name == "" || strings.HasPrefix(name, "pass ") {
			t.Errorf("pass %d has no name", p)
		}
	}
	if got, want := target.NumPasses.String(), "pass 21"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
