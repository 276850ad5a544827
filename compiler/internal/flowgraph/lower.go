package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

// convertPseudoConditionalJumps replaces the jumps that leave the tested value
// on the stack.
//
// CPython: flowgraph.c, convert_pseudo_conditional_jumps.
func (c *Compiler) convertPseudoConditionalJumps() error {
	g := &c.g
	for id := entry; id != noBlock; id = g.blocks[id].next {
		b := &g.blocks[id]
		last := b.last()
		if last == nil || last.op != opcode.JumpIfFalse && last.op != opcode.JumpIfTrue {
			continue
		}
		if last.op == opcode.JumpIfFalse {
			last.op = opcode.PopJumpIfFalse
		} else {
			last.op = opcode.PopJumpIfTrue
		}
		loc, except := last.loc, last.except
		c.insert(b, len(b.instrs)-1,
			instruction{op: opcode.Copy, arg: 1, loc: loc, except: except},
			instruction{op: opcode.ToBool, loc: loc, except: except})
	}
	return nil
}

// convertPseudoOps replaces the instructions that no interpreter has.
//
// CPython: flowgraph.c, convert_pseudo_ops.
func (c *Compiler) convertPseudoOps() error {
	g := &c.g
	for id := entry; id != noBlock; id = g.blocks[id].next {
		b := &g.blocks[id]
		if b.has&isPseudo == 0 {
			continue
		}
		for i := range b.instrs {
			switch in := &b.instrs[i]; {
			case c.is(in, isBlockPush):
				b.setNop(in)
			case in.op == opcode.LoadClosure:
				in.op = opcode.LoadFast
			case in.op == opcode.StoreFastMaybeNull:
				in.op = opcode.StoreFast
			}
		}
	}
	return c.removeRedundantNopsAndJumps()
}
