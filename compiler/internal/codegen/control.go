package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// ifStmt generates an if statement:
//
//	     <test>, or jump to next
//	     <body>
//	     JUMP end
//	next: <orelse>
//	end:
//
// CPython: codegen.c, codegen_if.
func (c *Compiler) ifStmt(s *ast.If) {
	end := c.newLabel()
	next := end
	if len(s.OrElse) > 0 {
		next = c.newLabel()
	}
	c.jumpIf(s.Loc, s.Test, next, false)
	c.stmts(s.Body)
	if len(s.OrElse) > 0 {
		c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, end)
		c.use(next)
		c.stmts(s.OrElse)
	}
	c.use(end)
}

// forStmt generates a for statement:
//
//	         <iter>
//	         GET_ITER
//	start:   FOR_ITER cleanup
//	         <target>
//	         <body>
//	         JUMP start
//	cleanup: END_FOR
//	         POP_ITER
//	         <orelse>
//	end:
//
// CPython: codegen.c, codegen_for.
func (c *Compiler) forStmt(s *ast.For) {
	start, cleanup, end := c.newLabel(), c.newLabel(), c.newLabel()
	c.pushBlock(frameBlock{kind: forLoop, block: start, exit: end, loc: s.Loc})
	c.expr(s.Iter)
	loc := s.Iter.Span()
	c.add(loc, opcode.GetIter)
	c.use(start)
	c.addJump(loc, opcode.ForIter, cleanup)
	// Tracing sees the target's line when the statement spans several.
	c.add(s.Target.Span(), opcode.Nop)
	c.expr(s.Target)
	c.stmts(s.Body)
	c.addJump(instr.NoLoc(), opcode.Jump, start)
	c.use(cleanup)
	c.endFor()
	c.popBlock()
	c.stmts(s.OrElse)
	c.use(end)
}

// endFor takes the iterator of a loop that has ended from the stack.
func (c *Compiler) endFor() {
	c.add(instr.NoLoc(), opcode.EndFor)
	c.add(instr.NoLoc(), opcode.PopIter)
}

// asyncFor generates an async for statement:
//
//	        <iter>
//	        GET_AITER
//	start:  SETUP_FINALLY except
//	        GET_ANEXT
//	        LOAD_CONST None
//	send:   <yield from>
//	        POP_BLOCK
//	        NOT_TAKEN
//	        <target>
//	        <body>
//	        JUMP start
//	except: END_ASYNC_FOR send
//	        <orelse>
//	end:
//
// CPython: codegen.c, codegen_async_for.
func (c *Compiler) asyncFor(s *ast.AsyncFor) {
	loc := s.Loc
	start, send, except, end := c.newLabel(), c.newLabel(), c.newLabel(), c.newLabel()
	c.expr(s.Iter)
	c.add(s.Iter.Span(), opcode.GetAiter)
	c.use(start)
	c.pushBlock(frameBlock{kind: asyncForLoop, block: start, exit: end, loc: loc})
	c.anext(loc, send, except)
	c.add(loc, opcode.NotTaken)
	c.expr(s.Target)
	c.stmts(s.Body)
	c.addJump(instr.NoLoc(), opcode.Jump, start)
	c.popBlock()
	c.use(except)
	c.addJump(s.Iter.Span(), opcode.EndAsyncFor, send)
	c.stmts(s.OrElse)
	c.use(end)
}

// anext awaits the next value of an asynchronous iterator, within a block that
// guards the call.
func (c *Compiler) anext(loc instr.Loc, send, except instr.Label) {
	c.addJump(loc, opcode.SetupFinally, except)
	c.add(loc, opcode.GetAnext)
	c.pushVirtual(loc)
	c.addNone(loc)
	c.use(send)
	c.addYieldFrom(loc, afterAwait)
	c.add(loc, opcode.PopBlock)
}

// while generates a while statement:
//
//	loop:   <test>, or jump to anchor
//	        <body>
//	        JUMP loop
//	anchor: <orelse>
//	end:
//
// CPython: codegen.c, codegen_while.
func (c *Compiler) while(s *ast.While) {
	loop, end, anchor := c.newLabel(), c.newLabel(), c.newLabel()
	c.use(loop)
	c.pushBlock(frameBlock{kind: whileLoop, block: loop, exit: end, loc: s.Loc})
	c.jumpIf(s.Loc, s.Test, anchor, false)
	c.stmts(s.Body)
	c.addJump(instr.NoLoc(), opcode.Jump, loop)
	c.popBlock()
	c.use(anchor)
	c.stmts(s.OrElse)
	c.use(end)
}

// breakStmt generates a break statement.
//
// CPython: codegen.c, codegen_break.
func (c *Compiler) breakStmt(origin instr.Loc) {
	c.add(origin, opcode.Nop)
	loop, loc := c.unwindBlocks(origin, false, true)
	if loop == nil {
		c.fail(origin, "'break' outside loop")
	}
	loc = c.unwindBlock(loc, loop, false)
	c.addJump(loc, opcode.Jump, loop.exit)
}

// continueStmt generates a continue statement.
//
// CPython: codegen.c, codegen_continue.
func (c *Compiler) continueStmt(origin instr.Loc) {
	c.add(origin, opcode.Nop)
	loop, loc := c.unwindBlocks(origin, false, true)
	if loop == nil {
		c.fail(origin, "'continue' not properly in loop")
	}
	c.addJump(loc, opcode.Jump, loop.block)
}
