package flowgraph

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A class says what the passes need to know of an instruction, as bits.
type class uint32

const (
	isJump            class = 1 << iota // it has a target that it jumps to
	isBlockPush                         // it begins a handler's range
	isUnconditional                     // it always jumps
	isScopeExit                         // it leaves the code unit
	isCondition                         // it jumps depending on the top of the stack
	isSwappable                         // it only takes the top of the stack, without effect beyond that
	hasConst                            // its operand is the index of a constant
	loadsConst                          // it loads a constant
	hasEvalBreak                        // it may run other code
	isAssemblerOnly                     // no code generator emits it
	clearsLocal                         // it may leave a local without a value
	accessesLocal                       // it loads a local, or changes it
	maybeBorrows                        // it loads a local, perhaps after lowering, and may borrow it
	isPseudo                            // lowering replaces it
	isPseudoCondition                   // it jumps depending on the top of the stack, and leaves that
	isPatterned                         // optimizeBasicBlocks may rewrite it
	keepsInputs                         // in optimizeLoadFast: it does more than to use up its inputs
	isProducer                          // in optimizeLoadFast: all that it does is to push one value
	isRare                              // its effects on the stack have no simple form
	isNop
	isPop
	isSwap
	isLineless // it has no line of its own; of blocks only

	hasTarget     = isJump | isBlockPush
	isTerminator  = isJump | isScopeExit
	noFallthrough = isUnconditional | isScopeExit
)

// classify returns the classes of a version's instructions. The array has room
// for every Op, so that looking one up needs no check of bounds. LOAD_COMMON_-
// CONSTANT counts as loading a constant if common says so.
//
// CPython: pycore_opcode_utils.h.
func classify(t *opcode.Table, common bool) (classes [256]class) {
	for op := range opcode.Op(opcode.NumOps) {
		flags := t.Flags(op)
		for _, row := range [...]struct {
			flag  opcode.Flags
			class class
		}{
			{opcode.HasJump, isJump},
			{opcode.HasExc, isBlockPush | isPseudo},
			{opcode.HasConst, hasConst | loadsConst},
			{opcode.EvalBreak, hasEvalBreak},
		} {
			if flags&row.flag != 0 {
				classes[op] |= row.class
			}
		}
	}
	add := func(c class, ops ...opcode.Op) {
		for _, op := range ops {
			classes[op] |= c
		}
	}
	add(isUnconditional, opcode.Jump, opcode.JumpNoInterrupt,
		opcode.JumpForward, opcode.JumpBackward, opcode.JumpBackwardNoInterrupt)
	if classes[opcode.JumpBackward]&hasEvalBreak != 0 {
		add(hasEvalBreak, opcode.Jump) // which it may become
	}
	add(isAssemblerOnly, opcode.JumpForward, opcode.JumpBackward, opcode.JumpBackwardNoInterrupt)
	add(isScopeExit, opcode.ReturnValue, opcode.ReturnConst, opcode.RaiseVarargs, opcode.Reraise)
	add(isCondition, opcode.PopJumpIfFalse, opcode.PopJumpIfTrue, opcode.PopJumpIfNone, opcode.PopJumpIfNotNone)
	add(isSwappable, opcode.StoreFast, opcode.StoreFastMaybeNull, opcode.PopTop)
	add(loadsConst, opcode.LoadSmallInt)
	if common {
		add(loadsConst, opcode.LoadCommonConstant)
	}
	add(keepsInputs, opcode.DeleteFast, opcode.LoadFast, opcode.LoadFastAndClear, opcode.LoadFastLoadFast,
		opcode.StoreFast, opcode.StoreFastLoadFast, opcode.StoreFastStoreFast, opcode.Copy, opcode.Swap,
		opcode.FormatSimple, opcode.GetAnext, opcode.GetLen, opcode.GetYieldFromIter, opcode.ImportFrom,
		opcode.MatchKeys, opcode.MatchMapping, opcode.MatchSequence, opcode.WithExceptStart, opcode.GetIter,
		opcode.DictMerge, opcode.DictUpdate, opcode.ListAppend, opcode.ListExtend, opcode.MapAdd,
		opcode.Reraise, opcode.SetAdd, opcode.SetUpdate, opcode.EndSend, opcode.SetFunctionAttribute,
		opcode.CheckExcMatch, opcode.ForIter, opcode.LoadAttr, opcode.LoadSuperAttr, opcode.LoadSpecial,
		opcode.PushExcInfo, opcode.Send)
	add(isNop, opcode.Nop)
	add(isPop, opcode.PopTop)
	add(isSwap, opcode.Swap)
	add(isPseudoCondition, opcode.JumpIfFalse, opcode.JumpIfTrue)
	add(isPseudo, opcode.LoadClosure, opcode.StoreFastMaybeNull)
	add(accessesLocal, opcode.DeleteFast, opcode.LoadFastAndClear, opcode.StoreFastMaybeNull, opcode.StoreFast,
		opcode.LoadFast, opcode.LoadFastCheck)
	add(maybeBorrows, opcode.LoadFast, opcode.LoadFastLoadFast, opcode.LoadClosure)
	add(clearsLocal, opcode.DeleteFast, opcode.LoadFastAndClear, opcode.StoreFastMaybeNull)
	return classes
}

func (c *Compiler) is(i *instruction, k class) bool { return c.classes[i.Op]&k != 0 }

// set makes an instruction of a block another one.
func (c *Compiler) set(b *block, i *instruction, op opcode.Op, arg int32) {
	i.Op, i.Arg = op, arg
	c.add(b, c.classes[op])
}

// add records what an instruction of a block is.
func (c *Compiler) add(b *block, k class) {
	b.has |= k
	c.has |= k
}

// jumpers returns the instructions of the block that may have a target: the last
// one, unless there are some that begin a handler's range.
func (b *block) jumpers() []instruction {
	if b.has&isBlockPush != 0 {
		return b.instrs
	}
	return b.instrs[max(len(b.instrs)-1, 0):]
}

// setNop makes an instruction of a block a NOP.
func (c *Compiler) setNop(b *block, i *instruction) {
	i.Op, i.Arg = opcode.Nop, 0
	c.add(b, isNop)
}

// setLoc gives an instruction of a block a location.
func (c *Compiler) setLoc(b *block, i *instruction, loc instr.Loc) {
	i.Loc = loc
	if loc.Start.Line < 0 {
		c.add(b, isLineless)
	}
}

// fallsThrough reports whether control can leave the block at its end for the
// next one.
//
// CPython: flowgraph.c, BB_HAS_FALLTHROUGH.
func (c *Compiler) fallsThrough(b *block) bool {
	last := b.last()
	return last == nil || !c.is(last, noFallthrough)
}

// exitsScope reports whether the block ends by leaving the code unit.
//
// CPython: flowgraph.c, basicblock_exits_scope.
func (c *Compiler) exitsScope(b *block) bool {
	last := b.last()
	return last != nil && c.is(last, isScopeExit)
}

// hasEvalBreak reports whether an instruction of the block may run other code.
//
// CPython: flowgraph.c, basicblock_has_eval_break.
func (c *Compiler) blockHasEvalBreak(b *block) bool {
	if b.has&hasEvalBreak == 0 {
		return false
	}
	for i := range b.instrs {
		if c.is(&b.instrs[i], hasEvalBreak) {
			return true
		}
	}
	return false
}

// hasNoLine reports whether no instruction of the block has a line.
//
// CPython: flowgraph.c, basicblock_has_no_lineno.
func (b *block) hasNoLine() bool {
	for i := range b.instrs {
		if b.instrs[i].Loc.Start.Line >= 0 {
			return false
		}
	}
	return true
}
