package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A blockKind is the kind of a frame block.
//
// CPython: pycore_compile.h, COMPILE_FBLOCK_WHILE_LOOP and so on.
type blockKind uint8

const (
	whileLoop blockKind = iota
	forLoop
	asyncForLoop
	tryExcept
	finallyTry
	finallyEnd
	withBlock
	asyncWithBlock
	handlerCleanup
	popValue
	exceptionHandler
	exceptionGroupHandler
	asyncComprehensionGenerator
	inlinedComprehension
	stopIteration
)

// A frameBlock is a statement around the code being generated which a return,
// break or continue must leave in order.
type frameBlock struct {
	kind        blockKind
	block, exit instr.Label
	loc         instr.Loc
	final       []ast.Stmt // of finallyTry
	name        names.ID   // of handlerCleanup, if the handler has one
}

// maxBlocks is how many frame blocks may be around code.
//
// CPython: code.h, CO_MAXBLOCKS.
const maxBlocks = 21

// pushBlock enters a frame block.
//
// CPython: compile.c, _PyCompile_PushFBlock.
func (c *Compiler) pushBlock(b frameBlock) {
	if len(c.u.blocks) >= maxBlocks {
		c.fail(b.loc, "too many statically nested blocks")
	}
	c.u.blocks = append(c.u.blocks, b)
	if b.kind == finallyEnd {
		c.muted++
	}
}

// popBlock leaves the innermost frame block.
//
// CPython: compile.c, _PyCompile_PopFBlock.
func (c *Compiler) popBlock() frameBlock {
	n := len(c.u.blocks) - 1
	b := c.u.blocks[n]
	c.u.blocks = c.u.blocks[:n]
	if b.kind == finallyEnd {
		c.muted--
	}
	return b
}

// unwindBlock adds what leaves a frame block, and returns the location of what
// comes after it. The value on top of the stack is kept if keep is set.
//
// CPython: codegen.c, codegen_unwind_fblock.
func (c *Compiler) unwindBlock(loc instr.Loc, b *frameBlock, keep bool) instr.Loc {
	switch b.kind {
	case forLoop:
		c.popIterator(loc, keep)
	case asyncForLoop, popValue:
		c.swapIf(loc, keep)
		c.add(loc, opcode.PopTop)
	case tryExcept:
		c.add(loc, opcode.PopBlock)
	case finallyTry:
		return c.unwindFinallyTry(loc, b, keep)
	case finallyEnd:
		c.swapIf(loc, keep)
		c.add(loc, opcode.PopTop) // the exception
		c.swapIf(loc, keep)
		c.add(loc, opcode.PopBlock)
		c.add(loc, opcode.PopExcept)
	case withBlock, asyncWithBlock:
		return c.unwindWith(b, keep)
	case handlerCleanup:
		c.unwindHandler(loc, b, keep)
	case whileLoop, exceptionHandler, exceptionGroupHandler, asyncComprehensionGenerator, inlinedComprehension, stopIteration:
	}
	return loc
}

// popIterator drops the iterator of a loop that is left.
func (c *Compiler) popIterator(loc instr.Loc, keep bool) {
	if !c.does.virtualIterators {
		c.swapIf(loc, keep)
		c.add(loc, opcode.PopTop)
		return
	}
	if keep {
		c.addI(loc, opcode.Swap, 3)
	}
	c.add(loc, opcode.PopTop)
	c.add(loc, opcode.PopTop)
}

func (c *Compiler) swapIf(loc instr.Loc, keep bool) {
	if keep {
		c.addI(loc, opcode.Swap, 2)
	}
}

// unwindFinallyTry adds a copy of the finally clause. What comes after it looks
// as if it were part of the clause.
func (c *Compiler) unwindFinallyTry(loc instr.Loc, b *frameBlock, keep bool) instr.Loc {
	c.add(loc, opcode.PopBlock)
	if keep {
		c.pushBlock(frameBlock{kind: popValue, loc: loc, block: instr.NoLabel, exit: instr.NoLabel})
	}
	c.stmts(b.final)
	if keep {
		c.popBlock()
	}
	return instr.NoLoc()
}

// unwindWith calls __exit__.
func (c *Compiler) unwindWith(b *frameBlock, keep bool) instr.Loc {
	loc := b.loc
	c.add(loc, opcode.PopBlock)
	if keep {
		c.addI(loc, opcode.Swap, 3)
		c.addI(loc, opcode.Swap, 2)
	}
	c.callExitWithNones(loc)
	if b.kind == asyncWithBlock {
		c.addAwait(loc, awaitExit)
	}
	c.add(loc, opcode.PopTop)
	return instr.NoLoc()
}

// unwindHandler leaves an except clause, and deletes the name of the exception.
func (c *Compiler) unwindHandler(loc instr.Loc, b *frameBlock, keep bool) {
	if b.name != names.None {
		c.add(loc, opcode.PopBlock)
	}
	c.swapIf(loc, keep)
	c.add(loc, opcode.PopBlock)
	c.add(loc, opcode.PopExcept)
	if b.name != names.None {
		c.forget(loc, b.name)
	}
}

// forget sets a name to None, in case it was deleted, and deletes it.
func (c *Compiler) forget(loc instr.Loc, name names.ID) {
	c.addNone(loc)
	c.nameOp(loc, name, ast.Store)
	c.nameOp(loc, name, ast.Del)
}

// callExitWithNones calls what is on the stack with three Nones.
//
// CPython: codegen.c, codegen_call_exit_with_nones.
func (c *Compiler) callExitWithNones(loc instr.Loc) {
	c.addNone(loc)
	c.addNone(loc)
	c.addNone(loc)
	c.addI(loc, opcode.Call, 3)
}

// unwindBlocks adds what leaves the frame blocks up to the innermost loop, or
// all of them if toLoop is not set. It returns the loop, if there is one, and
// the location of what comes after. The blocks are there again afterwards.
//
// CPython: codegen.c, codegen_unwind_fblock_stack.
func (c *Compiler) unwindBlocks(loc instr.Loc, keep, toLoop bool) (*frameBlock, instr.Loc) {
	n := len(c.u.blocks)
	if n == 0 {
		return nil, loc
	}
	top := &c.u.blocks[n-1]
	if top.kind == exceptionGroupHandler {
		c.fail(loc, "'break', 'continue' and 'return' cannot appear in an except* block")
	}
	if toLoop && top.kind <= asyncForLoop {
		loop := *top
		return &loop, loc
	}
	b := c.popBlock()
	loc = c.unwindBlock(loc, &b, keep)
	loop, loc := c.unwindBlocks(loc, keep, toLoop)
	c.pushBlock(b)
	return loop, loc
}
