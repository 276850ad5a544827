package flowgraph

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
	used := 1
	if used == n {
		return nil
	}
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		if c.g.blocks[id].has&hasConst == 0 {
			continue
		}
		instrs := c.g.blocks[id].instrs
		for i := range instrs {
			if in := &instrs[i]; c.is(in, hasConst) && index[in.Arg] < 0 {
				index[in.Arg] = 0
				if used++; used == n {
					return nil
				}
			}
		}
	}
	c.unit.Consts.Keep(index)
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		if c.g.blocks[id].has&hasConst == 0 {
			continue
		}
		instrs := c.g.blocks[id].instrs
		for i := range instrs {
			if in := &instrs[i]; c.is(in, hasConst) {
				in.Arg = index[in.Arg]
			}
		}
	}
	return nil
}
