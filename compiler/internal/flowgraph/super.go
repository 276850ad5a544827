package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// insertSuperinstructions joins neighbouring accesses to the first 16 locals.
//
// CPython: flowgraph.c, insert_superinstructions.
func (c *Compiler) insertSuperinstructions() error {
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		instrs := c.g.blocks[id].instrs
		for i := 0; i+1 < len(instrs); i++ {
			a, b := &instrs[i], &instrs[i+1]
			switch {
			case a.op == opcode.LoadFast && b.op == opcode.LoadFast:
				makeSuper(a, b, opcode.LoadFastLoadFast)
			case a.op == opcode.StoreFast && b.op == opcode.LoadFast:
				makeSuper(a, b, opcode.StoreFastLoadFast)
			case a.op == opcode.StoreFast && b.op == opcode.StoreFast:
				makeSuper(a, b, opcode.StoreFastStoreFast)
			}
		}
	}
	c.removeRedundantNops()
	return nil
}

// CPython: flowgraph.c, make_super_instruction.
func makeSuper(a, b *instruction, op opcode.Op) {
	lineA, lineB := a.loc.Start.Line, b.loc.Start.Line
	if lineA >= 0 && lineB >= 0 && lineA != lineB || a.arg >= 16 || b.arg >= 16 {
		return
	}
	a.set1(op, a.arg<<4|b.arg)
	b.set0(opcode.Nop)
}
