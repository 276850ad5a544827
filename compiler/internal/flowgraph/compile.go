// Package flowgraph turns the instructions of a code unit into a code object.
//
// It builds the control flow graph of the unit, runs the version's passes over
// it (package target has their order), and hands the instructions that remain
// to package assemble. The passes have the names of CPython's functions and do
// what those do, to the bytes, including what looks like a mistake: such places
// are marked "Faithful".
//
// All memory is used again from unit to unit. Package unit says what a code
// generator must provide.
//
// CPython: flowgraph.c.
package flowgraph

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/compiler/internal/arith"
	"github.com/rules-pyc/rules_pyc/compiler/internal/assemble"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Compiler turns the units of one version into code objects. It may not be
// used by several goroutines at once.
type Compiler struct {
	target  *target.Target
	ops     *opcode.Table
	classes [256]class
	// Effects on the stack, where the instruction does not jump, in all and apart.
	falls, pops, pushes [256]effect
	units               [256]uint8 // lengths with an operand of one byte
	// What superinstructions and patterns begin with, and what they go on with:
	// neighbours are of interest if they have a bit in common.
	superFirst, superNext, patternFirst, patternNext [256]uint8
	pool                                             *object.Pool
	assembler                                        *assemble.Assembler
	arith                                            arith.Arith

	// The features of the version that passes ask for.
	foldsInstructions bool
	loadsSmallInts    bool
	loadsCommon       bool
	linesThroughEmpty bool
	borrowsBehind     bool
	findsProducers    bool
	forgetsRemoved    bool
	virtualIterators  bool
	unhandledReturn   bool
	returnsConstants  bool
	marksNotTaken     bool
	insertsGenerator  bool
	countsBehind      bool
	resumeDepth1      int32 // bit of RESUME's operand

	// afterPass, if it is set, is called after each pass. Tests set it to check.
	afterPass func(target.Pass) error

	unit       *unit.Unit
	list       []instruction // the unit's, as they were before the passes
	shift      int32         // how far they moved to make room for annotations
	g          graph
	has        class // what the unit's instructions are, all together
	emptied    bool  // a block became empty in the last removal of NOPs
	stackDepth int32 // the largest

	// Memory of the passes.
	stack       []blockID
	isTarget    []bool
	labels      []blockID
	handlers    []handlerNode
	loads       [stackUseGuideline]*instruction
	swaps       []int32
	constMap    []int32
	localStates []int32
	fixed       []int32
	bySlot      []int32
	prefix      []instruction
	borrow      borrower
}

// New returns a Compiler for a version, which makes objects with the pool.
func New(t *target.Target, pool *object.Pool) *Compiler {
	c := &Compiler{
		target:            t,
		ops:               t.Ops,
		arith:             arith.Arith{LengthFirst: t.Version.Has(pyver.TakesLengthFirst)},
		classes:           classify(t.Ops, t.Version.Has(pyver.LoadsCommonConstants)),
		pool:              pool,
		assembler:         assemble.New(t, pool),
		foldsInstructions: t.Version.Has(pyver.FoldsInstructions),
		loadsSmallInts:    t.Version.Has(pyver.LoadsSmallInts),
		loadsCommon:       t.Version.Has(pyver.LoadsCommonConstants),
		linesThroughEmpty: t.Version.Has(pyver.PropagatesLinesThroughEmptyBlocks),
		borrowsBehind:     t.Version.Has(pyver.BorrowsBehindEmptyBlocks),
		findsProducers:    t.Version.Has(pyver.FindsProducersOfLeftValues),
		forgetsRemoved:    t.Version.Has(pyver.ForgetsRemovedInstructions),
		virtualIterators:  t.Version.Has(pyver.VirtualIterators),
		unhandledReturn:   t.Version.Has(pyver.LeavesReturnGeneratorUnhandled),
		returnsConstants:  t.Version.Has(pyver.ReturnsConstants),
		marksNotTaken:     t.Version.Has(pyver.MarksNotTaken),
		insertsGenerator:  t.Version.Has(pyver.InsertsReturnGenerator),
		countsBehind:      t.Version.Has(pyver.CountsStackBehindInstructions),
		resumeDepth1:      t.ResumeDepth1,
	}
	for op := range opcode.Op(opcode.NumOps) {
		pops, pushes := t.Ops.PopPushEffects(op)
		c.falls[op], c.pops[op], c.pushes[op] = effectOf(t.Ops.FallEffect(op)), effectOf(pops), effectOf(pushes)
		if c.falls[op].isRare() || c.pops[op].isRare() || c.pushes[op].isRare() {
			c.classes[op] |= isRare
		}
		if pops == (opcode.Effect{}) && pushes == (opcode.Effect{Base: 1}) && c.classes[op]&(keepsInputs|hasTarget) == 0 {
			c.classes[op] |= isProducer
		}
	}
	for op := range opcode.Op(opcode.NumOps) {
		c.units[op] = uint8(c.assembler.Size(op, 0))
	}
	c.superFirst, c.superNext = superPairs()
	c.patternFirst, c.patternNext = patterns()
	for op, bits := range c.patternFirst {
		if bits != 0 {
			c.classes[op] |= isPatterned
		}
	}
	return c
}

// Compile turns a unit, which it changes, into a code object. The error says
// that the unit is not one that a code generator may make.
//
// CPython: compile.c, optimize_and_assemble_code_unit.
func (c *Compiler) Compile(u *unit.Unit) (*pyc.Code, error) {
	if err := c.begin(u); err != nil {
		return nil, err
	}
	if err := c.run(c.target.Optimize); err != nil {
		return nil, err
	}
	if err := c.run(c.target.Lower); err != nil {
		return nil, err
	}
	c.emit()
	return c.assembler.Code(u, c.stackDepth), nil
}

// begin builds the graph of a unit.
func (c *Compiler) begin(u *unit.Unit) error {
	c.unit = u
	if err := c.build(&u.Instrs, &u.Annotations); err != nil {
		return fmt.Errorf("building the flow graph: %w", err)
	}
	return nil
}

// run runs passes in order.
func (c *Compiler) run(passes []target.Pass) error {
	for _, p := range passes {
		if err := pipeline[p](c); err != nil {
			return fmt.Errorf("running pass %v: %w", p, err)
		}
		if c.afterPass != nil {
			if err := c.afterPass(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// emit hands the instructions of the finished graph to the assembler, and
// returns them.
//
// CPython: flowgraph.c, _PyCfg_ToInstructionSequence.
func (c *Compiler) emit() []instr.Instr {
	g, a := &c.g, c.assembler
	place := int32(0)
	for id := entry; id != noBlock; id = g.blocks[id].next {
		g.blocks[id].label = place // of the block's first instruction, or the next one's
		place += int32(len(g.blocks[id].instrs))
	}
	out := a.Begin(int(place))
	except := noBlock
	for id := entry; id != noBlock; id = g.blocks[id].next {
		b := &g.blocks[id]
		first, units := b.label, int32(0) // of the assembler's piece
		for i := 0; i < len(b.instrs); i++ {
			n, size := c.emitPlain(out[int(b.label)+i:], b.instrs[i:], except)
			i, units = i+n, units+size
			if i == len(b.instrs) {
				break
			}
			place := b.label + int32(i)
			in := &out[place]
			if in.Except != except {
				except = in.Except
				a.Guard(place, c.handler(except))
			}
			if !c.is(in, hasTarget) {
				units += a.Size(in.Op, in.Arg)
				continue
			}
			in.Arg = g.blocks[in.Target].label
			a.AddJump(place, in.Arg)
			a.AddPiece(first, units)
			first, units = place+1, 0
		}
		if units > 0 {
			a.AddPiece(first, units)
		}
	}
	return out
}

// emitPlain copies instructions up to the first one that has a target or another
// exception handler, and that one, too. It returns how many come before, and their
// length in code units.
func (c *Compiler) emitPlain(out, instrs []instruction, except blockID) (n int, units int32) {
	a := c.assembler
	out = out[:len(instrs)]
	for i := range instrs {
		in := &out[i]
		*in = instrs[i]
		if in.Except != except || c.is(in, hasTarget) {
			return i, units
		}
		if uint32(in.Arg) > 0xFF {
			units += a.Size(in.Op, in.Arg)
		} else {
			units += int32(c.units[in.Op])
		}
	}
	return len(instrs), units
}

// handler returns the assembler's number of an exception handler.
func (c *Compiler) handler(id blockID) int32 {
	if id == noBlock {
		return assemble.NoHandler
	}
	b := &c.g.blocks[id]
	if b.handlers < 0 {
		return -b.handlers - 1
	}
	n := c.assembler.AddHandler(assemble.Handler{Start: b.label, Depth: b.startDepth, Lasti: b.preserveLasti})
	b.handlers = -n - 1
	return n
}
