package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// A class says what the passes need to know of an instruction, as bits.
type class uint16

const (
	isJump          class = 1 << iota // it has a target that it jumps to
	isBlockPush                       // it begins a handler's range
	isUnconditional                   // it always jumps
	isScopeExit                       // it leaves the code unit
	isCondition                       // it jumps depending on the top of the stack
	isSwappable                       // it only takes the top of the stack, without effect beyond that
	hasConst                          // its operand is the index of a constant
	loadsConst                        // it loads a constant
	hasEvalBreak                      // it may run other code
	isAssemblerOnly                   // no code generator emits it
	clearsLocal                       // it may leave a local without a value

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
			{opcode.HasExc, isBlockPush},
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
	add(clearsLocal, opcode.DeleteFast, opcode.LoadFastAndClear, opcode.StoreFastMaybeNull)
	return classes
}

func (c *Compiler) is(i *instruction, k class) bool { return c.classes[i.op]&k != 0 }

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
		if b.instrs[i].loc.Start.Line >= 0 {
			return false
		}
	}
	return true
}
