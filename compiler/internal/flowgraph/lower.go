package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// convertPseudoConditionalJumps replaces the jumps that leave the tested value
// on the stack.
//
// CPython: flowgraph.c, convert_pseudo_conditional_jumps.
func (c *Compiler) convertPseudoConditionalJumps() error {
	if c.has&isPseudoCondition == 0 {
		return nil
	}
	g := &c.g
	for id := entry; id != noBlock; id = g.blocks[id].next {
		b := &g.blocks[id]
		last := b.last()
		if last == nil || last.Op != opcode.JumpIfFalse && last.Op != opcode.JumpIfTrue {
			continue
		}
		if last.Op == opcode.JumpIfFalse {
			c.set(b, last, opcode.PopJumpIfFalse, last.Arg)
		} else {
			c.set(b, last, opcode.PopJumpIfTrue, last.Arg)
		}
		loc, except := last.Loc, last.Except
		c.insert(b, len(b.instrs)-1,
			instruction{Op: opcode.Copy, Arg: 1, Loc: loc, Except: except},
			instruction{Op: opcode.ToBool, Loc: loc, Except: except})
	}
	return nil
}

// convertPseudoOps replaces the instructions that no interpreter has.
//
// CPython: flowgraph.c, convert_pseudo_ops.
func (c *Compiler) convertPseudoOps() error {
	if c.has&isPseudo == 0 {
		return c.removeRedundantNopsAndJumps()
	}
	g := &c.g
	for id := entry; id != noBlock; id = g.blocks[id].next {
		b := &g.blocks[id]
		if b.has&isPseudo == 0 {
			continue
		}
		for i := range b.instrs {
			switch in := &b.instrs[i]; {
			case c.is(in, isBlockPush):
				c.setNop(b, in)
			case in.Op == opcode.LoadClosure:
				c.set(b, in, opcode.LoadFast, in.Arg)
			case in.Op == opcode.StoreFastMaybeNull:
				c.set(b, in, opcode.StoreFast, in.Arg)
			}
		}
	}
	return c.removeRedundantNopsAndJumps()
}
