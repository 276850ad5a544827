package flowgraph

import (
	"fmt"
	"math"

	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// noDepth is the depth of the stack at the start of a block before it is known.
const noDepth = math.MinInt32

// maxStartDepth is the depth from which blocks are no longer told apart by it.
const maxStartDepth = 100

// calculateStackdepth finds the depth of the stack at the start of each block,
// and the largest depth before any instruction.
//
// CPython: flowgraph.c, calculate_stackdepth.
func (c *Compiler) calculateStackdepth() error {
	c.stack = c.stack[:0]
	c.stackDepth = 0
	if err := c.pushDepth(entry, 0); err != nil {
		return err
	}
	for len(c.stack) > 0 {
		id := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		if err := c.depthOf(id); err != nil {
			return err
		}
	}
	return nil
}

// depthOf follows the depth of the stack through a block.
func (c *Compiler) depthOf(id blockID) error {
	b := &c.g.blocks[id]
	instrs := b.instrs
	depth, most, least := b.startDepth, c.stackDepth, int32(0)
	for i := range instrs {
		in := &instrs[i]
		most = max(most, depth)
		if c.is(in, hasTarget|isRare) {
			if err := c.depthOfTarget(in, depth); err != nil {
				return err
			}
			depth += c.falls[in.Op].rarely(in.Arg)
		} else {
			depth += c.falls[in.Op].at(in.Arg)
		}
		least = min(least, depth)
	}
	if least < 0 {
		return errTooFew
	}
	if c.countsBehind { // what is behind all others is before the next
		most = max(most, depth)
	}
	c.stackDepth = max(c.stackDepth, most)
	if b.next == noBlock || !c.fallsThrough(b) {
		return nil
	}
	return c.pushDepth(b.next, depth)
}

// depthOfTarget records the depth of the stack where an instruction jumps to, if
// it does, and END_ASYNC_FOR apart.
func (c *Compiler) depthOfTarget(in *instruction, depth int32) error {
	if !c.is(in, hasTarget) || in.Op == opcode.EndAsyncFor {
		return nil
	}
	jumped := depth + int32(c.ops.StackEffect(in.Op, in.Arg, true))
	if c.countsBehind {
		c.stackDepth = max(c.stackDepth, jumped)
	}
	return c.pushDepth(in.Target, jumped)
}

// pushDepth records the depth at the start of a block, and enters the block on
// the stack the first time.
//
// CPython: flowgraph.c, stackdepth_push.
func (c *Compiler) pushDepth(id blockID, depth int32) error {
	b := &c.g.blocks[id]
	if b.startDepth >= 0 && b.startDepth != depth {
		return fmt.Errorf("a block is reached with %d and with %d values on the stack", b.startDepth, depth)
	}
	if b.startDepth < depth && b.startDepth < maxStartDepth {
		b.startDepth = depth
		c.stack = append(c.stack, id)
	}
	return nil
}
