package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// insertSuperinstructions joins neighbouring accesses to the first 16 locals.
//
// CPython: flowgraph.c, insert_superinstructions.
func (c *Compiler) insertSuperinstructions() error {
	if c.has&accessesLocal == 0 {
		return nil
	}
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		block := &c.g.blocks[id]
		if block.has&accessesLocal == 0 {
			continue
		}
		instrs := block.instrs
		for i := 1; i < len(instrs); i++ {
			if a, b := &instrs[i-1], &instrs[i]; c.superFirst[a.Op]&c.superNext[b.Op] != 0 {
				c.makeSuper(block, a, b, superinstruction(a.Op, b.Op))
			}
		}
	}
	c.removeRedundantNops()
	return nil
}

// superPairs returns which instructions a superinstruction may join.
func superPairs() (first, next [256]uint8) {
	first[opcode.LoadFast], next[opcode.LoadFast] = 1, 1|2
	first[opcode.StoreFast], next[opcode.StoreFast] = 2, 2
	return first, next
}

// superinstruction returns the instruction that does what two of a pair do.
func superinstruction(a, b opcode.Op) opcode.Op {
	switch {
	case a == opcode.LoadFast:
		return opcode.LoadFastLoadFast
	case b == opcode.LoadFast:
		return opcode.StoreFastLoadFast
	}
	return opcode.StoreFastStoreFast
}

// CPython: flowgraph.c, make_super_instruction.
func (c *Compiler) makeSuper(block *block, a, b *instruction, op opcode.Op) {
	lineA, lineB := a.Loc.Start.Line, b.Loc.Start.Line
	if lineA >= 0 && lineB >= 0 && lineA != lineB || a.Arg >= 16 || b.Arg >= 16 {
		return
	}
	c.set(block, a, op, a.Arg<<4|b.Arg)
	c.setNop(block, b)
}
