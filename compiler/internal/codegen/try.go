package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A tryStmt is a try statement with except or with except*.
type tryStmt struct {
	loc           instr.Loc
	body          []ast.Stmt
	handlers      []*ast.ExceptHandler
	orElse, final []ast.Stmt
	star          bool
}

func tryOf(s *ast.Try) *tryStmt {
	return &tryStmt{s.Loc, s.Body, s.Handlers, s.OrElse, s.Final, false}
}

func tryStarOf(s *ast.TryStar) *tryStmt {
	return &tryStmt{s.Loc, s.Body, s.Handlers, s.OrElse, s.Final, true}
}

// try generates a try statement.
//
// CPython: codegen.c, codegen_try, codegen_try_star.
func (c *Compiler) try(s *tryStmt) {
	if len(s.final) > 0 {
		c.tryFinally(s)
		return
	}
	c.tryHandlers(s)
}

func (c *Compiler) tryHandlers(s *tryStmt) {
	if s.star {
		c.tryStarExcept(s)
		return
	}
	c.tryExcept(s)
}

// tryFinally generates a try statement with a finally clause:
//
//	         SETUP_FINALLY end
//	         <body>
//	         POP_BLOCK
//	         <final>
//	         JUMP exit
//	end:     SETUP_CLEANUP cleanup
//	         PUSH_EXC_INFO
//	         <final>
//	         RERAISE 0
//	cleanup: <pop the exception and raise it>
//	exit:
//
// CPython: codegen.c, codegen_try_finally, codegen_try_star_finally.
func (c *Compiler) tryFinally(s *tryStmt) {
	body, end, exit, cleanup := c.newLabel(), c.newLabel(), c.newLabel(), c.newLabel()
	c.addJump(s.loc, opcode.SetupFinally, end)
	c.use(body)
	c.pushBlock(frameBlock{kind: finallyTry, block: body, exit: end, loc: s.loc, final: s.final})
	if len(s.handlers) > 0 {
		c.tryHandlers(s)
	} else {
		c.stmts(s.body)
	}
	c.add(instr.NoLoc(), opcode.PopBlock)
	c.popBlock()
	c.stmts(s.final)
	c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, exit)

	c.use(end)
	c.addJump(instr.NoLoc(), opcode.SetupCleanup, cleanup)
	c.add(instr.NoLoc(), opcode.PushExcInfo)
	c.pushBlock(frameBlock{kind: finallyEnd, block: end, exit: instr.NoLabel, loc: instr.NoLoc()})
	c.stmts(s.final)
	c.popBlock()
	c.addI(instr.NoLoc(), opcode.Reraise, 0)
	c.use(cleanup)
	c.popExceptAndReraise(instr.NoLoc())
	c.use(exit)
}

// tryExcept generates a try statement with except clauses:
//
//	[]              SETUP_FINALLY except
//	[]              <body>
//	[]              POP_BLOCK
//	[]              <orelse>
//	[]              JUMP end
//	[exc]   except: SETUP_CLEANUP cleanup
//	[exc]           PUSH_EXC_INFO
//	[exc]           <each handler, that jumps to end>
//	[exc]           RERAISE 0
//	        cleanup: <pop the exception and raise it>
//	[]      end:
//
// CPython: codegen.c, codegen_try_except.
func (c *Compiler) tryExcept(s *tryStmt) {
	body, except, end, cleanup := c.newLabel(), c.newLabel(), c.newLabel(), c.newLabel()
	c.addJump(s.loc, opcode.SetupFinally, except)
	c.use(body)
	c.pushBlock(frameBlock{kind: tryExcept, block: body, exit: instr.NoLabel, loc: s.loc})
	c.stmts(s.body)
	c.popBlock()
	c.add(instr.NoLoc(), opcode.PopBlock)
	c.stmts(s.orElse)
	c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, end)

	c.use(except)
	c.addJump(instr.NoLoc(), opcode.SetupCleanup, cleanup)
	c.add(instr.NoLoc(), opcode.PushExcInfo)
	c.pushBlock(frameBlock{kind: exceptionHandler, block: instr.NoLabel, exit: instr.NoLabel, loc: s.loc})
	for i, h := range s.handlers {
		if h.Type == nil && i < len(s.handlers)-1 {
			c.fail(h.Loc, "default 'except:' must be last")
		}
		c.handler(h, end)
	}
	c.popBlock()
	c.addI(instr.NoLoc(), opcode.Reraise, 0)
	c.use(cleanup)
	c.popExceptAndReraise(instr.NoLoc())
	c.use(end)
}

// handler generates an except clause:
//
//	[exc]         <type>
//	[exc, type]   CHECK_EXC_MATCH
//	[exc, bool]   POP_JUMP_IF_FALSE next
//	[exc]         <store it, or POP_TOP>
//	[]            <body>
//	[]            JUMP end
//	[exc]   next:
func (c *Compiler) handler(h *ast.ExceptHandler, end instr.Label) {
	next := c.newLabel()
	if h.Type != nil {
		c.expr(h.Type)
		c.add(h.Loc, opcode.CheckExcMatch)
		c.addJump(h.Loc, opcode.PopJumpIfFalse, next)
	}
	if h.Name != names.None {
		c.namedHandler(h, end)
	} else {
		body := c.newLabel()
		c.add(h.Loc, opcode.PopTop)
		c.use(body)
		c.pushBlock(frameBlock{kind: handlerCleanup, block: body, exit: instr.NoLabel, loc: h.Loc})
		c.stmts(h.Body)
		c.popBlock()
		c.add(instr.NoLoc(), opcode.PopBlock)
		c.add(instr.NoLoc(), opcode.PopExcept)
		c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, end)
	}
	c.use(next)
}

// namedHandler generates the body of an except clause with a name, which is
// deleted however the body ends:
//
//	             <name> = exc
//	             SETUP_CLEANUP cleanupEnd
//	             <body>
//	             POP_BLOCK
//	             POP_BLOCK
//	             POP_EXCEPT
//	             <forget the name>
//	             JUMP end
//	cleanupEnd:  <forget the name>
//	             RERAISE 1
func (c *Compiler) namedHandler(h *ast.ExceptHandler, end instr.Label) {
	cleanupEnd, body := c.newLabel(), c.newLabel()
	c.nameOp(h.Loc, h.Name, ast.Store)
	c.addJump(h.Loc, opcode.SetupCleanup, cleanupEnd)
	c.use(body)
	c.pushBlock(frameBlock{kind: handlerCleanup, block: body, exit: instr.NoLabel, loc: h.Loc, name: h.Name})
	c.stmts(h.Body)
	c.popBlock()
	c.add(instr.NoLoc(), opcode.PopBlock)
	c.add(instr.NoLoc(), opcode.PopBlock)
	c.add(instr.NoLoc(), opcode.PopExcept)
	c.forget(instr.NoLoc(), h.Name)
	c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, end)
	c.use(cleanupEnd)
	c.forget(instr.NoLoc(), h.Name)
	c.addI(instr.NoLoc(), opcode.Reraise, 1)
}
