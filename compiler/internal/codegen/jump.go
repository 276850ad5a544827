package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// jumpIf jumps to a label if an expression's truth is cond, and goes on
// otherwise. The location is that of the statement.
//
// CPython: codegen.c, codegen_jump_if.
func (c *Compiler) jumpIf(loc instr.Loc, e ast.Expr, next instr.Label, cond bool) {
	switch e := e.(type) {
	case *ast.UnaryOp:
		if e.Op == ast.Not {
			c.jumpIf(loc, e.Operand, next, !cond)
			return
		}
	case *ast.BoolOp:
		c.jumpIfBoolOp(loc, e, next, cond)
		return
	case *ast.IfExp:
		c.jumpIfIfExp(loc, e, next, cond)
		return
	case *ast.Compare:
		if len(e.Ops) > 1 {
			c.jumpIfChain(e, next, cond)
			return
		}
	}
	c.expr(e)
	loc = e.Span()
	c.add(loc, opcode.ToBool)
	c.addJump(loc, popJumpIf(cond), next)
}

func popJumpIf(cond bool) opcode.Op {
	if cond {
		return opcode.PopJumpIfTrue
	}
	return opcode.PopJumpIfFalse
}

// jumpIfBoolOp jumps on "and" and "or". Where a value decides the outcome
// against the jump, it goes to a label behind the last one.
func (c *Compiler) jumpIfBoolOp(loc instr.Loc, e *ast.BoolOp, next instr.Label, cond bool) {
	decisive := e.Op == ast.Or // the truth of a value that ends the evaluation
	next2 := next
	if decisive != cond {
		next2 = c.newLabel()
	}
	last := len(e.Values) - 1
	for _, v := range e.Values[:last] {
		c.jumpIf(loc, v, next2, decisive)
	}
	c.jumpIf(loc, e.Values[last], next, cond)
	if next2 != next {
		c.use(next2)
	}
}

func (c *Compiler) jumpIfIfExp(loc instr.Loc, e *ast.IfExp, next instr.Label, cond bool) {
	end, next2 := c.newLabel(), c.newLabel()
	c.jumpIf(loc, e.Test, next2, false)
	c.jumpIf(loc, e.Body, next, cond)
	c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, end)
	c.use(next2)
	c.jumpIf(loc, e.OrElse, next, cond)
	c.use(end)
}

// jumpIfChain jumps on a comparison with several operators:
//
//	         <left>
//	         <right>, SWAP 2, COPY 2
//	         <compare>, TO_BOOL
//	         POP_JUMP_IF_FALSE cleanup
//	         <last right>, <compare>, TO_BOOL
//	         POP_JUMP_IF_cond next
//	         JUMP end
//	cleanup: POP_TOP
//	         JUMP next, unless cond
//	end:
func (c *Compiler) jumpIfChain(e *ast.Compare, next instr.Label, cond bool) {
	c.checkCompare(e)
	cleanup := c.newLabel()
	c.expr(e.Left)
	last := len(e.Ops) - 1
	for i, op := range e.Ops[:last] {
		c.expr(e.Comparators[i])
		c.addI(e.Loc, opcode.Swap, 2)
		c.addI(e.Loc, opcode.Copy, 2)
		c.addCompare(e.Loc, op)
		c.add(e.Loc, opcode.ToBool)
		c.addJump(e.Loc, opcode.PopJumpIfFalse, cleanup)
	}
	c.expr(e.Comparators[last])
	c.addCompare(e.Loc, e.Ops[last])
	c.add(e.Loc, opcode.ToBool)
	c.addJump(e.Loc, popJumpIf(cond), next)
	end := c.newLabel()
	c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, end)
	c.use(cleanup)
	c.add(e.Loc, opcode.PopTop)
	if !cond {
		c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, next)
	}
	c.use(end)
}

// compare generates a comparison:
//
//	         <left>
//	         <right>, SWAP 2, COPY 2
//	         <compare>, COPY 1, TO_BOOL
//	         POP_JUMP_IF_FALSE cleanup
//	         POP_TOP
//	         <last right>, <compare>
//	         JUMP end
//	cleanup: SWAP 2
//	         POP_TOP
//	end:
//
// CPython: codegen.c, codegen_compare.
func (c *Compiler) compare(e *ast.Compare) {
	c.checkCompare(e)
	c.expr(e.Left)
	last := len(e.Ops) - 1
	if last == 0 {
		c.expr(e.Comparators[0])
		c.addCompare(e.Loc, e.Ops[0])
		return
	}
	cleanup := c.newLabel()
	for i, op := range e.Ops[:last] {
		c.expr(e.Comparators[i])
		c.addI(e.Loc, opcode.Swap, 2)
		c.addI(e.Loc, opcode.Copy, 2)
		c.addCompare(e.Loc, op)
		c.addI(e.Loc, opcode.Copy, 1)
		c.add(e.Loc, opcode.ToBool)
		c.addJump(e.Loc, opcode.PopJumpIfFalse, cleanup)
		c.add(e.Loc, opcode.PopTop)
	}
	c.expr(e.Comparators[last])
	c.addCompare(e.Loc, e.Ops[last])
	end := c.newLabel()
	c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, end)
	c.use(cleanup)
	c.addI(e.Loc, opcode.Swap, 2)
	c.add(e.Loc, opcode.PopTop)
	c.use(end)
}

// comparisons are the operands of COMPARE_OP: the number of the operator above
// the outcomes for which it is true (unordered 1, less 2, greater 4, equal 8)
// and a bit that the flow graph sets. CPython: opcode.h, pycore_code.h.
var comparisons = [...]int32{
	ast.Lt:    0<<5 | 2,
	ast.LtE:   1<<5 | 2 | 8,
	ast.Eq:    2<<5 | 8,
	ast.NotEq: 3<<5 | 1 | 2 | 4,
	ast.Gt:    4<<5 | 4,
	ast.GtE:   5<<5 | 4 | 8,
}

// addCompare adds a comparison of the two values on the stack.
//
// CPython: codegen.c, codegen_addcompare.
func (c *Compiler) addCompare(loc instr.Loc, op ast.CompareOperator) {
	switch op {
	case ast.Is:
		c.addI(loc, opcode.IsOp, 0)
	case ast.IsNot:
		c.addI(loc, opcode.IsOp, 1)
	case ast.In:
		c.addI(loc, opcode.ContainsOp, 0)
	case ast.NotIn:
		c.addI(loc, opcode.ContainsOp, 1)
	default:
		c.addI(loc, opcode.CompareOp, comparisons[op])
	}
}
