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
			if op := superinstruction(instrs[i-1].Op, instrs[i].Op); op != opcode.Nop {
				c.makeSuper(block, &instrs[i-1], &instrs[i], op)
			}
		}
	}
	c.removeRedundantNops()
	return nil
}

// superinstruction returns the instruction that does what two do, or NOP.
func superinstruction(a, b opcode.Op) opcode.Op {
	if a != opcode.LoadFast && a != opcode.StoreFast {
		return opcode.Nop
	}
	switch {
	case b == opcode.LoadFast && a == opcode.LoadFast:
		return opcode.LoadFastLoadFast
	case b == opcode.LoadFast:
		return opcode.StoreFastLoadFast
	case b == opcode.StoreFast && a == opcode.StoreFast:
		return opcode.StoreFastStoreFast
	}
	return opcode.Nop
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
