package flowgraph

import "github.com/rules-pyc/rules_pyc/compiler/internal/instr"

// resolveLineNumbers sees to it that code which leaves the unit, or runs other
// code, has a line.
//
// CPython: flowgraph.c, resolve_line_numbers.
func (c *Compiler) resolveLineNumbers() error {
	if c.has&isLineless == 0 {
		return nil
	}
	if first := &c.g.blocks[entry]; first.next == noBlock && first.has&isJump == 0 {
		first.propagateLines()
		c.has = c.has&^isLineless | first.has&isLineless
		return nil
	}
	c.duplicateExitsWithoutLineno()
	c.propagateLineNumbers()
	return nil
}

// duplicateExitsWithoutLineno copies exit blocks without a line so that each
// has a single predecessor, whose line it can take.
//
// Faithful: the numbers of predecessors are those that the last count and the
// passes since then left behind.
//
// CPython: flowgraph.c, duplicate_exits_without_lineno.
func (c *Compiler) duplicateExitsWithoutLineno() {
	g := &c.g
	if !c.markBare() {
		return
	}
	label := noLabel // of the next copy, once there is one
	for id := entry; id != noBlock; id = g.blocks[id].next {
		if g.blocks[id].has&isJump == 0 {
			continue
		}
		last := g.blocks[id].last()
		if last == nil || !c.is(last, isJump) {
			continue
		}
		target := g.nextNonempty(last.Target)
		if target != noBlock && g.blocks[target].bare && g.blocks[target].predecessors > 1 {
			if label == noLabel {
				label = g.maxLabel() + 1
			}
			c.duplicateFor(last, target, label)
			label++
		}
	}
	for id := entry; id != noBlock; id = g.blocks[id].next {
		b := &g.blocks[id]
		if g.blocks[b.next].bare && !b.gap && len(b.instrs) > 0 && c.fallsThrough(b) {
			next := &g.blocks[b.next]
			c.setLoc(next, next.first(), b.last().Loc)
		}
	}
}

// duplicateFor makes a copy of a block, right behind it, for one jump to it.
func (c *Compiler) duplicateFor(jump *instruction, target blockID, label int32) {
	g := &c.g
	id := g.newBlock()
	b, original := &g.blocks[id], &g.blocks[target]
	g.appendInstructions(b, original)
	c.setLoc(b, &b.instrs[0], jump.Loc)
	jump.Target = id
	original.predecessors--
	b.predecessors = 1
	b.next, b.gap = original.next, original.gap
	b.label = label
	b.bare = c.exitsOrChecksWithoutLine(b)
	original.next, original.gap = id, false
}

// markBare marks the blocks that exit, or check for signals, without a line. It
// reports whether there are any.
func (c *Compiler) markBare() bool {
	found := false
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		b := &c.g.blocks[id]
		b.bare = c.exitsOrChecksWithoutLine(b)
		found = found || b.bare
	}
	return found
}

// CPython: flowgraph.c, is_exit_or_eval_check_without_lineno.
func (c *Compiler) exitsOrChecksWithoutLine(b *block) bool {
	return b.has&isLineless != 0 && b.has&(isScopeExit|hasEvalBreak) != 0 &&
		(c.exitsScope(b) || c.blockHasEvalBreak(b)) && b.hasNoLine()
}

// propagateLineNumbers gives instructions without a line the location of the
// instruction before them, in the block or in its only predecessor.
//
// CPython: flowgraph.c, propagate_line_numbers.
func (c *Compiler) propagateLineNumbers() {
	g := &c.g
	c.has &^= isLineless
	for id := entry; id != noBlock; id = g.blocks[id].next {
		b := &g.blocks[id]
		last := b.last()
		if last == nil {
			c.has |= b.has & isLineless
			continue
		}
		if b.has&isLineless != 0 {
			b.propagateLines()
			c.has |= b.has & isLineless
		}
		if next := b.next; next != noBlock && g.blocks[next].has&isLineless != 0 && !b.gap && len(g.blocks[next].instrs) > 0 && c.fallsThrough(b) {
			g.blocks[next].inherit(last.Loc)
		}
		if b.has&isJump != 0 && c.is(last, isJump) {
			// Faithful: the block may be empty. What it held is looked at then,
			// to no effect.
			if t := &g.blocks[c.lineTarget(last.Target)]; t.has&isLineless != 0 {
				t.inherit(last.Loc)
			}
		}
	}
}

// propagateLines gives the block's instructions without a line the location of
// the instruction before them.
func (b *block) propagateLines() {
	b.has &^= isLineless
	for i := range b.instrs {
		in := &b.instrs[i]
		if in.Loc.Start.Line >= 0 {
			continue
		}
		if in.Loc.Start.Line == loc0 {
			in.Loc = instr.NoLoc()
			if i > 0 {
				in.Loc = b.instrs[i-1].Loc
			}
		}
		if in.Loc.Start.Line < 0 {
			b.has |= isLineless
		}
	}
}

// lineTarget returns the block whose first instruction takes the location of a
// jump to the block.
func (c *Compiler) lineTarget(id blockID) blockID {
	for c.linesThroughEmpty {
		b := &c.g.blocks[id]
		if len(b.instrs) > 0 || b.predecessors != 1 || b.next == noBlock || b.gap {
			break
		}
		id = b.next
	}
	return id
}

// loc0 is the line of an instruction without one.
const loc0 = -1

// inherit gives the block's first instruction a location if it has none and the
// block a single predecessor.
func (b *block) inherit(loc instr.Loc) {
	if b.predecessors != 1 {
		return
	}
	if first := b.first(); first != nil && first.Loc.Start.Line == loc0 {
		first.Loc = loc
	}
}
