package flowgraph

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// build makes the graph of a sequence. The annotations take the place of the
// placeholder, if both are there. Until the targets are resolved, the operand
// of an instruction with a target is the label of a block: the index of its
// first instruction in the whole sequence.
//
// CPython: flowgraph.c, _PyCfg_FromInstructionSequence.
func (c *Compiler) build(seq, annotations *instr.Sequence) error {
	c.g.reset()
	c.has = 0
	if err := c.markTargets(seq); err != nil {
		return err
	}
	instrs := seq.Instrs()
	offset := int32(0)
	for i := range instrs {
		in := &instrs[i]
		if in.Op == opcode.AnnotationsPlaceholder {
			for _, a := range annotations.Instrs() {
				c.build1(a.Op, a.Arg, a.Loc)
			}
			offset += int32(annotations.Len()) - 1
			continue
		}
		if c.isTarget[i] {
			c.useLabel(int32(i) + offset)
		}
		arg := in.Arg
		if c.classes[in.Op]&hasTarget != 0 {
			arg = seq.Place(instr.Label(arg)) + offset
		}
		c.build1(in.Op, arg, in.Loc)
	}
	c.finishBlock()
	if len(c.g.blocks[entry].instrs) == 0 {
		return fmt.Errorf("the code unit has no instructions")
	}
	return nil
}

// markTargets finds which instructions are jumped to.
func (c *Compiler) markTargets(seq *instr.Sequence) error {
	n := seq.Len()
	if c.isTarget = kept(c.isTarget); cap(c.isTarget) < n {
		c.isTarget = make([]bool, n, 2*n)
	}
	c.isTarget = c.isTarget[:n]
	clear(c.isTarget)
	for i, in := range seq.Instrs() {
		if c.classes[in.Op]&hasTarget == 0 {
			continue
		}
		place := seq.Place(instr.Label(in.Arg))
		if place < 0 || int(place) >= n {
			return fmt.Errorf("instruction %d, %v, has a target that is nowhere", i, in.Op)
		}
		c.isTarget[place] = true
	}
	return nil
}

// useLabel labels the next instruction.
//
// CPython: flowgraph.c, _PyCfgBuilder_UseLabel.
func (c *Compiler) useLabel(label int32) {
	c.g.label = label
	c.maybeStartNewBlock()
}

// build1 appends an instruction to the block under construction, or to a new
// one.
//
// CPython: flowgraph.c, _PyCfgBuilder_Addop.
func (c *Compiler) build1(op opcode.Op, arg int32, loc instr.Loc) {
	c.maybeStartNewBlock()
	g := &c.g
	b := &g.blocks[g.current]
	if len(b.instrs) == cap(b.instrs) {
		c.extend(b)
	}
	n := len(b.instrs)
	b.instrs = b.instrs[:n+1]
	b.instrs[n] = instruction{op: op, arg: arg, loc: loc}
	b.has |= c.classOf(&b.instrs[n])
}

// extend makes room in the block under construction, which is the last thing
// in its chunk, if it is in one.
func (c *Compiler) extend(b *block) {
	g := &c.g
	const step = 64
	if n := cap(b.instrs); n > 0 && g.used+step <= len(g.chunks[g.chunk]) {
		start := g.used - n
		clear(g.chunks[g.chunk][g.used : g.used+step])
		g.used += step
		b.instrs = g.chunks[g.chunk][start : start+len(b.instrs) : g.used]
		return
	}
	r := g.room(max(step, 2*cap(b.instrs)))
	copy(r, b.instrs)
	b.instrs = r[:len(b.instrs)]
}

// finishBlock gives back the room behind the block under construction, but for
// the slack.
func (c *Compiler) finishBlock() {
	g := &c.g
	b := &g.blocks[g.current]
	c.has |= b.has
	if extra := cap(b.instrs) - len(b.instrs) - slack; extra > 0 {
		g.used -= extra
		b.instrs = b.instrs[: len(b.instrs) : cap(b.instrs)-extra]
	}
}

// maybeStartNewBlock begins a block if the current one is complete.
//
// CPython: flowgraph.c, cfg_builder_maybe_start_new_block.
func (c *Compiler) maybeStartNewBlock() {
	g := &c.g
	if !c.currentIsTerminated() {
		return
	}
	c.finishBlock()
	id := g.newBlock()
	g.blocks[id].label = g.label
	g.label = noLabel
	g.blocks[g.current].next = id
	g.current = id
}

// CPython: flowgraph.c, cfg_builder_current_block_is_terminated.
func (c *Compiler) currentIsTerminated() bool {
	b := &c.g.blocks[c.g.current]
	last := b.last()
	if last != nil && c.is(last, isTerminator) {
		return true
	}
	if c.g.label == noLabel {
		return false
	}
	if last != nil || b.label != noLabel {
		return true
	}
	b.label = c.g.label // the block is empty: label it
	c.g.label = noLabel
	return false
}
