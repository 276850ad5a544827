package flowgraph

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/arith"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

const (
	// stackUseGuideline is the number of values up to which displays are
	// built on the stack. CPython: pycore_compile.h, _PY_STACK_USE_GUIDELINE.
	stackUseGuideline = 30
	// minConstSequence is the length from which a constant list or set is
	// made from a constant.
	minConstSequence = 3
)

// constLoads finds the instructions, among NOPs, that load the size values on
// top of the stack before the index end, if all are constants. The result is
// valid until the next call.
//
// CPython: flowgraph.c, get_const_loading_instrs.
func (c *Compiler) constLoads(b *block, end, size int) ([]*instruction, bool) {
	loads := c.loads[:size]
	for i := end - 1; i >= 0 && size > 0; i-- {
		in := &b.instrs[i]
		if in.Op == opcode.Nop {
			continue
		}
		if !c.loadsValue(in.Op, in.Arg) {
			return nil, false
		}
		size--
		loads[size] = in
	}
	return loads, size == 0
}

// nopOut removes an instruction and its location.
//
// CPython: flowgraph.c, nop_out.
func (c *Compiler) nopOut(b *block, in *instruction) {
	c.setNop(b, in)
	c.setLoc(b, in, instr.NoLoc())
}

func (c *Compiler) nopOutAll(b *block, loads []*instruction) {
	for _, in := range loads {
		c.nopOut(b, in)
	}
}

func (c *Compiler) constsOf(loads []*instruction) []pyc.Object {
	items := c.pool.Slots(len(loads))
	for i, in := range loads {
		items[i] = c.constValue(in.Op, in.Arg)
	}
	return items
}

func (c *Compiler) foldTuple(b *block, i int) {
	if c.foldsInstructions {
		c.foldTupleOfConstants(b, i)
	} else {
		c.foldTupleOnConstants(b, i)
	}
}

// foldTupleOnConstants replaces constants, with nothing between them, and the
// BUILD_TUPLE at the index i by a constant tuple, and keeps their locations.
//
// CPython: flowgraph.c, fold_tuple_on_constants.
func (c *Compiler) foldTupleOnConstants(b *block, i int) {
	size := int(b.instrs[i].Arg)
	if i < size {
		return
	}
	loads := b.instrs[i-size : i]
	items := c.pool.Slots(size)
	for j := range loads {
		if !c.is(&loads[j], hasConst) {
			return
		}
		items[j] = c.constValue(loads[j].Op, loads[j].Arg)
	}
	for j := range loads {
		c.setNop(b, &loads[j])
	}
	c.set(b, &b.instrs[i], opcode.LoadConst, c.addConst(c.pool.Tuple(items)))
}

// foldTupleOfConstants replaces constants and the BUILD_TUPLE at the index i by
// a constant tuple.
//
// CPython: flowgraph.c, fold_tuple_of_constants.
func (c *Compiler) foldTupleOfConstants(b *block, i int) {
	size := int(b.instrs[i].Arg)
	if size > stackUseGuideline {
		return
	}
	loads, ok := c.constLoads(b, i, size)
	if !ok {
		return
	}
	tuple := c.pool.Tuple(c.constsOf(loads))
	c.nopOutAll(b, loads)
	c.makeLoadConst(b, &b.instrs[i], tuple)
}

// optimizeListsAndSets replaces a list or set of constants at the index i by a
// constant tuple or frozenset, if it is iterated over or searched, or else by a
// list or set that is extended by one. A list of anything else that is iterated
// over or searched becomes a tuple.
//
// CPython: flowgraph.c, optimize_lists_and_sets.
func (c *Compiler) optimizeListsAndSets(b *block, i int, next opcode.Op) {
	in := &b.instrs[i]
	containsOrIter := next == opcode.GetIter || next == opcode.ContainsOp
	size := int(in.Arg)
	if size > stackUseGuideline || size < minConstSequence && !containsOrIter {
		return
	}
	loads, ok := c.constLoads(b, i, size)
	if !ok {
		if containsOrIter && in.Op == opcode.BuildList {
			c.set(b, in, opcode.BuildTuple, in.Arg)
		}
		return
	}
	index := c.addConst(c.sequence(in.Op, c.constsOf(loads)))
	c.nopOutAll(b, loads)
	if containsOrIter {
		c.set(b, in, opcode.LoadConst, index)
		return
	}
	extend := opcode.ListExtend
	if in.Op == opcode.BuildSet {
		extend = opcode.SetUpdate
	}
	build := &b.instrs[i-2]
	c.setLoc(b, build, in.Loc)
	c.set(b, build, in.Op, 0)
	c.set(b, &b.instrs[i-1], opcode.LoadConst, index)
	c.set(b, in, extend, 1)
}

// sequence returns the constant in the place of a list or set with the items.
func (c *Compiler) sequence(build opcode.Op, items []pyc.Object) pyc.Object {
	if build == opcode.BuildSet {
		return &pyc.FrozenSet{Items: arith.Unique(items)}
	}
	return c.pool.Tuple(items)
}

// foldConstantSeq replaces a list or set that is built from constants one by
// one
//
//	BUILD_LIST 0; LOAD_CONST a; LIST_APPEND 1; LOAD_CONST b; LIST_APPEND 1 …
//
// by a constant. The index i is that of the conversion to a tuple behind it, or
// of the last LIST_APPEND or SET_ADD itself.
//
// CPython: flowgraph.c, fold_constant_seq_into_load_const.
func (c *Compiler) foldConstantSeq(b *block, i int) {
	last := &b.instrs[i]
	appendOp, buildOp := opcode.ListAppend, opcode.BuildList
	expectAppend := last.Op == opcode.CallIntrinsic1
	if last.Op == opcode.SetAdd {
		appendOp, buildOp = opcode.SetAdd, opcode.BuildSet
	}
	found := 0
	for at := i - 1; at >= 0; at-- {
		in := &b.instrs[at]
		switch {
		case in.Op == opcode.Nop:
			continue
		case in.Op == buildOp && in.Arg == 0:
			if expectAppend {
				c.foldSeqFrom(b, at, i, found)
			}
			return
		case expectAppend:
			if in.Op != appendOp || in.Arg != 1 {
				return
			}
		case !c.loadsValue(in.Op, in.Arg):
			return
		default:
			found++
		}
		expectAppend = !expectAppend
	}
}

// foldSeqFrom replaces the instructions from start to the index i, which load
// count constants.
//
// Faithful: a constant in the place of the last LIST_APPEND or SET_ADD has no
// location of its own.
func (c *Compiler) foldSeqFrom(b *block, start, i, count int) {
	build := b.instrs[start].Op
	items := c.pool.Slots(count)[:0]
	if last := &b.instrs[i]; last.Op != opcode.CallIntrinsic1 {
		c.setLoc(b, last, instr.NoLoc())
	}
	for at := start; at < i; at++ {
		in := &b.instrs[at]
		if in.Op == opcode.Nop {
			continue
		}
		if c.is(in, loadsConst) {
			items = append(items, c.constValue(in.Op, in.Arg))
		}
		c.nopOut(b, in)
	}
	c.makeLoadConst(b, &b.instrs[i], c.sequence(build, items))
}

// foldConstBinop replaces an operation on two constants by its result, if it
// has one within CPython's limits.
//
// CPython: flowgraph.c, fold_const_binop.
func (c *Compiler) foldConstBinop(b *block, i int) {
	in := &b.instrs[i]
	loads, ok := c.constLoads(b, i, 2)
	if !ok {
		return
	}
	left, right := c.constValue(loads[0].Op, loads[0].Arg), c.constValue(loads[1].Op, loads[1].Arg)
	result := c.arith.Binary(arith.Op(in.Arg), left, right)
	if result == nil {
		return
	}
	if !arith.Private(arith.Op(in.Arg), right, result) {
		result = c.pool.Canon(result)
	}
	c.nopOutAll(b, loads)
	c.makeLoadConst(b, in, result)
}

// foldConstUnaryop replaces an operation on a constant by its result.
//
// CPython: flowgraph.c, fold_const_unaryop.
func (c *Compiler) foldConstUnaryop(b *block, i int) {
	in := &b.instrs[i]
	loads, ok := c.constLoads(b, i, 1)
	if !ok {
		return
	}
	result := c.arith.Unary(unaryOf(in.Op), c.constValue(loads[0].Op, loads[0].Arg))
	if result == nil {
		return
	}
	c.nopOutAll(b, loads)
	c.makeLoadConst(b, in, c.pool.Canon(result))
}

func unaryOf(op opcode.Op) arith.UnaryOp {
	switch op {
	case opcode.UnaryNegative:
		return arith.Negative
	case opcode.UnaryInvert:
		return arith.Invert
	case opcode.UnaryNot:
		return arith.Not
	}
	return arith.Positive
}
