package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

func (c *Compiler) exprs(list []ast.Expr) {
	for _, e := range list {
		c.expr(e)
	}
}

// expr generates an expression. The symbol table has bounded how deep they
// nest. Nine expressions of ten are of the first four types, which are compared
// in turn: a switch searches for them among all types.
//
// CPython: codegen.c, codegen_visit_expr.
func (c *Compiler) expr(e ast.Expr) {
	if e, ok := e.(*ast.Name); ok {
		c.name(e)
		return
	}
	if e, ok := e.(*ast.Constant); ok {
		c.constant(e)
		return
	}
	if e, ok := e.(*ast.Attribute); ok {
		c.attribute(e)
		return
	}
	if e, ok := e.(*ast.Call); ok {
		c.call(e)
		return
	}
	c.rareExpr(e)
}

// rareExpr generates an expression of any other type.
func (c *Compiler) rareExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Tuple:
		c.tuple(e)
	case *ast.List:
		c.list(e)
	case *ast.Subscript:
		c.subscript(e)
	case *ast.BinOp:
		c.binOp(e)
	case *ast.UnaryOp:
		c.unaryOp(e)
	case *ast.BoolOp:
		c.boolOp(e)
	case *ast.Compare:
		c.compare(e)
	case *ast.Dict:
		c.dict(e)
	case *ast.Set:
		c.starUnpack(e.Loc, e.Elts, setDisplay, pushedArgs{})
	case *ast.JoinedStr:
		c.joinedStr(e)
	case *ast.FormattedValue:
		c.formattedValue(e)
	case *ast.TemplateStr:
		c.templateStr(e)
	case *ast.Interpolation:
		c.interpolation(e)
	case *ast.ListComp, *ast.SetComp, *ast.DictComp, *ast.GeneratorExp:
		comp := comprehensionOf(e)
		c.comprehension(&comp)
	case *ast.Lambda:
		c.lambda(e)
	case *ast.IfExp:
		c.ifExp(e)
	case *ast.NamedExpr:
		c.expr(e.Value)
		c.addI(e.Loc, opcode.Copy, 1)
		c.expr(e.Target)
	case *ast.Yield:
		c.yield(e)
	case *ast.YieldFrom:
		c.yieldFrom(e)
	case *ast.Await:
		c.expr(e.Value)
		c.addAwait(e.Loc, awaitExpr)
	case *ast.Slice:
		c.slice(e)
	case *ast.Starred:
		c.starred(e)
	}
}

// starred fails: displays, calls and assignments take the stars that are theirs
// themselves.
func (c *Compiler) starred(e *ast.Starred) {
	if e.Ctx == ast.Store {
		c.fail(e.Loc, "starred assignment target must be in a list or tuple")
	}
	c.fail(e.Loc, "can't use starred expression here")
}

func (c *Compiler) yield(e *ast.Yield) {
	if !c.u.functionLike {
		c.fail(e.Loc, "'yield' outside function")
	}
	if e.Value != nil {
		c.expr(e.Value)
	} else {
		c.addNone(e.Loc)
	}
	c.addYield(e.Loc)
}

func (c *Compiler) yieldFrom(e *ast.YieldFrom) {
	if !c.u.functionLike {
		c.fail(e.Loc, "'yield from' outside function")
	}
	if c.u.kind == asyncFunctionScope {
		c.fail(e.Loc, "'yield from' inside async function")
	}
	c.expr(e.Value)
	if c.does.virtualIterators {
		c.addI(e.Loc, opcode.GetIter, iterateYieldFrom)
	} else {
		c.add(e.Loc, opcode.GetYieldFromIter)
	}
	c.addNone(e.Loc)
	c.addYieldFrom(e.Loc, afterYieldFrom)
}

// inPlace is what BINARY_OP's operand has on top for an augmented assignment.
const inPlace = 13

// subscriptOperator is BINARY_OP's operand for a subscript.
const subscriptOperator = 26

// binaryOperators are the operands of BINARY_OP. CPython: opcode.h, NB_ADD and
// so on.
var binaryOperators = [...]int32{
	ast.Add: 0, ast.BitAnd: 1, ast.FloorDiv: 2, ast.LShift: 3, ast.MatMult: 4, ast.Mult: 5, ast.Mod: 6,
	ast.BitOr: 7, ast.Pow: 8, ast.RShift: 9, ast.Sub: 10, ast.Div: 11, ast.BitXor: 12,
}

// addBinary adds a binary operation.
//
// CPython: codegen.c, addop_binary.
func (c *Compiler) addBinary(loc instr.Loc, op ast.Operator) {
	c.addI(loc, opcode.BinaryOp, binaryOperators[op])
}

func (c *Compiler) binOp(e *ast.BinOp) {
	c.expr(e.Left)
	c.expr(e.Right)
	c.addBinary(e.Loc, e.Op)
}

func (c *Compiler) unaryOp(e *ast.UnaryOp) {
	c.expr(e.Operand)
	switch e.Op {
	case ast.UAdd:
		c.addI(e.Loc, opcode.CallIntrinsic1, unaryPositive)
	case ast.Not:
		c.add(e.Loc, opcode.ToBool)
		c.add(e.Loc, opcode.UnaryNot)
	case ast.Invert:
		c.add(e.Loc, opcode.UnaryInvert)
	case ast.USub:
		c.add(e.Loc, opcode.UnaryNegative)
	}
}

// boolOp generates "and" and "or":
//
//	     <value>
//	     JUMP_IF_FALSE end, for "and"
//	     POP_TOP
//	     <last value>
//	end:
//
// CPython: codegen.c, codegen_boolop.
func (c *Compiler) boolOp(e *ast.BoolOp) {
	jump := opcode.JumpIfTrue
	if e.Op == ast.And {
		jump = opcode.JumpIfFalse
	}
	end := c.newLabel()
	last := len(e.Values) - 1
	for _, v := range e.Values[:last] {
		c.expr(v)
		c.addJump(e.Loc, jump, end)
		c.add(e.Loc, opcode.PopTop)
	}
	c.expr(e.Values[last])
	c.use(end)
}

// ifExp generates a conditional expression.
//
// CPython: codegen.c, codegen_ifexp.
func (c *Compiler) ifExp(e *ast.IfExp) {
	end, next := c.newLabel(), c.newLabel()
	c.jumpIf(e.Loc, e.Test, next, false)
	c.expr(e.Body)
	c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, end)
	c.use(next)
	c.expr(e.OrElse)
	c.use(end)
}
