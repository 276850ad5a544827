package flowgraph

import (
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A blockID is the index of a block in its graph. The zero blockID is no block.
type blockID = instr.Block

const (
	noBlock blockID = 0
	entry   blockID = 1
)

const noLabel int32 = -1

// An instruction of the graph.
type instruction = instr.Instr

// A block is a run of instructions of which only the last may jump.
//
// Faithful: what a block held before it became shorter stays behind its end, in
// the capacity of instrs. CPython reads it in two places: a new instruction at
// the end keeps the exception handler of the one that was there before (which
// shows in the exception table), and the first instruction of a block that has
// become empty still has its location.
type block struct {
	instrs       []instruction
	has          class // what its instructions are, all together, and perhaps what others were
	label        int32 // a number if something jumps here, else noLabel
	next         blockID
	predecessors int32 // as of the last count; passes do not keep it current
	startDepth   int32 // of the stack; noDepth until it is known
	unsafe       uint64
	// handlers is the top of the handler stack at the start, while handlers are
	// labelled; later, if it is negative, it tells the assembler's number.
	handlers int32
	visit    uint32 // the walk that came here last
	preserveLasti,
	isHandler, cold, warm,
	bare bool // it exits, or checks for signals, without a line; for one pass
	// gap says that CPython has an empty block between this one and the next,
	// of what was unreachable. It counts where a pass follows control to the next
	// block and does not look for one with instructions.
	gap bool
}

// A graph is the control flow graph of one code unit. Its memory is used again
// for the next.
type graph struct {
	blocks  []block // [0] is no block, [1] the entry
	current blockID // the block under construction
	walk    uint32  // the number of walks
	chunks  [][]instruction
	chunk   int // the chunk in use
	used    int // instructions of it in use
}

// chunkSize is the number of instructions that are allocated at a time.
const chunkSize = 4096

// spareChunks is the number of chunks that are kept whatever the last unit
// used.
const spareChunks = 8

// slack is the room behind a block that has grown: most passes add at most that
// much.
const slack = 3

func (g *graph) reset() {
	g.shrink()
	g.blocks = append(g.blocks[:0], block{label: noLabel})
	g.chunk, g.used, g.walk = 0, 0, 0
	g.current = g.newBlock()
}

// shrink lets go of memory that only a large unit needs.
func (g *graph) shrink() {
	if keep := 2*g.chunk + spareChunks; keep < len(g.chunks)/2 {
		clear(g.chunks[keep:])
		g.chunks = g.chunks[:keep]
	}
	g.chunks = slices.DeleteFunc(g.chunks, func(c []instruction) bool { return len(c) > 16*chunkSize })
	g.blocks = kept(g.blocks)
}

// maxKept is the number of elements of a slice that is kept for the next unit.
const maxKept = 1 << 16

// kept returns the slice without elements, and without its memory if that is
// large.
func kept[T any](s []T) []T {
	if cap(s) > maxKept {
		return nil
	}
	return s[:0]
}

// newBlock adds a block that is not in the list of blocks. Pointers to blocks
// are no longer valid.
//
// CPython: flowgraph.c, cfg_builder_new_block.
func (g *graph) newBlock() blockID {
	n := len(g.blocks)
	if n == cap(g.blocks) {
		g.blocks = slices.Grow(g.blocks, max(n, 16))
	}
	g.blocks = g.blocks[:n+1]
	b := &g.blocks[n]
	*b = block{} // an append would put it together elsewhere
	b.label, b.startDepth = noLabel, noDepth
	return blockID(len(g.blocks) - 1)
}

// room returns room for n instructions, which holds anything.
func (g *graph) room(n int) []instruction {
	if g.chunk < len(g.chunks) && g.used+n > len(g.chunks[g.chunk]) {
		g.chunk, g.used = g.chunk+1, 0
	}
	if g.chunk == len(g.chunks) {
		g.chunks = append(g.chunks, make([]instruction, max(chunkSize, n)))
	}
	if n > len(g.chunks[g.chunk]) {
		g.chunks[g.chunk] = make([]instruction, n)
	}
	r := g.chunks[g.chunk][g.used : g.used+n : g.used+n]
	g.used += n
	return r
}

// grow makes room for n more instructions at the end of the block, and keeps
// all that its memory holds.
func (g *graph) grow(b *block, n int) {
	if len(b.instrs)+n <= cap(b.instrs) {
		return
	}
	size := len(b.instrs)
	r := g.room(size + size/2 + n + slack)
	clear(r[copy(r, b.instrs[:cap(b.instrs)]):])
	b.instrs = r[:size]
}

// addOp appends an instruction without an operand, or with one that is a target
// and found later, to a block.
//
// Faithful: the exception handler is that of the instruction that was there
// before the block became shorter, and none in fresh memory.
//
// CPython: flowgraph.c, basicblock_addop.
func (c *Compiler) addOp(b *block, op opcode.Op, loc instr.Loc) *instruction {
	c.g.grow(b, 1)
	n := len(b.instrs)
	b.instrs = b.instrs[:n+1]
	i := &b.instrs[n]
	i.Target = noBlock
	c.set(b, i, op, 0)
	c.setLoc(b, i, loc)
	return i
}

// appendInstructions appends a copy of another block's instructions.
//
// CPython: flowgraph.c, basicblock_append_instructions.
func (g *graph) appendInstructions(to, from *block) {
	instrs := from.instrs
	to.has |= from.has
	g.grow(to, len(instrs))
	n := len(to.instrs)
	to.instrs = to.instrs[:n+len(instrs)]
	copy(to.instrs[n:], instrs)
}

// insert puts instructions before the one with the index at.
//
// CPython: flowgraph.c, basicblock_insert_instruction.
func (c *Compiler) insert(b *block, at int, list ...instruction) {
	if len(list) == 0 {
		return
	}
	c.g.grow(b, len(list))
	b.instrs = b.instrs[:len(b.instrs)+len(list)]
	copy(b.instrs[at+len(list):], b.instrs[at:])
	copy(b.instrs[at:], list)
	for i := range list {
		c.add(b, c.classOf(&list[i]))
	}
}

// classOf returns the class of an instruction, and whether it has a line.
func (c *Compiler) classOf(i *instruction) class {
	return c.classes[i.Op] | class(i.Loc.Start.Line>>31)&isLineless // negative lines are none
}

// last returns the last instruction of the block, or nil if it is empty.
//
// CPython: flowgraph.c, basicblock_last_instr.
func (b *block) last() *instruction {
	if len(b.instrs) == 0 {
		return nil
	}
	return &b.instrs[len(b.instrs)-1]
}

// first returns the first instruction, or the one that an empty block had
// before it became empty; nil if it never had any.
func (b *block) first() *instruction {
	if cap(b.instrs) == 0 {
		return nil
	}
	return &b.instrs[:1][0]
}

// nextNonempty returns the block itself or the first one after it that has
// instructions, or noBlock.
//
// CPython: flowgraph.c, next_nonempty_block.
func (g *graph) nextNonempty(id blockID) blockID {
	for id != noBlock && len(g.blocks[id].instrs) == 0 {
		id = g.blocks[id].next
	}
	return id
}

// maxLabel returns the largest label in use.
//
// CPython: flowgraph.c, get_max_label.
func (g *graph) maxLabel() int32 {
	label := noLabel
	for id := entry; id != noBlock; id = g.blocks[id].next {
		label = max(label, g.blocks[id].label)
	}
	return label
}

// clearVisited prepares a walk over the graph.
//
// CPython: flowgraph.c, make_cfg_traversal_stack.
func (c *Compiler) clearVisited() []blockID {
	c.g.walk++
	return c.stack[:0]
}

// visited reports whether the walk under way came to a block before.
func (g *graph) visited(b *block) bool { return b.visit == g.walk }

// enter notes that the walk under way came to a block.
func (g *graph) enter(b *block) { b.visit = g.walk }
