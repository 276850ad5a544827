package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// stackUseGuideline is how many values an expression may put on the stack
// before code is generated that needs less stack.
//
// CPython: pycore_c_array.h, _PY_STACK_USE_GUIDELINE.
const stackUseGuideline = 30

// add adds an instruction without an operand.
func (c *Compiler) add(loc instr.Loc, op opcode.Op) { c.seq.Emit(op, 0, loc) }

// addI adds an instruction with an operand.
func (c *Compiler) addI(loc instr.Loc, op opcode.Op, arg int32) { c.seq.Emit(op, arg, loc) }

// addJump adds an instruction whose operand is a label.
func (c *Compiler) addJump(loc instr.Loc, op opcode.Op, target instr.Label) {
	c.seq.Jump(op, target, loc)
}

func (c *Compiler) newLabel() instr.Label { return c.seq.NewLabel() }

func (c *Compiler) use(l instr.Label) { c.seq.Use(l) }

// addConst adds the loading of a constant object.
func (c *Compiler) addConst(loc instr.Loc, o pyc.Object) {
	c.seq.Emit(opcode.LoadConst, c.u.Consts.Add(c.pool, o), loc)
}

// addNone adds the loading of None.
func (c *Compiler) addNone(loc instr.Loc) {
	c.seq.Emit(opcode.LoadConst, c.u.Consts.AddSingleton(pyc.None), loc)
}

// addInt adds the loading of a small int.
func (c *Compiler) addInt(loc instr.Loc, i int64) {
	c.seq.Emit(opcode.LoadConst, c.u.Consts.AddInt(c.pool, i), loc)
}

// addStr adds the loading of a string that is no identifier.
func (c *Compiler) addStr(loc instr.Loc, s string) {
	c.seq.Emit(opcode.LoadConst, c.u.Consts.AddStr(c.pool, s), loc)
}

// addIdent adds the loading of an identifier as a string.
func (c *Compiler) addIdent(loc instr.Loc, id names.ID) { c.addConst(loc, c.pool.Ident(id)) }

// addValue adds the loading of a constant of the source.
func (c *Compiler) addValue(loc instr.Loc, v *ast.Value) {
	c.seq.Emit(opcode.LoadConst, c.constIndex(v), loc)
}

// constIndex returns the index of a constant of the source.
func (c *Compiler) constIndex(v *ast.Value) int32 {
	consts := &c.u.Consts
	switch v.Kind {
	case ast.StrValue:
		return consts.AddStr(c.pool, v.Text)
	case ast.IntValue:
		if v.Big == nil {
			return consts.AddInt(c.pool, int64(v.Bits))
		}
	case ast.NoneValue:
		return consts.AddSingleton(pyc.None)
	}
	return consts.Add(c.pool, c.object(v))
}

// addName adds an instruction whose operand is a name. Names of attributes that
// are loaded go through addAttr.
//
// CPython: codegen.c, codegen_addop_name.
func (c *Compiler) addName(loc instr.Loc, op opcode.Op, name names.ID) {
	c.seq.Emit(op, c.u.Names.Add(c.mangle(name)), loc)
}

// The ways to load an attribute, by the bits that LOAD_ATTR has below the name.
const (
	plainAttr  = 0
	methodAttr = 1 // for a call: the function and self, or NULL and the value
)

// addAttr adds the loading of an attribute.
func (c *Compiler) addAttr(loc instr.Loc, name names.ID, how int32) {
	c.seq.Emit(opcode.LoadAttr, c.u.Names.Add(c.mangle(name))<<1|how, loc)
}

// addSuperAttr adds the loading of an attribute of super(). The call has two
// arguments, or none in the source.
func (c *Compiler) addSuperAttr(loc instr.Loc, name names.ID, how int32, args int) {
	if args != 0 {
		how |= 2
	}
	c.seq.Emit(opcode.LoadSuperAttr, c.u.Names.Add(c.mangle(name))<<2|how, loc)
}

// mangle returns the name under which the innermost scope knows a name.
//
// CPython: compile.c, _PyCompile_MaybeMangle.
func (c *Compiler) mangle(name names.ID) names.ID {
	if c.names.Private(name) {
		return c.table.Mangle(c.u.class, c.u.scope, name)
	}
	return name
}

// addYieldFrom adds what drives another generator or awaitable, on top of which
// is the value to send:
//
//	send:  SEND exit
//	       SETUP_FINALLY fail
//	       YIELD_VALUE 1
//	       POP_BLOCK
//	       RESUME
//	       JUMP_NO_INTERRUPT send
//	fail:  CLEANUP_THROW
//	exit:  END_SEND
//
// CPython: codegen.c, codegen_add_yield_from.
func (c *Compiler) addYieldFrom(loc instr.Loc, resume int32) {
	send, fail, exit := c.newLabel(), c.newLabel(), c.newLabel()
	c.use(send)
	c.addJump(loc, opcode.Send, exit)
	c.addJump(loc, opcode.SetupFinally, fail)
	c.addI(loc, opcode.YieldValue, 1)
	c.add(instr.NoLoc(), opcode.PopBlock)
	c.addI(loc, opcode.Resume, resume)
	c.addJump(loc, opcode.JumpNoInterrupt, send)
	c.use(fail)
	c.add(loc, opcode.CleanupThrow)
	c.use(exit)
	c.add(loc, opcode.EndSend)
}

// The operands of RESUME: what execution resumes after.
const (
	atFuncStart    = 0
	afterYield     = 1
	afterYieldFrom = 2
	afterAwait     = 3
	atGenExpStart  = 4
)

// The operands of GET_AWAITABLE.
const (
	awaitExpr  = 0
	awaitEnter = 1 // the result of __aenter__
	awaitExit  = 2 // the result of __aexit__
)

// addAwait awaits what is on the stack.
func (c *Compiler) addAwait(loc instr.Loc, what int32) {
	c.addI(loc, opcode.GetAwaitable, what)
	c.pushVirtual(loc)
	c.addNone(loc)
	c.addYieldFrom(loc, afterAwait)
}

// pushVirtual adds the second place of an iterator that was not made by
// GET_ITER, where iterators have two.
func (c *Compiler) pushVirtual(loc instr.Loc) {
	if c.does.virtualIterators {
		c.add(loc, opcode.PushNull)
	}
}

// The operands of GET_ITER.
const (
	iterate          = 0
	iterateYieldFrom = 1
)

// addYield yields what is on the stack.
//
// CPython: codegen.c, codegen_addop_yield.
func (c *Compiler) addYield(loc instr.Loc) {
	if c.u.scope.Generator() && c.u.scope.Coroutine() {
		c.addI(loc, opcode.CallIntrinsic1, asyncGenWrap)
	}
	c.addI(loc, opcode.YieldValue, 0)
	c.addI(loc, opcode.Resume, afterYield)
}

// popExceptAndReraise raises the exception that is on the stack again:
//
//	[exc_info, lasti, exc]            COPY        3
//	[exc_info, lasti, exc, exc_info]  POP_EXCEPT
//	[exc_info, lasti, exc]            RERAISE     1
//
// CPython: codegen.c, codegen_pop_except_and_reraise.
func (c *Compiler) popExceptAndReraise(loc instr.Loc) {
	c.addI(loc, opcode.Copy, 3)
	c.add(loc, opcode.PopExcept)
	c.addI(loc, opcode.Reraise, 1)
}

// The operands of CALL_INTRINSIC_1. CPython: pycore_intrinsics.h.
const (
	importStar         = 2
	stopIterationError = 3
	asyncGenWrap       = 4
	unaryPositive      = 5
	listToTuple        = 6
	typeVar            = 7
	paramSpec          = 8
	typeVarTuple       = 9
	subscriptGeneric   = 10
	typeAlias          = 11
)

// The operands of CALL_INTRINSIC_2. CPython: pycore_intrinsics.h.
const (
	prepReraiseStar        = 1
	typeVarWithBound       = 2
	typeVarWithConstraints = 3
	setFunctionTypeParams  = 4
	setTypeParamDefault    = 5
)

// The operands of LOAD_COMMON_CONSTANT. CPython: pycore_opcode_utils.h.
const (
	assertionError      = 0
	notImplementedError = 1
	builtinTuple        = 2
	builtinAll          = 3
	builtinAny          = 4
	builtinList         = 5
	builtinSet          = 6
)

// The operands of LOAD_SPECIAL. CPython: pycore_ceval.h.
const (
	specialEnter      = 0
	specialExit       = 1
	specialAsyncEnter = 2
	specialAsyncExit  = 3
)
