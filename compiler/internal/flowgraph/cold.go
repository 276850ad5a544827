package flowgraph

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// pushColdBlocksToEnd moves the code that only exceptions lead to behind all
// other code.
//
// CPython: flowgraph.c, push_cold_blocks_to_end.
func (c *Compiler) pushColdBlocksToEnd() error {
	g := &c.g
	if g.blocks[entry].next == noBlock || c.has&isBlockPush == 0 {
		return nil // nothing is cold without handlers
	}
	c.markWarm()
	c.markCold()
	c.jumpFromColdToWarm()
	if c.moveColdBlocks() {
		return c.removeRedundantNopsAndJumps()
	}
	return nil
}

// markWarm marks the blocks that control reaches without an exception.
//
// CPython: flowgraph.c, mark_warm.
func (c *Compiler) markWarm() {
	g := &c.g
	todo := append(c.clearVisited(), entry)
	g.enter(&g.blocks[entry])
	for len(todo) > 0 {
		b := &g.blocks[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		b.warm = true
		if next := b.next; next != noBlock && c.fallsThrough(b) && !g.visited(&g.blocks[next]) {
			g.enter(&g.blocks[next])
			todo = append(todo, next)
		}
		if in := b.last(); in != nil && c.is(in, isJump) && !g.visited(&g.blocks[in.Target]) {
			g.enter(&g.blocks[in.Target])
			todo = append(todo, in.Target)
		}
	}
	c.stack = todo
}

// markCold marks the handlers, and what they lead to unless it is warm.
//
// CPython: flowgraph.c, mark_cold.
func (c *Compiler) markCold() {
	g := &c.g
	todo := c.clearVisited()
	for id := entry; id != noBlock; id = g.blocks[id].next {
		if g.blocks[id].isHandler {
			g.enter(&g.blocks[id])
			todo = append(todo, id)
		}
	}
	reach := func(id blockID) {
		if t := &g.blocks[id]; !t.warm && !g.visited(t) {
			g.enter(t)
			todo = append(todo, id)
		}
	}
	for len(todo) > 0 {
		b := &g.blocks[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		b.cold = true
		if b.next != noBlock && c.fallsThrough(b) {
			reach(b.next)
		}
		if in := b.last(); in != nil && c.is(in, isJump) {
			reach(in.Target)
		}
	}
	c.stack = todo
}

// jumpFromColdToWarm adds a jump wherever a cold block falls through to a warm
// one.
func (c *Compiler) jumpFromColdToWarm() {
	g := &c.g
	label := g.maxLabel() + 1
	for id := entry; id != noBlock; id = g.blocks[id].next {
		b := &g.blocks[id]
		if !b.cold || b.next == noBlock || !g.blocks[b.next].warm || !c.fallsThrough(b) {
			continue
		}
		to := b.next
		if g.blocks[to].label == noLabel {
			g.blocks[to].label = label
			label++
		}
		jump := g.newBlock()
		j := &g.blocks[jump]
		c.addOp(j, opcode.JumpNoInterrupt, instr.NoLoc()).Target = to
		j.cold = true
		j.next = to
		j.predecessors = 1
		g.blocks[id].next = jump
	}
}

// leaveGap leaves the gap behind a cold block, if nothing runs through it, to the
// warm block before: what is there is not cold.
func (c *Compiler) leaveGap(warm, cold *block) {
	if cold.gap && !c.fallsThrough(cold) {
		cold.gap, warm.gap = false, true
	}
}

// moveColdBlocks moves runs of cold blocks to the end of the list, in their
// order. It reports whether there were any.
func (c *Compiler) moveColdBlocks() bool {
	blocks := c.g.blocks
	first, tail := noBlock, noBlock // of the cold blocks
	b := entry
	for blocks[b].next != noBlock {
		for blocks[b].next != noBlock && !blocks[blocks[b].next].cold {
			b = blocks[b].next
		}
		start := blocks[b].next
		if start == noBlock {
			break
		}
		end := start
		c.leaveGap(&blocks[b], &blocks[end])
		for blocks[end].next != noBlock && blocks[blocks[end].next].cold {
			end = blocks[end].next
			c.leaveGap(&blocks[b], &blocks[end])
		}
		if first == noBlock {
			first = start
		} else {
			blocks[tail].next = start
		}
		tail = end
		blocks[b].next = blocks[end].next
		blocks[end].next = noBlock
	}
	blocks[b].next = first
	return first != noBlock
}
