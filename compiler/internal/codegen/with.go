package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// withInner generates a with statement from one of its items on:
//
//	         <context>
//	         COPY 1, LOAD_SPECIAL __exit__, SWAP 2, SWAP 3
//	         LOAD_SPECIAL __enter__
//	         CALL 0
//	         SETUP_WITH final
//	         <store it, or POP_TOP>
//	         <the other items and the body>
//	         POP_BLOCK
//	         <call __exit__ with three Nones>
//	         POP_TOP
//	         JUMP exit
//	final:   SETUP_CLEANUP cleanup
//	         PUSH_EXC_INFO
//	         WITH_EXCEPT_START
//	         <swallow the exception, or raise it>
//	exit:
//
// CPython: codegen.c, codegen_with_inner.
func (c *Compiler) withInner(items []*ast.WithItem, body []ast.Stmt) {
	item := items[0]
	block, final, exit, cleanup := c.newLabel(), c.newLabel(), c.newLabel(), c.newLabel()
	c.expr(item.Context)
	loc := item.Context.Span()
	c.loadSpecials(loc, specialEnter, specialExit)
	c.addJump(loc, opcode.SetupWith, final)

	c.use(block)
	c.pushBlock(frameBlock{kind: withBlock, block: block, exit: final, loc: loc})
	c.withVars(loc, item)
	if len(items) == 1 {
		c.stmts(body)
	} else {
		c.withInner(items[1:], body)
	}
	c.add(instr.NoLoc(), opcode.PopBlock)
	c.popBlock()
	c.callExitWithNones(loc)
	c.add(loc, opcode.PopTop)
	c.addJump(loc, opcode.Jump, exit)

	c.use(final)
	c.addJump(loc, opcode.SetupCleanup, cleanup)
	c.add(loc, opcode.PushExcInfo)
	c.add(loc, opcode.WithExceptStart)
	c.withExceptFinish(cleanup)
	c.use(exit)
}

// asyncWithInner generates an async with statement from one of its items on:
// the same as a with statement, with results that are awaited.
//
// CPython: codegen.c, codegen_async_with_inner.
func (c *Compiler) asyncWithInner(items []*ast.WithItem, body []ast.Stmt) {
	item := items[0]
	block, final, exit, cleanup := c.newLabel(), c.newLabel(), c.newLabel(), c.newLabel()
	c.expr(item.Context)
	loc := item.Context.Span()
	c.loadSpecials(loc, specialAsyncEnter, specialAsyncExit)
	c.addAwait(loc, awaitEnter)
	c.addJump(loc, opcode.SetupWith, final)

	c.use(block)
	c.pushBlock(frameBlock{kind: asyncWithBlock, block: block, exit: final, loc: loc})
	c.withVars(loc, item)
	if len(items) == 1 {
		c.stmts(body)
	} else {
		c.asyncWithInner(items[1:], body)
	}
	c.popBlock()
	c.add(loc, opcode.PopBlock)
	c.callExitWithNones(loc)
	c.addAwait(loc, awaitExit)
	c.add(loc, opcode.PopTop)
	c.addJump(loc, opcode.Jump, exit)

	c.use(final)
	c.addJump(loc, opcode.SetupCleanup, cleanup)
	c.add(loc, opcode.PushExcInfo)
	c.add(loc, opcode.WithExceptStart)
	c.addAwait(loc, awaitExit)
	c.withExceptFinish(cleanup)
	c.use(exit)
}

// loadSpecials replaces a context manager by its bound exit method and the
// result of its enter method:
//
//	[cm]             COPY 1, LOAD_SPECIAL exit
//	[cm, exit, self] SWAP 2, SWAP 3
//	[exit, self, cm] LOAD_SPECIAL enter
//	[exit, self, enter, cm] CALL 0
func (c *Compiler) loadSpecials(loc instr.Loc, enter, exit int32) {
	c.addI(loc, opcode.Copy, 1)
	c.addI(loc, opcode.LoadSpecial, exit)
	c.addI(loc, opcode.Swap, 2)
	c.addI(loc, opcode.Swap, 3)
	c.addI(loc, opcode.LoadSpecial, enter)
	c.addI(loc, opcode.Call, 0)
}

// withVars stores what entering a context manager gave.
func (c *Compiler) withVars(loc instr.Loc, item *ast.WithItem) {
	if item.Vars != nil {
		c.expr(item.Vars)
		return
	}
	c.add(loc, opcode.PopTop)
}

// withExceptFinish raises an exception again unless the context manager's exit
// method returned something true:
//
//	          TO_BOOL
//	          POP_JUMP_IF_TRUE suppress
//	          RERAISE 2
//	suppress: POP_TOP, POP_BLOCK, POP_EXCEPT
//	          POP_TOP, POP_TOP, POP_TOP
//	          JUMP exit
//	cleanup:  <pop the exception and raise it>
//	exit:
//
// CPython: codegen.c, codegen_with_except_finish.
func (c *Compiler) withExceptFinish(cleanup instr.Label) {
	none := instr.NoLoc()
	suppress, exit := c.newLabel(), c.newLabel()
	c.add(none, opcode.ToBool)
	c.addJump(none, opcode.PopJumpIfTrue, suppress)
	c.addI(none, opcode.Reraise, 2)
	c.use(suppress)
	c.add(none, opcode.PopTop)
	c.add(none, opcode.PopBlock)
	c.add(none, opcode.PopExcept)
	c.add(none, opcode.PopTop)
	c.add(none, opcode.PopTop)
	c.add(none, opcode.PopTop)
	c.addJump(none, opcode.JumpNoInterrupt, exit)
	c.use(cleanup)
	c.popExceptAndReraise(none)
	c.use(exit)
}
