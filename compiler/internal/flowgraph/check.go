package flowgraph

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// check returns an error if the graph is not as every pass must leave it. Tests
// run it between passes.
func (c *Compiler) check(after target.Pass) error {
	if err := c.checkList(); err != nil {
		return fmt.Errorf("after %v: %w", after, err)
	}
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		if err := c.checkBlock(id, after); err != nil {
			return fmt.Errorf("after %v, block %d: %w", after, id, err)
		}
	}
	return nil
}

// checkList makes sure that the list of blocks ends, and that control does not
// run off its end.
func (c *Compiler) checkList() error {
	g := &c.g
	seen := make([]bool, len(g.blocks))
	last := noBlock
	for id := entry; id != noBlock; id = g.blocks[id].next {
		if int(id) >= len(g.blocks) {
			return fmt.Errorf("block %d is not one of %d", id, len(g.blocks))
		}
		if seen[id] {
			return fmt.Errorf("block %d is in the list twice", id)
		}
		seen[id] = true
		if len(g.blocks[id].instrs) > 0 {
			last = id
		}
	}
	if last == noBlock {
		return fmt.Errorf("no instruction is left")
	}
	if c.fallsThrough(&g.blocks[last]) {
		return fmt.Errorf("control runs off the end of the last block, %d", last)
	}
	for id := entry; id != noBlock; id = g.blocks[id].next {
		if err := c.checkTargets(id, seen); err != nil {
			return err
		}
	}
	return nil
}

// checkTargets makes sure that what instructions refer to is in the list.
func (c *Compiler) checkTargets(id blockID, inList []bool) error {
	for i := range c.g.blocks[id].instrs {
		in := &c.g.blocks[id].instrs[i]
		switch {
		case c.is(in, hasTarget) && (in.Target == noBlock || !inList[in.Target]):
			return fmt.Errorf("block %d: %v goes to block %d, which is not in the list", id, in.Op, in.Target)
		case in.Except != noBlock && !inList[in.Except]:
			return fmt.Errorf("block %d: the handler of %v is block %d, which is not in the list", id, in.Op, in.Except)
		}
	}
	return nil
}

// skipped are the classes of which passes go over blocks that have none.
const skipped = hasTarget | isUnconditional | isScopeExit | isCondition | isPseudoCondition | clearsLocal | accessesLocal |
	isPseudo | loadsConst | hasConst | hasEvalBreak | maybeBorrows | isPatterned |
	isNop | isPop | isSwap | isLineless

func (c *Compiler) checkBlock(id blockID, after target.Pass) error {
	b := &c.g.blocks[id]
	for i := range b.instrs {
		in := &b.instrs[i]
		// NOT_TAKEN is behind the conditional jump that it belongs to.
		ends := i == len(b.instrs)-1 || after >= target.NormalizeJumps && b.instrs[i+1].Op == opcode.NotTaken
		switch {
		case c.classOf(in)&skipped&^b.has != 0:
			return fmt.Errorf("the block does not know that it has %v", in.Op)
		case c.classOf(in)&skipped&^c.has != 0:
			return fmt.Errorf("the unit does not know that it has %v", in.Op)
		case !c.ops.Has(in.Op):
			return fmt.Errorf("the version has no %v", in.Op)
		case c.is(in, isAssemblerOnly):
			return fmt.Errorf("%v is for the assembler alone", in.Op)
		case c.is(in, isTerminator) && !ends:
			return fmt.Errorf("%v is not at the end", in.Op)
		case in.Arg < 0:
			return fmt.Errorf("%v has the operand %d", in.Op, in.Arg)
		case in.Arg != 0 && c.ops.Flags(in.Op)&(opcode.HasArg|opcode.HasLocal) == 0 && !c.is(in, hasTarget):
			return fmt.Errorf("%v, which has no operand, has %d", in.Op, in.Arg)
		case c.is(in, hasConst) && int(in.Arg) >= c.unit.Consts.Len():
			return fmt.Errorf("%v refers to constant %d of %d", in.Op, in.Arg, c.unit.Consts.Len())
		case c.isPseudoAfterLowering(in, after):
			return fmt.Errorf("%v is left", in.Op)
		}
	}
	return nil
}

// isPseudoAfterLowering reports whether an instruction should be gone.
func (c *Compiler) isPseudoAfterLowering(in *instruction, after target.Pass) bool {
	return after >= target.ConvertPseudoOps && c.ops.Flags(in.Op)&opcode.Pseudo != 0 &&
		in.Op != opcode.Jump && in.Op != opcode.JumpNoInterrupt
}
