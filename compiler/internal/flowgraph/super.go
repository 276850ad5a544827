package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// insertSuperinstructions joins neighbouring accesses to the first 16 locals.
//
// CPython: flowgraph.c, insert_superinstructions.
func (c *Compiler) insertSuperinstructions() error {
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		block := &c.g.blocks[id]
		if block.has&accessesLocal == 0 {
			continue
		}
		instrs := block.instrs
		for i := 0; i+1 < len(instrs); i++ {
			a, b := &instrs[i], &instrs[i+1]
			switch {
			case a.op == opcode.LoadFast && b.op == opcode.LoadFast:
				c.makeSuper(block, a, b, opcode.LoadFastLoadFast)
			case a.op == opcode.StoreFast && b.op == opcode.LoadFast:
				c.makeSuper(block, a, b, opcode.StoreFastLoadFast)
			case a.op == opcode.StoreFast && b.op == opcode.StoreFast:
				c.makeSuper(block, a, b, opcode.StoreFastStoreFast)
			}
		}
	}
	c.removeRedundantNops()
	return nil
}

// CPython: flowgraph.c, make_super_instruction.
func (c *Compiler) makeSuper(block *block, a, b *instruction, op opcode.Op) {
	lineA, lineB := a.loc.Start.Line, b.loc.Start.Line
	if lineA >= 0 && lineB >= 0 && lineA != lineB || a.arg >= 16 || b.arg >= 16 {
		return
	}
	c.set(block, a, op, a.arg<<4|b.arg)
	block.setNop(b)
}
