package flowgraph

import "slices"

// removeUnusedConsts removes the constants that no instruction refers to. The
// first one stays: it may be a docstring.
//
// CPython: flowgraph.c, remove_unused_consts.
func (c *Compiler) removeUnusedConsts() error {
	n := c.unit.Consts.Len()
	if n == 0 {
		return nil
	}
	if cap(c.constMap) < n {
		c.constMap = make([]int32, n, 2*n)
	}
	index := c.constMap[:n]
	for i := range index {
		index[i] = -1
	}
	index[0] = 0
	c.markConsts(index)
	if !slices.Contains(index, -1) {
		return nil
	}
	c.unit.Consts.Keep(index)
	c.renumberConsts(index)
	return nil
}

// constMask returns a number with all bits set if the instruction refers to a
// constant, or else 0: a branch would often be mispredicted.
func (c *Compiler) constMask(in *instruction) int32 {
	return -int32(c.classes[in.Op] / hasConst & 1)
}

// markConsts sets the elements of constants that instructions refer to to 0.
func (c *Compiler) markConsts(index []int32) {
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		if c.g.blocks[id].has&hasConst == 0 {
			continue
		}
		instrs := c.g.blocks[id].instrs
		for i := range instrs {
			in := &instrs[i]
			index[in.Arg&c.constMask(in)] = 0
		}
	}
}

// renumberConsts replaces the indices of constants in operands.
func (c *Compiler) renumberConsts(index []int32) {
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		if c.g.blocks[id].has&hasConst == 0 {
			continue
		}
		instrs := c.g.blocks[id].instrs
		for i := range instrs {
			in := &instrs[i]
			mask := c.constMask(in)
			in.Arg = in.Arg&^mask | index[in.Arg&mask]&mask
		}
	}
}
