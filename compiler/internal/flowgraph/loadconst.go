package flowgraph

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/arith"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// maxSmallArg is the largest int that LOAD_SMALL_INT loads.
const maxSmallArg = 255

// The operands of LOAD_COMMON_CONSTANT that are constants of the source.
// CPython: pycore_opcode_utils.h, CONSTANT_NONE.
const (
	commonNone = 7 + iota
	commonEmptyStr
	commonTrue
	commonFalse
	commonMinusOne
)

// maybeLoadCommonConst makes an instruction LOAD_COMMON_CONSTANT if that can
// load the constant. It reports whether it did.
//
// CPython: flowgraph.c, maybe_instr_make_load_common_const.
func (c *Compiler) maybeLoadCommonConst(b *block, in *instruction, o pyc.Object) bool {
	if !c.loadsCommon {
		return false
	}
	arg := int32(0)
	switch o := o.(type) {
	case pyc.Singleton:
		switch o {
		case pyc.None:
			arg = commonNone
		case pyc.True:
			arg = commonTrue
		case pyc.False:
			arg = commonFalse
		}
	case *pyc.Str:
		if o.Value == "" {
			arg = commonEmptyStr
		}
	case *pyc.Int:
		if o.Big == nil && o.Small == -1 {
			arg = commonMinusOne
		}
	}
	if arg == 0 {
		return false
	}
	c.set(b, in, opcode.LoadCommonConstant, arg)
	return true
}

// commonConst returns the constant that LOAD_COMMON_CONSTANT loads: see
// loadsValue.
func (c *Compiler) commonConst(arg int32) pyc.Object {
	switch arg {
	case commonTrue:
		return pyc.True
	case commonFalse:
		return pyc.False
	case commonEmptyStr:
		return c.pool.Str("")
	case commonMinusOne:
		return c.pool.Int(-1)
	}
	return pyc.None
}

// loadsValue reports whether an instruction loads a constant that the compiler
// knows. The first of LOAD_COMMON_CONSTANT's are types and functions, which no
// code generator computes with.
//
// CPython: flowgraph.c, loads_const.
func (c *Compiler) loadsValue(op opcode.Op, arg int32) bool {
	return c.classes[op]&loadsConst != 0 && (op != opcode.LoadCommonConstant || arg >= commonNone)
}

// constValue returns the constant that an instruction loads.
//
// CPython: flowgraph.c, get_const_value.
func (c *Compiler) constValue(op opcode.Op, arg int32) pyc.Object {
	switch op {
	case opcode.LoadSmallInt:
		return c.pool.Int(int64(arg))
	case opcode.LoadCommonConstant:
		return c.commonConst(arg)
	}
	return c.unit.Consts.List()[arg]
}

// maybeLoadSmallInt makes an instruction LOAD_SMALL_INT if that can load the
// constant. It reports whether it did.
//
// CPython: flowgraph.c, maybe_instr_make_load_smallint.
func (c *Compiler) maybeLoadSmallInt(b *block, in *instruction, o pyc.Object) bool {
	i, ok := o.(*pyc.Int)
	if !c.loadsSmallInts || !ok || i.Big != nil || i.Small < 0 || i.Small > maxSmallArg {
		return false
	}
	c.set(b, in, opcode.LoadSmallInt, int32(i.Small))
	return true
}

// makeLoadConst makes an instruction load a constant, which is added to the
// unit's if needed.
//
// CPython: flowgraph.c, instr_make_load_const.
func (c *Compiler) makeLoadConst(b *block, in *instruction, o pyc.Object) {
	if !c.maybeLoadSmallInt(b, in, o) && !c.maybeLoadCommonConst(b, in, o) {
		c.set(b, in, opcode.LoadConst, c.addConst(o))
	}
}

func (c *Compiler) addConst(o pyc.Object) int32 { return c.unit.Consts.AddFolded(c.pool, o) }

// optimizeLoadConst simplifies what uses a constant at once.
//
// CPython: flowgraph.c, optimize_load_const.
func (c *Compiler) optimizeLoadConst() error {
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		if b := &c.g.blocks[id]; b.has&loadsConst != 0 {
			c.optimizeLoadConstOf(b)
		}
	}
	return nil
}

// CPython: flowgraph.c, basicblock_optimize_load_const.
func (c *Compiler) optimizeLoadConstOf(b *block) {
	instrs := b.instrs
	op := opcode.Nop // what may have put a constant on the stack
	var arg int32
	for i := range instrs {
		in := &instrs[i]
		switch {
		case in.Op == opcode.LoadConst:
			c.maybeLoadSmallInt(b, in, c.constValue(in.Op, in.Arg))
			op, arg = in.Op, in.Arg
		case c.is(in, loadsConst) && c.loadsValue(in.Op, in.Arg):
			op, arg = in.Op, in.Arg
		case op == opcode.LoadConst && in.Op == opcode.Copy && in.Arg == 1:
		default:
			op = opcode.Nop
			continue
		}
		if i+1 < len(instrs) {
			c.optimizeUse(b, i, op, arg)
		}
		if in.Op == opcode.LoadConst {
			c.maybeLoadCommonConst(b, in, c.constValue(in.Op, in.Arg))
		}
	}
}

// optimizeUse simplifies what follows the instruction at the index i, which puts
// the constant that op loads on the stack.
func (c *Compiler) optimizeUse(b *block, i int, op opcode.Op, arg int32) {
	in, next := &b.instrs[i], &b.instrs[i+1]
	switch next.Op {
	case opcode.PopJumpIfFalse, opcode.PopJumpIfTrue, opcode.JumpIfFalse, opcode.JumpIfTrue:
		c.foldConstantJump(b, in, next, arith.IsTrue(c.constValue(op, arg)))
	case opcode.IsOp:
		if c.constValue(op, arg) == pyc.None {
			c.foldIsNone(b, i)
		}
	case opcode.ReturnValue:
		if c.returnsConstants {
			c.setNop(b, in)
			c.set(b, next, opcode.ReturnConst, arg)
		}
	case opcode.ToBool:
		value := object.Bool(arith.IsTrue(c.constValue(op, arg)))
		c.setNop(b, in)
		c.set(b, next, opcode.LoadConst, c.addConst(value))
	}
}

// foldConstantJump takes out a jump, or the condition of one, that depends on a
// constant.
func (c *Compiler) foldConstantJump(b *block, load, jump *instruction, value bool) {
	jumpIfTrue := jump.Op == opcode.PopJumpIfTrue || jump.Op == opcode.JumpIfTrue
	if jump.Op == opcode.PopJumpIfFalse || jump.Op == opcode.PopJumpIfTrue {
		c.setNop(b, load)
	}
	if value == jumpIfTrue {
		c.set(b, jump, opcode.Jump, jump.Arg)
	} else {
		c.setNop(b, jump)
	}
}

// foldIsNone replaces a conditional jump that depends on a comparison with None,
// which the instruction at the index i loads, by POP_JUMP_IF_NONE or its
// opposite.
func (c *Compiler) foldIsNone(b *block, i int) {
	instrs := b.instrs[i:]
	if len(instrs) <= 2 {
		return
	}
	is, jump := &instrs[1], &instrs[2]
	if jump.Op == opcode.ToBool {
		c.setNop(b, jump)
		if len(instrs) <= 3 {
			return
		}
		jump = &instrs[3]
	}
	invert := is.Arg != 0
	switch jump.Op {
	case opcode.PopJumpIfFalse:
		invert = !invert
	case opcode.PopJumpIfTrue:
	default:
		return
	}
	c.setNop(b, &instrs[0])
	c.setNop(b, is)
	jump.Op = opcode.PopJumpIfNone
	if invert {
		jump.Op = opcode.PopJumpIfNotNone
	}
}
