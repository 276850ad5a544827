package flowgraph

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// translateJumpLabelsToTargets finds the blocks that instructions refer to.
//
// CPython: flowgraph.c, translate_jump_labels_to_targets.
func (c *Compiler) translateJumpLabelsToTargets() error {
	for _, i := range c.unit.Instrs.Jumps() {
		in := &c.list[i+c.shift]
		in.Target = c.labels[in.Arg]
	}
	return nil
}

// markExceptHandlers marks the blocks that begin exception handlers.
//
// CPython: flowgraph.c, mark_except_handlers.
func (c *Compiler) markExceptHandlers() error {
	g := &c.g
	if c.has&isBlockPush == 0 {
		return nil
	}
	for id := entry; id != noBlock; id = g.blocks[id].next {
		if g.blocks[id].has&isBlockPush == 0 {
			continue
		}
		instrs := g.blocks[id].instrs
		for i := range instrs {
			if in := &instrs[i]; c.is(in, isBlockPush) {
				g.blocks[in.Target].isHandler = true
			}
		}
	}
	return nil
}

// A handlerNode is an element of a stack of exception handlers. Stacks share
// their lower parts.
type handlerNode struct {
	handler blockID
	below   int32 // index of the node; node 0 is the empty stack
	depth   int32
}

// The operands of RESUME. CPython: pycore_opcode_utils.h.
const (
	resumeAtFuncStart    = 0
	resumeAtGenExprStart = 4
)

// labelExceptionTargets gives each instruction the handler of its exceptions,
// and takes out POP_BLOCK, which leaves a NOP. Without handlers there is nothing
// to do.
//
// CPython: flowgraph.c, label_exception_targets.
func (c *Compiler) labelExceptionTargets() error {
	if c.has&isBlockPush == 0 {
		return nil
	}
	g := &c.g
	todo := append(c.clearVisited(), entry)
	c.handlers = append(c.handlers[:0], handlerNode{})
	g.enter(&g.blocks[entry])
	g.blocks[entry].handlers = 0
	for len(todo) > 0 {
		b := &g.blocks[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		stack, err := c.labelBlock(b, &todo)
		if err != nil {
			return err
		}
		if c.fallsThrough(b) && b.next != noBlock && !g.visited(&g.blocks[b.next]) {
			c.reach(b.next, stack, &todo)
		}
	}
	c.stack = todo
	return nil
}

// reach enters a block, with the handlers that it starts with, on the list of
// those to do, if it was not there before.
func (c *Compiler) reach(id blockID, handlers int32, todo *[]blockID) {
	b := &c.g.blocks[id]
	if !c.g.visited(b) {
		c.g.enter(b)
		b.handlers = handlers
		*todo = append(*todo, id)
	}
}

// labelBlock labels the instructions of one block and returns the stack of
// handlers at its end.
func (c *Compiler) labelBlock(b *block, todo *[]blockID) (int32, error) {
	stack := b.handlers
	handler := c.handlers[stack].handler
	yieldDepth := int32(-1) // of the last YIELD_VALUE in this block
	for i := range b.instrs {
		in := &b.instrs[i]
		switch {
		case c.is(in, isBlockPush):
			c.reach(in.Target, stack, todo)
			stack = c.pushExceptBlock(stack, in)
			handler = in.Target
		case in.Op == opcode.PopBlock:
			if stack == 0 {
				return 0, fmt.Errorf("POP_BLOCK without an exception block")
			}
			stack = c.handlers[stack].below
			handler = c.handlers[stack].handler
			c.setNop(b, in)
		case c.is(in, isJump):
			in.Except = handler
			c.reach(in.Target, stack, todo)
		case in.Op == opcode.YieldValue:
			in.Except = handler
			yieldDepth = c.handlers[stack].depth
		case in.Op == opcode.Resume:
			in.Except = handler
			if in.Arg != resumeAtFuncStart && in.Arg != resumeAtGenExprStart {
				if yieldDepth == 1 {
					in.Arg |= c.resumeDepth1
				}
				yieldDepth = -1
			}
		case in.Op == opcode.ReturnGenerator && c.unhandledReturn:
			in.Except = noBlock
		default:
			in.Except = handler
		}
	}
	return stack, nil
}

// CPython: flowgraph.c, push_except_block.
func (c *Compiler) pushExceptBlock(stack int32, setup *instruction) int32 {
	if setup.Op != opcode.SetupFinally {
		c.g.blocks[setup.Target].preserveLasti = true
	}
	c.handlers = append(c.handlers, handlerNode{setup.Target, stack, c.handlers[stack].depth + 1})
	return int32(len(c.handlers) - 1)
}
