package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// jumpThread makes a jump to a jump one to where that goes, if it is another
// place. The old jump stays as a NOP with its line; the new one, behind it, has
// the line of the jump that it goes past. It reports whether it did so.
//
// CPython: flowgraph.c, jump_thread.
func (c *Compiler) jumpThread(b *block, in, target *instruction, op opcode.Op) bool {
	if in.Target == target.Target {
		return false
	}
	to, loc := target.Target, target.Loc
	c.setNop(b, in)
	i := c.addOp(b, op, loc)
	i.Target = to
	return true
}

// normalizeJumps makes conditional jumps go forward, as the interpreter has no
// others, and marks the way of those that do not jump.
//
// CPython: flowgraph.c, normalize_jumps.
func (c *Compiler) normalizeJumps() error {
	if c.has&isCondition == 0 {
		return nil
	}
	c.clearVisited()
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		c.g.enter(&c.g.blocks[id])
		c.normalizeJumpOf(id)
	}
	return nil
}

// normalizeJumpOf turns a conditional jump back to T
//
//	POP_JUMP_IF_TRUE T
//	next …
//
// into
//
//	POP_JUMP_IF_FALSE next
//	NOT_TAKEN; JUMP T
//	next …
//
// CPython: flowgraph.c, normalize_jumps_in_block.
func (c *Compiler) normalizeJumpOf(id blockID) {
	g := &c.g
	b := &g.blocks[id]
	last := b.last()
	if last == nil || !c.is(last, isCondition) {
		return
	}
	loc := last.Loc
	if !g.visited(&g.blocks[last.Target]) {
		if c.marksNotTaken {
			c.addOp(b, opcode.NotTaken, loc)
		}
		return
	}
	back := g.newBlock()
	b = &g.blocks[id]
	last = b.last()
	target := last.Target
	jump := &g.blocks[back]
	if c.marksNotTaken {
		c.addOp(jump, opcode.NotTaken, loc)
	}
	c.addOp(jump, opcode.Jump, loc).Target = target
	jump.startDepth = g.blocks[target].startDepth
	last.Op = opposite(last.Op)
	last.Target = b.next
	jump.cold = b.cold
	jump.next = b.next
	b.next = back
	// The walk marks the new block as one that came before.
}

func opposite(op opcode.Op) opcode.Op {
	switch op {
	case opcode.PopJumpIfFalse:
		return opcode.PopJumpIfTrue
	case opcode.PopJumpIfTrue:
		return opcode.PopJumpIfFalse
	case opcode.PopJumpIfNone:
		return opcode.PopJumpIfNotNone
	case opcode.PopJumpIfNotNone:
		return opcode.PopJumpIfNone
	}
	return op
}
