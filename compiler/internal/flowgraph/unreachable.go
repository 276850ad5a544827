package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// removeUnreachable counts the predecessors of all blocks, and takes those out
// that nothing leads to. CPython leaves them in the list, empty; here it is a gap
// that they leave.
//
// CPython: flowgraph.c, remove_unreachable.
func (c *Compiler) removeUnreachable() error {
	g := &c.g
	if g.blocks[entry].next == noBlock {
		g.blocks[entry].predecessors = 1
		return nil
	}
	c.stack = append(c.clearVisited(), entry)
	g.blocks[entry].predecessors = 1
	g.enter(&g.blocks[entry])
	for len(c.stack) > 0 {
		id := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		for id != noBlock {
			id = c.countTargets(&g.blocks[id])
		}
	}
	for b := &g.blocks[entry]; b.next != noBlock; {
		if next := &g.blocks[b.next]; !g.visited(next) {
			b.next, b.gap = next.next, true
		} else {
			b = next
		}
	}
	return nil
}

// countTargets counts a block as a predecessor of those that it leads to, and
// enters on the stack those of them that it jumps to for the first time. It
// returns the next block if control comes there for the first time, or noBlock.
func (c *Compiler) countTargets(b *block) blockID {
	g := &c.g
	if b.has&hasTarget != 0 {
		list := b.jumpers()
		for i := range list {
			if in := &list[i]; c.is(in, hasTarget) && g.count(in.Target) {
				c.stack = append(c.stack, in.Target)
			}
		}
	}
	if b.next != noBlock && c.fallsThrough(b) && g.count(b.next) {
		return b.next
	}
	return noBlock
}

// count counts one more predecessor of a block, and reports whether the walk under
// way comes to it for the first time.
func (g *graph) count(id blockID) (first bool) {
	b := &g.blocks[id]
	if first = !g.visited(b); first {
		g.enter(b)
		b.predecessors = 0
	}
	b.predecessors++
	return first
}

// maxCopySize is the size of the largest exit block that is copied to where it
// is jumped to from.
const maxCopySize = 4

// inlineSmallOrNoLinenoBlocks replaces jumps to small exit blocks, and to
// blocks without lines, by copies of those blocks.
//
// CPython: flowgraph.c, inline_small_or_no_lineno_blocks.
func (c *Compiler) inlineSmallOrNoLinenoBlocks() error {
	if c.has&isUnconditional == 0 {
		return nil
	}
	for changed := true; changed; { // every change takes out a jump
		changed = false
		for id := entry; id != noBlock; id = c.g.blocks[id].next {
			if c.inlineInto(id) {
				changed = true
			}
		}
	}
	return nil
}

// CPython: flowgraph.c, basicblock_inline_small_or_no_lineno_blocks.
func (c *Compiler) inlineInto(id blockID) bool {
	b := &c.g.blocks[id]
	if b.has&isUnconditional == 0 {
		return false
	}
	last := b.last()
	if last == nil || !c.is(last, isUnconditional) {
		return false
	}
	target := &c.g.blocks[last.Target]
	smallExit := c.exitsScope(target) && len(target.instrs) <= maxCopySize
	noLine := target.hasNoLine() && !c.fallsThrough(target)
	if !smallExit && !noLine {
		return false
	}
	removed := last.Op
	c.setNop(b, last)
	c.g.appendInstructions(b, target)
	if noLine {
		// A jump that checks for signals must not become one that does not.
		if last = b.last(); c.is(last, isUnconditional) && removed == opcode.Jump {
			last.Op = opcode.Jump
		}
	}
	target.predecessors--
	return true
}
