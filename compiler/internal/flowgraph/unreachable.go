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
	todo := append(c.clearVisited(), entry)
	g.blocks[entry].predecessors = 1
	g.enter(&g.blocks[entry])
	reach := func(id blockID) {
		b := &g.blocks[id]
		if !g.visited(b) {
			g.enter(b)
			b.predecessors = 0
			todo = append(todo, id)
		}
		b.predecessors++
	}
	for len(todo) > 0 {
		b := &g.blocks[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		if b.next != noBlock && c.fallsThrough(b) {
			reach(b.next)
		}
		if b.has&hasTarget == 0 {
			continue
		}
		list := b.jumpers()
		for i := range list {
			if c.is(&list[i], hasTarget) {
				reach(list[i].Target)
			}
		}
	}
	c.stack = todo
	for b := &g.blocks[entry]; b.next != noBlock; {
		if next := &g.blocks[b.next]; !g.visited(next) {
			b.next, b.gap = next.next, true
		} else {
			b = next
		}
	}
	return nil
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
