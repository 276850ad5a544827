package flowgraph

import (
	"fmt"
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// build makes the graph of a sequence. The annotations take the place of the
// placeholder, if both are there. The blocks are stretches of the sequence's
// memory. Until the targets are resolved, the operand of an instruction with a
// target is the index of that among all instructions.
//
// Blocks end where they must and nowhere else, so that there is no pass like
// CPython's check_cfg.
//
// CPython: flowgraph.c, _PyCfg_FromInstructionSequence.
func (c *Compiler) build(seq, annotations *instr.Sequence) error {
	c.g.reset()
	c.joinAnnotations(seq.Instrs(), annotations.Instrs())
	if len(c.list) == 0 {
		return fmt.Errorf("the code unit has no instructions")
	}
	if err := c.markTargets(seq); err != nil {
		return err
	}
	c.split()
	return nil
}

// maxPrologue is the number of instructions of which one may be
// ANNOTATIONS_PLACEHOLDER, which is at the start of a module.
const maxPrologue = 8

func isPlaceholder(in instr.Instr) bool { return in.Op == opcode.AnnotationsPlaceholder }

// joinAnnotations makes the list of all instructions. What was behind the
// placeholder moves by shift; there are no jumps before it.
func (c *Compiler) joinAnnotations(list, annotations []instr.Instr) {
	c.list, c.shift = list, 0
	at := slices.IndexFunc(list[:min(len(list), maxPrologue)], isPlaceholder)
	switch {
	case at < 0:
	case len(annotations) == 0:
		copy(list[1:], list[:at])
		c.list, c.shift = list[1:], -1
	default:
		c.shift = int32(len(annotations)) - 1
		all := append(c.g.room(len(list) + len(annotations))[:0], list[:at]...)
		c.list = append(append(all, annotations...), list[at+1:]...)
	}
}

// markTargets finds which instructions are jumped to.
func (c *Compiler) markTargets(seq *instr.Sequence) error {
	n := len(c.list)
	if c.isTarget = kept(c.isTarget); cap(c.isTarget) <= n {
		c.isTarget = make([]bool, n, 2*n+1)
		c.labels = make([]blockID, cap(c.isTarget))
	}
	c.isTarget, c.labels = c.isTarget[:n+1], c.labels[:n]
	clear(c.isTarget)
	c.isTarget[n] = true // the end ends a block, too
	for _, i := range seq.Jumps() {
		in := &c.list[i+c.shift]
		place := seq.Place(instr.Label(in.Arg))
		if place < 0 || int(place+c.shift) >= n {
			return fmt.Errorf("instruction %d, %v, has a target that is nowhere", i, in.Op)
		}
		in.Arg = place + c.shift
		c.isTarget[in.Arg] = true
	}
	return nil
}

// split cuts the list of instructions into blocks.
//
// CPython: flowgraph.c, _PyCfgBuilder_Addop, _PyCfgBuilder_UseLabel.
func (c *Compiler) split() {
	c.has = 0
	list, isTarget := c.list, c.isTarget[:len(c.list)+1]
	for i := 0; i < len(list); {
		if i > 0 {
			c.startBlock()
		}
		if isTarget[i] {
			c.g.blocks[c.g.current].label = int32(i)
			c.labels[i] = c.g.current
		}
		start, has := i, class(0)
		for {
			k := c.classOf(&list[i])
			has |= k
			if i++; k&isTerminator != 0 || isTarget[i] {
				break
			}
		}
		c.endBlock(start, i, has)
	}
}

// endBlock makes a stretch of the instructions those of the current block. New
// ones at its end need other memory.
func (c *Compiler) endBlock(start, end int, has class) {
	block := &c.g.blocks[c.g.current]
	block.instrs, block.has = c.list[start:end:end], has
	c.has |= has
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
