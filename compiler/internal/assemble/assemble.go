// Package assemble turns the instructions of a finished flow graph into a code
// object: bytecode, location table, exception table, and the slots of the code
// object.
//
// CPython: assemble.c.
package assemble

import (
	"math/bits"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// NoHandler stands for the handler of exceptions that leave the code.
const NoHandler int32 = -1

// A Handler is an exception handler.
type Handler struct {
	Start int32 // index of its first instruction
	Depth int32 // of the stack where it begins
	Lasti bool  // it finds the place of the exception on the stack
}

// An Assembler makes the code objects of one version. It may not be used by
// several goroutines at once.
type Assembler struct {
	pool          *object.Pool
	ops           *opcode.Table
	rows          [256]row // by opcode.Op
	endSendOffset int32
	minStack      int32
	argKinds      bool // pyver.KnowsParameterKinds
	fixesGetIter  bool // pyver.VirtualIterators

	// The unit at hand. The slices' memory is used again.
	instrs   []instr.Instr // the operand of a jump is the index of the instruction that it goes to
	pieces   []piece
	jumps    []jump
	handlers []Handler
	guards   []guard
	offsets  []int32 // of the instructions that begin a piece, and of the end, in code units
	runs     []run
	lines    []byte // the location table
	table    []byte // the exception table
	locals   []names.ID
	kinds    []byte
}

// A piece is instructions of which only the last may jump. Jumps and exceptions
// lead to the beginning of a piece.
type piece struct {
	first int32 // the index of its first instruction
	units int32 // the length of its instructions without the jump, in code units
	jump  int32 // the length of the jump, or 0
}

// A jump is an instruction that jumps to another.
type jump struct{ at, to, piece int32 }

// A guard says that a handler is for the instructions from the one with the index
// at.
type guard struct {
	at      int32
	handler int32 // its number, or NoHandler
	offset  int32 // of the instruction
}

// A row is what encoding needs to know of an instruction, in one number, which
// takes one load: the number in the lowest byte, the length in the highest.
type row uint32

// rowEnds says that control does not go on to the next instruction, or jumps.
const rowEnds = 1 << 8

func (r row) number() byte { return byte(r) }

// bytes returns the length in bytes with an operand of one byte.
func (r row) bytes() int { return int(r >> 24) }

func (r row) ends() bool { return r&rowEnds != 0 }

// New returns an Assembler for a version, which makes objects with the pool.
func New(t *target.Target, pool *object.Pool) *Assembler {
	a := &Assembler{
		pool: pool, ops: t.Ops, endSendOffset: t.EndSendOffset,
		argKinds:     t.Version.Has(pyver.KnowsParameterKinds),
		fixesGetIter: t.Version.Has(pyver.VirtualIterators),
	}
	if t.Version.Has(pyver.HasStackAlways) {
		a.minStack = 1
	}
	for op := range opcode.Op(opcode.NumOps) {
		a.rows[op] = row(byte(t.Ops.Number(op))) | row(2+2*t.Ops.Caches(op))<<24
		if t.Ops.Flags(op)&opcode.HasJump != 0 || leaves(op) {
			a.rows[op] |= rowEnds
		}
	}
	return a
}

// leaves reports whether an instruction leaves the code object.
func leaves(op opcode.Op) bool {
	switch op {
	case opcode.ReturnValue, opcode.ReturnConst, opcode.RaiseVarargs, opcode.Reraise:
		return true
	}
	return false
}

// Begin returns room for the n instructions of a unit, for the caller to fill in.
// The caller says with AddPiece, AddJump, AddHandler and Guard what it puts there,
// in the order of the instructions.
func (a *Assembler) Begin(n int) []instr.Instr {
	a.instrs = resize(a.instrs, n+1)[:n] // one more for writeCode
	a.pieces, a.jumps, a.handlers, a.guards = kept(a.pieces), kept(a.jumps), kept(a.handlers), kept(a.guards)
	return a.instrs
}

// AddPiece says that the instructions from the one with the index first have the
// length units, in code units. They end with the one before the next piece. A
// jump, of which the length does not count here, is the last of its piece, and
// where something jumps to a piece begins.
func (a *Assembler) AddPiece(first, units int32) {
	a.pieces = append(a.pieces, piece{first: first, units: units})
}

// AddJump says that the instruction with the index at, in the piece that is added
// next, jumps to another one.
func (a *Assembler) AddJump(at, to int32) {
	a.jumps = append(a.jumps, jump{at, to, int32(len(a.pieces))})
}

// AddHandler adds an exception handler of the unit and returns its number.
func (a *Assembler) AddHandler(h Handler) int32 {
	a.handlers = append(a.handlers, h)
	return int32(len(a.handlers) - 1)
}

// Guard says that the exceptions of the instructions from the one with the index
// at go to a handler, of which it takes the number or NoHandler.
func (a *Assembler) Guard(at, handler int32) {
	a.guards = append(a.guards, guard{at: at, handler: handler})
}

// maxKept is the number of elements of a slice that is kept for the next unit.
const maxKept = 1 << 16

// resize returns a slice of n elements, with the memory of s if it has room. The
// elements may be anything.
func resize[T any](s []T, n int) []T {
	if cap(s) < n || cap(s) > maxKept && cap(s) > 16*n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}

// kept returns the slice without elements, and without its memory if that is
// large.
func kept[T any](s []T) []T {
	if cap(s) > maxKept {
		return nil
	}
	return s[:0]
}

// Code makes the code object of a unit from the instructions since Begin, which
// it changes, and the largest depth of the stack.
//
// CPython: assemble.c, _PyAssemble_MakeCodeObject, assemble_emit.
func (a *Assembler) Code(u *unit.Unit, stackDepth int32) *pyc.Code {
	if a.fixesGetIter {
		a.fixupGetIter(u.Flags)
	}
	a.resolveUnconditionalJumps()
	a.resolveJumpOffsets()
	code := a.pool.NewBytecode(2 * int(a.offsets[len(a.instrs)]))
	a.writeCode(code.Value)
	if !a.locationInfo(u.FirstLine) {
		a.resolveNextLocations()
		a.writeCode(code.Value)
		a.locationInfo(u.FirstLine)
	}
	a.exceptionTable()
	exceptions := a.pool.MergeTable(a.table)
	return a.makeCode(u, pyc.Code{
		StackSize:      max(stackDepth, a.minStack),
		Bytecode:       code,
		LineTable:      a.pool.MergeTable(a.lines),
		ExceptionTable: exceptions,
	})
}

// The operands that GET_ITER has for yield from. CPython: pycore_opcode_utils.h.
const (
	yieldFromNoCheck   = 2
	yieldFromCoroCheck = 3
)

// fixupGetIter says in the operand of GET_ITER for yield from whether the code
// may iterate over a coroutine. CPython does so when it makes the code object.
//
// CPython: specialize.c, fixup_getiter.
func (a *Assembler) fixupGetIter(flags uint32) {
	arg := int32(yieldFromCoroCheck)
	if flags&unit.FlagCoroutine != 0 {
		arg = yieldFromNoCheck
	}
	for i := range a.instrs {
		if in := &a.instrs[i]; in.Op == opcode.GetIter && in.Arg != 0 {
			in.Arg = arg
		}
	}
}

// Size returns the length of an instruction in code units.
//
// CPython: assemble.c, instr_size.
func (a *Assembler) Size(op opcode.Op, arg int32) int32 {
	n := int32(a.rows[op].bytes() / 2)
	if uint32(arg) > 0xFF {
		n += int32(extendedBits(uint32(arg)) / 8)
	}
	return n
}

// extendedBits returns how many bits of an operand above 0xFF are for
// EXTENDED_ARG.
func extendedBits(arg uint32) int { return (bits.Len32(arg) - 1) &^ 7 }

// resolveUnconditionalJumps gives jumps their direction, and finds their lengths
// with the index of the target for the operand.
//
// CPython: assemble.c, resolve_unconditional_jumps.
func (a *Assembler) resolveUnconditionalJumps() {
	for _, j := range a.jumps {
		in := &a.instrs[j.at]
		switch forward := j.to > j.at; {
		case in.Op == opcode.Jump && !forward:
			in.Op = opcode.JumpBackward
		case in.Op == opcode.JumpNoInterrupt && !forward:
			in.Op = opcode.JumpBackwardNoInterrupt
		case in.Op == opcode.Jump || in.Op == opcode.JumpNoInterrupt:
			in.Op = opcode.JumpForward
		}
		a.pieces[j.piece].jump = a.Size(in.Op, in.Arg)
	}
}

// resolveJumpOffsets finds the operands of jumps, and the offsets of all pieces.
// A jump's length depends on its operand, which depends on the lengths of the
// jumps between.
//
// Faithful: the first round takes the index of the target for the operand, and
// the rounds end as soon as no length changes, which is not always the shortest
// code.
//
// CPython: assemble.c, resolve_jump_offsets.
func (a *Assembler) resolveJumpOffsets() {
	a.offsets = resize(a.offsets, len(a.instrs)+1)
	instrs, pieces, offsets := a.instrs, a.pieces, a.offsets
	for again := true; again; {
		again = false
		total := int32(0)
		for i := range pieces {
			p := &pieces[i]
			offsets[p.first] = total
			total += p.units + p.jump
		}
		offsets[len(instrs)] = total
		for _, j := range a.jumps {
			in, from, to := &instrs[j.at], offsets[j.at+1], offsets[j.to]
			switch {
			case in.Op == opcode.EndAsyncFor:
				in.Arg = from - to - a.endSendOffset
			case to < from:
				in.Arg = from - to
			default:
				in.Arg = to - from
			}
			if p, size := &pieces[j.piece], a.Size(in.Op, in.Arg); size != p.jump {
				p.jump = size
				again = true
			}
		}
	}
}
