package flowgraph

import (
	"fmt"
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// build makes the graph of a sequence. The annotations take the place of the
// placeholder, if both are there. Until the targets are resolved, the operand
// of an instruction with a target is the index of that in the sequence without
// annotations. Blocks end where they must and nowhere else, so that there is no
// pass like CPython's check_cfg.
//
// CPython: flowgraph.c, _PyCfg_FromInstructionSequence.
func (c *Compiler) build(seq, annotations *instr.Sequence) error {
	c.g.reset()
	c.has = 0
	if err := c.markTargets(seq); err != nil {
		return err
	}
	list, n := seq.Instrs(), annotations.Len()
	b := builder{left: len(list) + n, places: seq}
	c.makeRoom(&b)
	at := slices.IndexFunc(list[:min(len(list), maxPrologue)], isPlaceholder)
	if at < 0 {
		c.addRun(&b, list, 0, 0)
	} else {
		c.addRun(&b, list[:at], 0, 0)
		c.addRun(&b, annotations.Instrs(), noTargets, 0)
		c.addRun(&b, list[at+1:], at+1, int32(n)-1)
	}
	if b.end == b.start {
		return fmt.Errorf("the code unit has no instructions")
	}
	c.endBlock(&b)
	return nil
}

// maxPrologue is the number of instructions of which one may be
// ANNOTATIONS_PLACEHOLDER, which is at the start of a module.
const maxPrologue = 8

func isPlaceholder(in instr.Instr) bool { return in.Op == opcode.AnnotationsPlaceholder }

// markTargets finds which instructions are jumped to.
func (c *Compiler) markTargets(seq *instr.Sequence) error {
	list := seq.Instrs()
	if c.isTarget = kept(c.isTarget); cap(c.isTarget) < len(list) {
		c.isTarget = make([]bool, len(list), 2*len(list))
		c.labels = make([]blockID, cap(c.isTarget))
	}
	c.isTarget, c.labels = c.isTarget[:len(list)], c.labels[:len(list)]
	clear(c.isTarget)
	for _, i := range seq.Jumps() {
		place := seq.Place(instr.Label(list[i].Arg))
		if place < 0 || int(place) >= len(list) {
			return fmt.Errorf("instruction %d, %v, has a target that is nowhere", i, list[i].Op)
		}
		c.isTarget[place] = true
	}
	return nil
}

// A builder is a block under construction, and room for it and more.
type builder struct {
	room       []instruction
	start, end int // the block's instructions in the room
	left       int // instructions that are not in a complete block
	has        class
	terminated bool // the block's last instruction must be the last
	places     *instr.Sequence
}

// makeRoom sees to it that all that is left would fit as one block.
func (c *Compiler) makeRoom(b *builder) {
	if b.end+b.left+slack > len(b.room) {
		b.room = c.g.room(b.left + slack*(b.left/8+8))
		b.start, b.end = 0, 0
	}
}

// noTargets stands for the index of instructions that are not jumped to.
const noTargets = -1

// addRun appends instructions to the graph. The first one has an index in the
// sequence, to which the offset is added in labels.
//
// CPython: flowgraph.c, _PyCfgBuilder_Addop, _PyCfgBuilder_UseLabel.
func (c *Compiler) addRun(b *builder, list []instr.Instr, first int, offset int32) {
	for i := range list {
		in := &list[i]
		isTarget := first != noTargets && c.isTarget[first+i]
		if b.terminated || isTarget && b.end > b.start {
			c.endBlock(b)
			c.startBlock()
		}
		if isTarget {
			c.g.blocks[c.g.current].label = int32(first+i) + offset
			c.labels[first+i] = c.g.current
		}
		k, arg := c.classes[in.Op], in.Arg
		if k&hasTarget != 0 {
			arg = b.places.Place(instr.Label(arg))
		}
		if in.Loc.Start.Line < 0 {
			k |= isLineless
		}
		o := &b.room[b.end]
		o.op, o.arg, o.target, o.except, o.loc = in.Op, arg, noBlock, noBlock, in.Loc
		b.end++
		b.has |= k
		b.terminated = k&isTerminator != 0
	}
}

// endBlock makes the block under construction the current one's instructions.
func (c *Compiler) endBlock(b *builder) {
	end := b.end + slack
	clear(b.room[b.end:end])
	block := &c.g.blocks[c.g.current]
	block.instrs, block.has = b.room[b.start:b.end:end], b.has
	c.has |= b.has
	b.left -= b.end - b.start
	b.start, b.end, b.has, b.terminated = end, end, 0, false
	c.makeRoom(b)
}

// startBlock adds a block behind the current one.
//
// CPython: flowgraph.c, cfg_builder_maybe_start_new_block.
func (c *Compiler) startBlock() {
	g := &c.g
	id := g.newBlock()
	g.blocks[g.current].next = id
	g.current = id
}
