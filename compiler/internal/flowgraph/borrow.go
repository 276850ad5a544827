package flowgraph

import (
	"errors"
	"fmt"

	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A ref is a value on the simulated stack.
type ref struct {
	producer int32 // index of the instruction in its block; unknownProducer if none
	local    int32 // that the value is loaded from; notLocal if none
}

const (
	unknownProducer = -1
	notLocal        = -1
)

// A borrower finds out which loads of locals in a block can borrow: those whose
// value is used up before the local gets another one, that is not stored in a
// local, and that is not on the stack at the end of the block. It makes each
// load borrow when it comes to it, and takes that back when it learns better.
type borrower struct {
	refs   []ref
	instrs []instruction // of the block
	todo   []blockID
	err    error
}

// optimizeLoadFast makes loads of locals borrow where that is safe.
//
// CPython: flowgraph.c, optimize_load_fast.
func (c *Compiler) optimizeLoadFast() error {
	if c.has&maybeBorrows == 0 {
		return nil
	}
	w := &c.borrow
	w.err = nil
	w.todo = append(w.todo[:0], entry)
	c.clearVisited()
	c.g.blocks[entry].startDepth = 0
	c.g.enter(&c.g.blocks[entry])
	for len(w.todo) > 0 {
		b := &c.g.blocks[w.todo[len(w.todo)-1]]
		w.todo = w.todo[:len(w.todo)-1]
		if b.has&maybeBorrows == 0 {
			c.borrowReachTargets(w, b)
		} else {
			c.borrowIn(w, b)
		}
		// Faithful: control may not be followed from an empty block to the
		// next. What is only reached through one keeps its loads then.
		if b.next != noBlock && c.fallsThrough(b) && (c.borrowsBehind || b.last() != nil && !b.gap) {
			c.borrowReach(w, b.next)
		}
		if w.err != nil {
			return w.err
		}
	}
	return nil
}

// borrowIn makes the loads of a block borrow.
func (c *Compiler) borrowIn(w *borrower, b *block) {
	w.start(b)
	instrs, refs := b.instrs, w.refs
	for i := range instrs {
		in := &instrs[i]
		switch k := c.classes[in.Op]; {
		case in.Op == opcode.LoadFast:
			in.Op = opcode.LoadFastBorrow
			refs = append(refs, ref{int32(i), in.Arg})
		case k&isProducer != 0:
			refs = append(refs, ref{int32(i), notLocal})
		case k&(keepsInputs|hasTarget|isRare) != 0:
			w.refs = refs
			c.borrowStep(w, in, int32(i))
			refs = w.refs
		default:
			n := len(refs) - int(c.pops[in.Op].at(in.Arg))
			if n < 0 {
				w.err = errTooFew
				return
			}
			refs = refs[:n]
			for range c.pushes[in.Op].at(in.Arg) {
				refs = append(refs, ref{int32(i), notLocal})
			}
		}
	}
	w.refs = refs
	for _, r := range refs {
		w.own(r)
	}
}

// borrowReachTargets enters the targets of a block without loads on the list of
// those to do.
func (c *Compiler) borrowReachTargets(w *borrower, b *block) {
	for i := range b.instrs {
		if in := &b.instrs[i]; c.is(in, hasTarget) {
			c.borrowReach(w, in.Target)
		}
	}
}

// start prepares the simulation of a block.
func (w *borrower) start(b *block) {
	w.instrs, w.refs = b.instrs, w.refs[:0]
	for range b.startDepth {
		w.push(unknownProducer, notLocal)
	}
}

func (w *borrower) push(producer, local int32) { w.refs = append(w.refs, ref{producer, local}) }

var errTooFew = errors.New("an instruction takes more values than the stack has")

// pushNew pushes n values that an instruction makes.
func (w *borrower) pushNew(n int, producer int32) {
	for range n {
		w.push(producer, notLocal)
	}
}

func (w *borrower) pop() ref {
	if len(w.refs) == 0 {
		w.err = errTooFew
		return ref{unknownProducer, notLocal}
	}
	r := w.refs[len(w.refs)-1]
	w.refs = w.refs[:len(w.refs)-1]
	return r
}

// drop pops n values.
func (w *borrower) drop(n int) {
	if n > len(w.refs) {
		w.err = errTooFew
		n = len(w.refs)
	}
	w.refs = w.refs[:len(w.refs)-n]
}

// at returns the value n below the top, which is 1.
func (w *borrower) at(n int32) *ref {
	i := len(w.refs) - int(n)
	if i < 0 || i >= len(w.refs) {
		w.err = fmt.Errorf("an instruction refers to value %d of %d on the stack", n, len(w.refs))
		return &ref{unknownProducer, notLocal}
	}
	return &w.refs[i]
}

// own records that a value cannot be borrowed.
func (w *borrower) own(r ref) {
	if r.producer == unknownProducer {
		return
	}
	switch in := &w.instrs[r.producer]; in.Op {
	case opcode.LoadFastBorrow:
		in.Op = opcode.LoadFast
	case opcode.LoadFastBorrowLoadFastBorrow:
		in.Op = opcode.LoadFastLoadFast
	}
}

// kill records that a local gets another value.
//
// CPython: flowgraph.c, kill_local.
func (w *borrower) kill(local int32) {
	for _, r := range w.refs {
		if r.local == local {
			w.own(r)
		}
	}
}

// store records that a value is stored in a local.
//
// CPython: flowgraph.c, store_local.
func (w *borrower) store(local int32, r ref) {
	w.kill(local)
	w.own(r)
}

// borrowReach enters a block on the list of those to do.
//
// CPython: flowgraph.c, load_fast_push_block.
func (c *Compiler) borrowReach(w *borrower, id blockID) {
	if b := &c.g.blocks[id]; !c.g.visited(b) {
		c.g.enter(b)
		w.todo = append(w.todo, id)
	}
}

// borrowStep simulates the instruction with the index i.
func (c *Compiler) borrowStep(w *borrower, in *instruction, i int32) {
	switch in.Op {
	case opcode.DeleteFast:
		w.kill(in.Arg)
	case opcode.LoadFastAndClear:
		w.kill(in.Arg)
		w.push(i, in.Arg)
	case opcode.LoadFastLoadFast:
		in.Op = opcode.LoadFastBorrowLoadFastBorrow
		w.push(i, in.Arg>>4)
		w.push(i, in.Arg&15)
	case opcode.StoreFast:
		w.store(in.Arg, w.pop())
	case opcode.StoreFastLoadFast:
		w.store(in.Arg>>4, w.pop())
		w.push(i, in.Arg&15)
	case opcode.StoreFastStoreFast:
		w.store(in.Arg>>4, w.pop())
		w.store(in.Arg&15, w.pop())
	case opcode.Copy:
		r := *w.at(in.Arg)
		w.push(r.producer, r.local)
	case opcode.Swap:
		top, other := w.at(1), w.at(in.Arg)
		*top, *other = *other, *top
	default:
		c.borrowRest(w, in, i)
	}
}

// borrowRest simulates the instructions that have no locals. Which of their
// inputs stay on the stack is known case by case.
func (c *Compiler) borrowRest(w *borrower, in *instruction, i int32) {
	switch in.Op {
	case opcode.FormatSimple, opcode.GetAnext, opcode.GetLen, opcode.GetYieldFromIter, opcode.ImportFrom,
		opcode.MatchKeys, opcode.MatchMapping, opcode.MatchSequence, opcode.WithExceptStart:
		c.borrowNone(w, in, i)
	case opcode.GetIter:
		if c.virtualIterators {
			c.borrowNone(w, in, i)
		} else {
			c.borrowAll(w, in, i)
		}
	case opcode.DictMerge, opcode.DictUpdate, opcode.ListAppend, opcode.ListExtend, opcode.MapAdd,
		opcode.Reraise, opcode.SetAdd, opcode.SetUpdate:
		w.drop(-c.netPushed(in))
	case opcode.EndSend, opcode.SetFunctionAttribute:
		top := w.pop()
		w.drop(-c.netPushed(in))
		w.push(top.producer, top.local)
	case opcode.CheckExcMatch:
		w.pop()
		w.push(i, notLocal)
	case opcode.ForIter:
		c.borrowReach(w, in.Target)
		w.push(i, notLocal)
	case opcode.LoadAttr:
		self := w.pop()
		w.push(i, notLocal)
		if in.Arg&1 != 0 { // a method, with self behind it
			w.push(self.producer, self.local)
		}
	case opcode.LoadSuperAttr:
		self := w.pop()
		w.pop()
		w.pop()
		w.push(i, notLocal)
		if in.Arg&1 != 0 {
			w.push(self.producer, self.local)
		}
	case opcode.LoadSpecial, opcode.PushExcInfo:
		top := w.pop()
		w.push(i, notLocal)
		w.push(top.producer, top.local)
	case opcode.Send:
		c.borrowReach(w, in.Target)
		w.pop()
		w.push(i, notLocal)
	default:
		c.borrowAll(w, in, i)
	}
}

// borrowNone simulates an instruction that leaves its inputs where they are.
//
// Faithful: the new values may count as those of the first instructions of the
// block. If they are stored or stay on the stack, loads there do not borrow.
func (c *Compiler) borrowNone(w *borrower, in *instruction, i int32) {
	for j := range int32(c.netPushed(in)) {
		if c.findsProducers {
			j = i
		}
		w.push(j, notLocal)
	}
}

// borrowAll simulates an instruction that uses up all its inputs.
func (c *Compiler) borrowAll(w *borrower, in *instruction, i int32) {
	k := c.classes[in.Op]
	if k&hasTarget != 0 {
		c.borrowReach(w, in.Target)
	}
	if k&isBlockPush != 0 {
		return // it changes the stack of its target only
	}
	w.drop(int(c.pops[in.Op].rarely(in.Arg)))
	w.pushNew(int(c.pushes[in.Op].rarely(in.Arg)), i)
}

// netPushed returns by how many values an instruction makes the stack deeper.
func (c *Compiler) netPushed(in *instruction) int {
	return int(c.pushes[in.Op].rarely(in.Arg) - c.pops[in.Op].rarely(in.Arg))
}
