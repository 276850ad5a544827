package flowgraph

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// removeRedundantNops takes out the NOPs that no line needs, and returns how
// many there were.
//
// CPython: flowgraph.c, remove_redundant_nops.
func (c *Compiler) removeRedundantNops() int {
	if c.has&isNop == 0 {
		return 0
	}
	c.has &^= isNop
	c.emptied = false
	removed := 0
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		removed += c.removeNopsOf(id)
	}
	return removed
}

// CPython: flowgraph.c, basicblock_remove_redundant_nops.
func (c *Compiler) removeNopsOf(id blockID) int {
	b := &c.g.blocks[id]
	if b.has&isNop == 0 {
		return 0
	}
	b.has &^= isNop
	instrs := b.instrs
	src := 0
	for src < len(instrs) && instrs[src].Op != opcode.Nop {
		src++
	}
	dest := src
	previous := int32(-1) // line of the last instruction that stays
	if src > 0 {
		previous = instrs[src-1].Loc.Start.Line
	}
	for ; src < len(instrs); src++ {
		line := instrs[src].Loc.Start.Line
		if instrs[src].Op == opcode.Nop {
			if line < 0 || line == previous || c.coveredByNext(id, src) {
				continue
			}
			c.add(b, isNop)
		}
		instrs[dest] = instrs[src]
		dest++
		previous = line
	}
	if c.forgetsRemoved {
		clear(instrs[dest:])
	}
	b.instrs = instrs[:dest]
	if dest == 0 && len(instrs) > 0 {
		c.emptied = true
	}
	return len(instrs) - dest
}

// coveredByNext reports whether the instruction after a NOP has its line. One
// without a line gets the NOP's.
func (c *Compiler) coveredByNext(id blockID, src int) bool {
	b := &c.g.blocks[id]
	nop := &b.instrs[src]
	line := nop.Loc.Start.Line
	if src < len(b.instrs)-1 {
		next := &b.instrs[src+1]
		if next.Loc.Start.Line < 0 {
			next.Loc = nop.Loc
			return true
		}
		return next.Loc.Start.Line == line
	}
	next := c.g.nextNonempty(b.next)
	return next != noBlock && c.g.blocks[next].firstLoc().Start.Line == line
}

// firstLoc returns the location of the first instruction that is more than a
// NOP without a line.
func (b *block) firstLoc() instr.Loc {
	for i := range b.instrs {
		if in := &b.instrs[i]; in.Op != opcode.Nop || in.Loc.Start.Line >= 0 {
			return in.Loc
		}
	}
	return instr.NoLoc()
}

// removeRedundantNopsAndPairs takes out NOPs, and constants and copies that are
// popped again at once.
//
// CPython: flowgraph.c, remove_redundant_nops_and_pairs.
func (c *Compiler) removeRedundantNopsAndPairs() error {
	g := &c.g
	if c.has&isPop == 0 {
		c.removeRedundantNops()
		return nil
	}
	for done := false; !done; {
		done = true
		c.has &^= isNop
		var previous *instruction // that control comes from alone
		var at *block             // that has it
		for id := entry; id != noBlock; id = g.blocks[id].next {
			c.removeNopsOf(id)
			b := &g.blocks[id]
			if b.label != noLabel {
				previous = nil
			}
			for i := range b.popping() {
				in := &b.instrs[i]
				if in.Op != opcode.PopTop {
					continue
				}
				if i > 0 {
					previous, at = &b.instrs[i-1], b
				}
				if c.isPureLoad(previous) {
					c.setNop(at, previous)
					c.setNop(b, in)
					done = false
				}
			}
			if last := b.last(); last != nil {
				previous, at = last, b
			}
			if previous != nil && c.is(previous, isJump) || !c.fallsThrough(b) {
				previous = nil
			}
		}
	}
	return nil
}

// popping returns the instructions of a block if there may be a POP_TOP.
func (b *block) popping() []instruction {
	if b.has&isPop == 0 {
		return nil
	}
	return b.instrs
}

// isPureLoad reports whether all that an instruction does is to put one value
// on the stack.
func (c *Compiler) isPureLoad(i *instruction) bool {
	return i != nil && (c.is(i, loadsConst) || i.Op == opcode.Copy && i.Arg == 1)
}

// removeRedundantNopsAndJumps takes out NOPs and jumps to the next instruction.
//
// CPython: flowgraph.c, remove_redundant_nops_and_jumps.
func (c *Compiler) removeRedundantNopsAndJumps() error {
	for {
		removed := c.removeRedundantNops()
		jumps := c.removeRedundantJumps()
		// NOPs that were needed may no longer be where a block became empty.
		if jumps == 0 && (removed == 0 || !c.emptied) {
			return nil
		}
	}
}

// removeRedundantJumps turns jumps to where control would come anyway into
// NOPs, and returns how many there were.
//
// CPython: flowgraph.c, remove_redundant_jumps.
func (c *Compiler) removeRedundantJumps() int {
	if c.has&isUnconditional == 0 {
		return 0
	}
	g := &c.g
	changes := 0
	for id := entry; id != noBlock; id = g.blocks[id].next {
		if g.blocks[id].has&isUnconditional == 0 {
			continue
		}
		last := g.blocks[id].last()
		if last == nil || !c.is(last, isUnconditional) {
			continue
		}
		if g.nextNonempty(last.Target) == g.nextNonempty(g.blocks[id].next) {
			c.setNop(&g.blocks[id], last)
			changes++
		}
	}
	return changes
}
