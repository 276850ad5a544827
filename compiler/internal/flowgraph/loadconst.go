package flowgraph

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/arith"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// maxSmallArg is the largest int that LOAD_SMALL_INT loads.
const maxSmallArg = 255

// constValue returns the constant that an instruction loads.
//
// CPython: flowgraph.c, get_const_value.
func (c *Compiler) constValue(op opcode.Op, arg int32) pyc.Object {
	if op == opcode.LoadSmallInt {
		return c.pool.Int(int64(arg))
	}
	return c.unit.Consts.List()[arg]
}

// maybeLoadSmallInt makes an instruction LOAD_SMALL_INT if that can load the
// constant. It reports whether it did.
//
// CPython: flowgraph.c, maybe_instr_make_load_smallint.
func (c *Compiler) maybeLoadSmallInt(in *instruction, o pyc.Object) bool {
	i, ok := o.(*pyc.Int)
	if !c.loadsSmallInts || !ok || i.Big != nil || i.Small < 0 || i.Small > maxSmallArg {
		return false
	}
	in.set1(opcode.LoadSmallInt, int32(i.Small))
	return true
}

// makeLoadConst makes an instruction load a constant, which is added to the
// unit's if needed.
//
// CPython: flowgraph.c, instr_make_load_const.
func (c *Compiler) makeLoadConst(in *instruction, o pyc.Object) {
	if !c.maybeLoadSmallInt(in, o) {
		in.set1(opcode.LoadConst, c.addConst(o))
	}
}

func (c *Compiler) addConst(o pyc.Object) int32 { return c.unit.Consts.AddFolded(c.pool, o) }

// optimizeLoadConst simplifies what uses a constant at once.
//
// CPython: flowgraph.c, optimize_load_const.
func (c *Compiler) optimizeLoadConst() error {
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		c.optimizeLoadConstOf(c.g.blocks[id].instrs)
	}
	return nil
}

// CPython: flowgraph.c, basicblock_optimize_load_const.
func (c *Compiler) optimizeLoadConstOf(instrs []instruction) {
	var op opcode.Op // of the last constant that may be on the stack
	var arg int32
	for i := range instrs {
		in := &instrs[i]
		if in.op == opcode.LoadConst {
			c.maybeLoadSmallInt(in, c.constValue(in.op, in.arg))
		}
		isCopy := op == opcode.LoadConst && in.op == opcode.Copy && in.arg == 1
		if !isCopy {
			op, arg = in.op, in.arg
		}
		if op != opcode.LoadConst && op != opcode.LoadSmallInt || i+1 == len(instrs) {
			continue
		}
		next := &instrs[i+1]
		switch next.op {
		case opcode.PopJumpIfFalse, opcode.PopJumpIfTrue, opcode.JumpIfFalse, opcode.JumpIfTrue:
			c.foldConstantJump(in, next, arith.IsTrue(c.constValue(op, arg)))
		case opcode.IsOp:
			if c.constValue(op, arg) == pyc.None {
				foldIsNone(instrs[i:])
			}
		case opcode.ReturnValue:
			if c.returnsConstants {
				in.set0(opcode.Nop)
				next.set1(opcode.ReturnConst, arg)
			}
		case opcode.ToBool:
			value := object.Bool(arith.IsTrue(c.constValue(op, arg)))
			in.set0(opcode.Nop)
			next.set1(opcode.LoadConst, c.addConst(value))
		}
	}
}

// foldConstantJump takes out a jump, or the condition of one, that depends on a
// constant.
func (c *Compiler) foldConstantJump(load, jump *instruction, value bool) {
	jumpIfTrue := jump.op == opcode.PopJumpIfTrue || jump.op == opcode.JumpIfTrue
	if jump.op == opcode.PopJumpIfFalse || jump.op == opcode.PopJumpIfTrue {
		load.set0(opcode.Nop)
	}
	if value == jumpIfTrue {
		jump.op = opcode.Jump
	} else {
		jump.set0(opcode.Nop)
	}
}

// foldIsNone replaces a conditional jump that depends on a comparison with None,
// which the instructions begin by loading, by POP_JUMP_IF_NONE or its opposite.
func foldIsNone(instrs []instruction) {
	if len(instrs) <= 2 {
		return
	}
	is, jump := &instrs[1], &instrs[2]
	if jump.op == opcode.ToBool {
		jump.set0(opcode.Nop)
		if len(instrs) <= 3 {
			return
		}
		jump = &instrs[3]
	}
	invert := is.arg != 0
	switch jump.op {
	case opcode.PopJumpIfFalse:
		invert = !invert
	case opcode.PopJumpIfTrue:
	default:
		return
	}
	instrs[0].set0(opcode.Nop)
	is.set0(opcode.Nop)
	jump.op = opcode.PopJumpIfNone
	if invert {
		jump.op = opcode.PopJumpIfNotNone
	}
}
