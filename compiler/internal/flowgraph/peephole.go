package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// Operands. CPython: pycore_intrinsics.h, opcode.h.
const (
	intrinsicUnaryPositive = 5
	intrinsicListToTuple   = 6

	compareToBool = 16 // bit of COMPARE_OP's operand: the result is a bool
	globalNull    = 1  // bit of LOAD_GLOBAL's operand: a NULL is pushed too
)

// optimizeBasicBlocks rewrites short sequences of instructions in each block.
//
// CPython: flowgraph.c, optimize_basic_block.
func (c *Compiler) optimizeBasicBlocks() error {
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		b := &c.g.blocks[id]
		if b.has&isPatterned != 0 {
			c.optimizePatterns(b)
		}
		if b.has&isSwap == 0 {
			continue
		}
		for i := 0; i < len(b.instrs); i++ {
			if b.instrs[i].Op == opcode.Swap {
				i = c.swaptimize(b, i)
				c.applyStaticSwaps(b, i)
			}
		}
	}
	return nil
}

// optimizePatterns rewrites the patterns in a block. A jump at its end may get
// another one behind it, which is looked at too.
func (c *Compiler) optimizePatterns(b *block) {
	instrs := b.instrs
	i := 0
	for ; i+1 < len(instrs); i++ {
		if c.patternFirst[instrs[i].Op]&c.patternNext[instrs[i+1].Op] != 0 {
			c.optimizeAt(b, i)
		}
	}
	for ; i < len(b.instrs); i++ {
		for c.patternFirst[b.instrs[i].Op]&c.patternNext[opcode.Nop] != 0 && c.optimizeAt(b, i) {
			continue
		}
	}
}

// patterns returns which instructions optimizeAt is for, and behind which ones:
// a bit for each kind.
func patterns() (first, next [256]uint8) {
	const anything = 1
	for op := range next {
		next[op] = anything
	}
	for _, op := range []opcode.Op{
		opcode.Swap, opcode.UnaryNot, opcode.UnaryInvert, opcode.UnaryNegative, opcode.BinaryOp, opcode.CallIntrinsic1,
		opcode.BuildTuple, opcode.BuildList, opcode.BuildSet, opcode.ListAppend, opcode.SetAdd,
		opcode.Jump, opcode.JumpNoInterrupt, opcode.JumpIfFalse, opcode.JumpIfTrue,
		opcode.PopJumpIfNone, opcode.PopJumpIfNotNone, opcode.PopJumpIfFalse, opcode.PopJumpIfTrue,
	} {
		first[op] = anything
	}
	for bit, pair := range [...]struct{ first, next []opcode.Op }{
		{[]opcode.Op{opcode.StoreFast}, []opcode.Op{opcode.StoreFast}},
		{[]opcode.Op{opcode.LoadGlobal}, []opcode.Op{opcode.PushNull}},
		{[]opcode.Op{opcode.CompareOp, opcode.ContainsOp, opcode.IsOp, opcode.ToBool}, []opcode.Op{opcode.ToBool}},
		{[]opcode.Op{opcode.ContainsOp, opcode.IsOp}, []opcode.Op{opcode.UnaryNot}},
	} {
		for _, op := range pair.first {
			first[op] |= anything << 1 << bit
		}
		for _, op := range pair.next {
			next[op] |= anything << 1 << bit
		}
	}
	return first, next
}

// optimizeAt rewrites what begins or ends at the index i. It reports whether
// the instruction there must be looked at again.
func (c *Compiler) optimizeAt(b *block, i int) (again bool) {
	in := &b.instrs[i]
	var nop instruction
	next := &nop
	if i+1 < len(b.instrs) {
		next = &b.instrs[i+1]
	}
	switch in.Op {
	case opcode.BuildTuple:
		if !c.unpacksAtOnce(b, in, next) {
			c.foldTuple(b, i)
		}
	case opcode.Jump, opcode.JumpNoInterrupt, opcode.JumpIfFalse, opcode.JumpIfTrue,
		opcode.PopJumpIfNone, opcode.PopJumpIfNotNone, opcode.PopJumpIfFalse, opcode.PopJumpIfTrue:
		return c.threadJump(b, in)
	case opcode.StoreFast:
		if next.Op == opcode.StoreFast && in.Arg == next.Arg && in.Loc.Start.Line == next.Loc.Start.Line {
			c.set(b, in, opcode.PopTop, 0)
		}
	case opcode.Swap:
		if in.Arg == 1 {
			c.setNop(b, in)
		}
	case opcode.LoadGlobal:
		if next.Op == opcode.PushNull && in.Arg&globalNull == 0 {
			in.Arg |= globalNull
			c.setNop(b, next)
		}
	case opcode.CompareOp, opcode.ContainsOp, opcode.IsOp, opcode.ToBool:
		c.optimizeTest(b, in, next)
	case opcode.UnaryNot:
		if !c.optimizeNot(b, in, next) {
			c.foldAt(b, i, next.Op)
		}
	case opcode.BuildList, opcode.BuildSet, opcode.UnaryInvert, opcode.UnaryNegative, opcode.CallIntrinsic1,
		opcode.ListAppend, opcode.SetAdd, opcode.BinaryOp:
		c.foldAt(b, i, next.Op)
	}
	return false
}

// foldAt folds the operation on constants at the index i, if it is one.
func (c *Compiler) foldAt(b *block, i int, next opcode.Op) {
	if !c.foldsInstructions {
		return
	}
	switch in := &b.instrs[i]; in.Op {
	case opcode.BuildList, opcode.BuildSet:
		c.optimizeListsAndSets(b, i, next)
	case opcode.UnaryNot, opcode.UnaryInvert, opcode.UnaryNegative:
		c.foldConstUnaryop(b, i)
	case opcode.CallIntrinsic1:
		c.optimizeIntrinsic(b, i, next)
	case opcode.ListAppend, opcode.SetAdd:
		if in.Arg == 1 && (next == opcode.GetIter || next == opcode.ContainsOp) {
			c.foldConstantSeq(b, i)
		}
	case opcode.BinaryOp:
		c.foldConstBinop(b, i)
	}
}

// unpacksAtOnce replaces a tuple of up to three values that is unpacked by the
// next instruction. It reports whether that was there.
func (c *Compiler) unpacksAtOnce(b *block, build, next *instruction) bool {
	if next.Op != opcode.UnpackSequence || next.Arg != build.Arg {
		return false
	}
	switch build.Arg {
	case 1:
		c.setNop(b, next)
	case 2, 3:
		c.set(b, next, opcode.Swap, next.Arg)
	default:
		return false
	}
	c.setNop(b, build)
	return true
}

// optimizeTest removes what a TO_BOOL or UNARY_NOT after a test does twice.
func (c *Compiler) optimizeTest(b *block, in, next *instruction) {
	switch {
	case next.Op == opcode.ToBool && in.Op == opcode.CompareOp:
		c.set(b, next, opcode.CompareOp, in.Arg|compareToBool)
	case next.Op == opcode.ToBool && in.Op == opcode.ToBool:
	case next.Op == opcode.ToBool:
		c.set(b, next, in.Op, in.Arg)
	case c.foldsInstructions && next.Op == opcode.UnaryNot && (in.Op == opcode.ContainsOp || in.Op == opcode.IsOp):
		c.set(b, next, in.Op, in.Arg^1)
	default:
		return
	}
	c.setNop(b, in)
}

// optimizeNot removes a UNARY_NOT whose result is tested or inverted. It
// reports whether it did.
func (c *Compiler) optimizeNot(b *block, in, next *instruction) bool {
	switch next.Op {
	case opcode.ToBool:
		next.Op, next.Arg = opcode.UnaryNot, 0
	case opcode.UnaryNot:
		c.setNop(b, next)
	default:
		return false
	}
	c.setNop(b, in)
	return true
}

func (c *Compiler) optimizeIntrinsic(b *block, i int, next opcode.Op) {
	in := &b.instrs[i]
	switch in.Arg {
	case intrinsicListToTuple:
		c.foldConstantSeq(b, i)
		if in.Op == opcode.CallIntrinsic1 && next == opcode.GetIter {
			c.setNop(b, in)
		}
	case intrinsicUnaryPositive:
		c.foldConstUnaryop(b, i)
	}
}

// threadJump follows a jump to a jump. It reports whether the instruction must
// be looked at again.
func (c *Compiler) threadJump(b *block, in *instruction) bool {
	target := c.g.blocks[in.Target].first()
	if target == nil {
		return false
	}
	switch in.Op {
	case opcode.Jump:
		if target.Op == opcode.Jump || target.Op == opcode.JumpNoInterrupt {
			return c.jumpThread(b, in, target, opcode.Jump)
		}
	case opcode.JumpNoInterrupt:
		if target.Op == opcode.Jump || target.Op == opcode.JumpNoInterrupt {
			return c.jumpThread(b, in, target, target.Op)
		}
	case opcode.JumpIfFalse, opcode.JumpIfTrue:
		switch target.Op {
		case opcode.Jump, in.Op:
			return c.jumpThread(b, in, target, in.Op)
		case opcode.JumpIfFalse, opcode.JumpIfTrue:
			// The value is on the stack still, and the opposite test of it
			// fails: go to where that goes on.
			in.Target = c.g.blocks[in.Target].next
			return true
		}
	default:
		if target.Op == opcode.Jump {
			return c.jumpThread(b, in, target, in.Op)
		}
	}
	return false
}
