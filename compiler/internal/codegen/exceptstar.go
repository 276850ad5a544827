package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// tryStarExcept generates a try statement with except* clauses. On the stack
// are the original exception, a list of those raised by the clauses, and what
// no clause has handled yet:
//
//	[]                      SETUP_FINALLY except
//	[]                      <body>
//	[]                      POP_BLOCK
//	[]                      JUMP orelse
//	[exc]           except: SETUP_CLEANUP cleanup
//	[exc]                   PUSH_EXC_INFO
//	[orig, res, exc]        <each clause>
//	[orig, res]             LIST_APPEND 1, of what no clause handled
//	[orig, res]             CALL_INTRINSIC_2 PREP_RERAISE_STAR
//	[exc]                   COPY 1
//	[exc, exc]              POP_JUMP_IF_NOT_NONE reraise
//	[exc]                   POP_TOP, POP_BLOCK, POP_EXCEPT
//	[]                      JUMP end
//	[exc]          reraise: POP_BLOCK, SWAP 2, POP_EXCEPT
//	[exc]                   RERAISE 0
//	               cleanup: <pop the exception and raise it>
//	[]              orelse: <orelse>
//	[]              end:
//
// CPython: codegen.c, codegen_try_star_except.
func (c *Compiler) tryStarExcept(s *tryStmt) {
	body, except, orElse, end := c.newLabel(), c.newLabel(), c.newLabel(), c.newLabel()
	cleanup, reraiseStar := c.newLabel(), c.newLabel()
	c.addJump(s.loc, opcode.SetupFinally, except)
	c.use(body)
	c.pushBlock(frameBlock{kind: tryExcept, block: body, exit: instr.NoLabel, loc: s.loc})
	c.stmts(s.body)
	c.popBlock()
	c.add(instr.NoLoc(), opcode.PopBlock)
	c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, orElse)

	c.use(except)
	c.addJump(instr.NoLoc(), opcode.SetupCleanup, cleanup)
	c.add(instr.NoLoc(), opcode.PushExcInfo)
	c.pushBlock(frameBlock{kind: exceptionGroupHandler, block: instr.NoLabel, exit: instr.NoLabel, loc: s.loc})
	for i, h := range s.handlers {
		if i == 0 {
			c.addI(h.Loc, opcode.BuildList, 0) // [orig, res]
			c.addI(h.Loc, opcode.Copy, 2)      // [orig, res, exc]
		}
		c.starHandler(h)
		if i == len(s.handlers)-1 {
			c.addI(instr.NoLoc(), opcode.ListAppend, 1)
			c.addJump(instr.NoLoc(), opcode.JumpNoInterrupt, reraiseStar)
		}
	}
	c.popBlock()
	c.use(reraiseStar)
	c.reraiseStar(end)
	c.use(cleanup)
	c.popExceptAndReraise(instr.NoLoc())
	c.use(orElse)
	c.stmts(s.orElse)
	c.use(end)
}

// reraiseStar raises what the except* clauses raised or did not handle, or goes
// to end if there is nothing.
func (c *Compiler) reraiseStar(end instr.Label) {
	none := instr.NoLoc()
	reraise := c.newLabel()
	c.addI(none, opcode.CallIntrinsic2, prepReraiseStar)
	c.addI(none, opcode.Copy, 1)
	c.addJump(none, opcode.PopJumpIfNotNone, reraise)
	c.add(none, opcode.PopTop)
	c.add(none, opcode.PopBlock)
	c.add(none, opcode.PopExcept)
	c.addJump(none, opcode.JumpNoInterrupt, end)
	c.use(reraise)
	c.add(none, opcode.PopBlock)
	c.addI(none, opcode.Swap, 2)
	c.add(none, opcode.PopExcept)
	c.addI(none, opcode.Reraise, 0)
}

// starHandler generates an except* clause:
//
//	[orig, res, exc]                  <type>
//	[orig, res, exc, type]            CHECK_EG_MATCH
//	[orig, res, rest/exc, match]      COPY 1
//	[orig, res, rest/exc, match, …]   POP_JUMP_IF_NONE noMatch
//	[orig, res, rest, match]          <store it, or POP_TOP>
//	[orig, res, rest]                 SETUP_CLEANUP cleanupEnd
//	[orig, res, rest]                 <body>
//	[orig, res, rest]                 JUMP next
//	[…, rest, lasti, exc] cleanupEnd: LIST_APPEND 3, POP_TOP
//	[orig, res, rest]                 JUMP withError
//	[orig, res, rest]           next: NOP
//	[orig, res, rest]                 JUMP withError
//	[orig, res, rest, None]  noMatch: POP_TOP
//	[orig, res, rest]      withError:
func (c *Compiler) starHandler(h *ast.ExceptHandler) {
	none := instr.NoLoc()
	next, withError, noMatch := c.newLabel(), c.newLabel(), c.newLabel()
	if h.Type != nil {
		c.expr(h.Type)
		c.add(h.Loc, opcode.CheckEgMatch)
		c.addI(h.Loc, opcode.Copy, 1)
		c.addJump(h.Loc, opcode.PopJumpIfNone, noMatch)
	}
	cleanupEnd, body := c.newLabel(), c.newLabel()
	if h.Name != names.None {
		c.nameOp(h.Loc, h.Name, ast.Store)
	} else {
		c.add(h.Loc, opcode.PopTop)
	}
	c.addJump(h.Loc, opcode.SetupCleanup, cleanupEnd)
	c.use(body)
	c.pushBlock(frameBlock{kind: handlerCleanup, block: body, exit: instr.NoLabel, loc: h.Loc, name: h.Name})
	c.stmts(h.Body)
	c.popBlock()
	c.add(none, opcode.PopBlock)
	c.forgetIfNamed(h)
	c.addJump(none, opcode.JumpNoInterrupt, next)

	c.use(cleanupEnd)
	c.forgetIfNamed(h)
	c.addI(none, opcode.ListAppend, 3)
	c.add(none, opcode.PopTop) // lasti
	c.addJump(none, opcode.JumpNoInterrupt, withError)

	c.use(next)
	c.add(none, opcode.Nop) // has the location of what is before it
	c.addJump(none, opcode.JumpNoInterrupt, withError)
	c.use(noMatch)
	c.add(h.Loc, opcode.PopTop)
	c.use(withError)
}

func (c *Compiler) forgetIfNamed(h *ast.ExceptHandler) {
	if h.Name != names.None {
		c.forget(instr.NoLoc(), h.Name)
	}
}
