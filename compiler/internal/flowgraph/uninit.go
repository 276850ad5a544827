package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// trackedLocals is the number of locals that are followed from block to block;
// it is the width of block.unsafe. Others are looked at in each block alone.
const trackedLocals = 64

// addChecksForLoadsOfUninitializedVariables makes the loads of locals that may
// have no value LOAD_FAST_CHECK.
//
// CPython: flowgraph.c, add_checks_for_loads_of_uninitialized_variables.
func (c *Compiler) addChecksForLoadsOfUninitializedVariables() error {
	locals := c.unit.VarNames.Len()
	if c.has&accessesLocal == 0 {
		return nil
	}
	if locals > trackedLocals {
		c.fastScanManyLocals(locals)
		locals = trackedLocals
	}
	g := &c.g
	c.stack = c.clearVisited()
	start := uint64(0)
	for i := int(c.unit.ParamCount); i < locals; i++ {
		start |= 1 << i
	}
	c.maybePush(entry, start)
	if c.has&clearsLocal != 0 {
		// A DELETE_FAST may be anywhere: look at every block once.
		for id := entry; id != noBlock; id = g.blocks[id].next {
			c.scanForLocals(id)
		}
	}
	for len(c.stack) > 0 {
		id := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		g.blocks[id].visit = 0
		c.scanForLocals(id)
	}
	return nil
}

// maybePush enters a block on the stack, if it is not there, when the mask of
// locals without a value has something new for it.
//
// CPython: flowgraph.c, maybe_push.
func (c *Compiler) maybePush(id blockID, unsafe uint64) {
	b := &c.g.blocks[id]
	if both := b.unsafe | unsafe; both != b.unsafe {
		b.unsafe = both
		if !c.g.visited(b) {
			c.g.enter(b)
			c.stack = append(c.stack, id)
		}
	}
}

// scanForLocals follows the first locals through a block.
//
// CPython: flowgraph.c, scan_block_for_locals.
func (c *Compiler) scanForLocals(id blockID) {
	b := &c.g.blocks[id]
	unsafe := b.unsafe
	if unsafe == 0 && b.has&clearsLocal == 0 {
		return // all that follows have a value
	}
	if c.has&isBlockPush != 0 {
		unsafe = c.scanGuarded(b.instrs, unsafe)
	} else if b.has&accessesLocal != 0 {
		instrs := b.instrs
		for i := range instrs {
			unsafe = c.scanLocal(&instrs[i], unsafe)
		}
	}
	if b.next != noBlock && c.fallsThrough(b) {
		c.maybePush(b.next, unsafe)
	}
	if last := b.last(); last != nil && c.is(last, isJump) {
		c.maybePush(last.Target, unsafe)
	}
}

// scanGuarded follows the first locals through instructions that may have
// handlers, and tells those which may be without a value.
func (c *Compiler) scanGuarded(instrs []instruction, unsafe uint64) uint64 {
	handled, told := noBlock, uint64(0) // the handler that was told last
	for i := range instrs {
		in := &instrs[i]
		if in.Except != noBlock && (in.Except != handled || told != unsafe) {
			handled, told = in.Except, unsafe
			c.maybePush(in.Except, unsafe)
		}
		unsafe = c.scanLocal(in, unsafe)
	}
	return unsafe
}

// scanLocal returns which locals are without a value behind an instruction. There
// is no branch on what that is, since it would often be mispredicted.
func (c *Compiler) scanLocal(in *instruction, unsafe uint64) uint64 {
	k := c.classes[in.Op]
	local := uint64(1) << uint32(in.Arg) & -uint64(k/accessesLocal&1) // 0 beyond the tracked
	if unsafe&local&-uint64(k/maybeBorrows&1) != 0 {                  // LOAD_FAST
		in.Op = opcode.LoadFastCheck
	}
	return unsafe&^local | local&-uint64(k/clearsLocal&1)
}

// fastScanManyLocals follows the locals beyond the first ones, each block by
// itself: a local has a value there if the block gave it one.
//
// CPython: flowgraph.c, fast_scan_many_locals.
func (c *Compiler) fastScanManyLocals(locals int) {
	n := locals - trackedLocals
	if cap(c.localStates) < n {
		c.localStates = make([]int32, n, 2*n)
	}
	states := c.localStates[:n] // the last block that gave the local a value
	clear(states)
	number := int32(0)
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		number++
		instrs := c.g.blocks[id].instrs
		for i := range instrs {
			in := &instrs[i]
			if in.Arg < trackedLocals {
				continue
			}
			switch in.Op {
			case opcode.DeleteFast, opcode.LoadFastAndClear, opcode.StoreFastMaybeNull:
				states[in.Arg-trackedLocals] = number - 1
			case opcode.StoreFast:
				states[in.Arg-trackedLocals] = number
			case opcode.LoadFast:
				if states[in.Arg-trackedLocals] != number {
					in.Op = opcode.LoadFastCheck
				}
				states[in.Arg-trackedLocals] = number
			}
		}
	}
}
