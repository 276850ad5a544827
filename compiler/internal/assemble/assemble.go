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

// An Instr is an instruction in its final place. The operand of a jump is the
// index of the instruction that it goes to: see AddJump.
type Instr struct {
	instr.Instr
	Handler int32 // the number of its exception handler, or NoHandler
}

// NoHandler is the Handler of an instruction whose exceptions leave the code.
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
	instrs   []Instr
	handlers []Handler
	jumps    []jump
	offsets  []int32 // of the instructions and the end, in code units
	code     []byte
	lines    []byte // the location table
	table    []byte // the exception table
	locals   []names.ID
	kinds    []byte
	line     int32 // of the last entry in the location table
}

// A jump is an instruction that jumps to another.
type jump struct{ at, to int32 }

// row is what encoding needs to know of an instruction.
type row struct {
	number byte
	caches uint8
	jump   bool
	ends   bool // control does not go on to the next instruction, or jumps
}

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
		flags := t.Ops.Flags(op)
		a.rows[op] = row{
			number: byte(t.Ops.Number(op)),
			caches: uint8(t.Ops.Caches(op)),
			jump:   flags&opcode.HasJump != 0,
			ends:   flags&opcode.HasJump != 0 || leaves(op),
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
func (a *Assembler) Begin(n int) []Instr {
	a.instrs, a.handlers, a.jumps = resize(a.instrs, n), a.handlers[:0], a.jumps[:0]
	return a.instrs
}

// AddJump says that the instruction with the index at jumps to another one.
func (a *Assembler) AddJump(at, to int32) { a.jumps = append(a.jumps, jump{at, to}) }

// AddHandler adds an exception handler of the unit and returns its number.
func (a *Assembler) AddHandler(h Handler) int32 {
	a.handlers = append(a.handlers, h)
	return int32(len(a.handlers) - 1)
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
	a.emitInstrs()
	a.locationInfo(u.FirstLine)
	a.exceptionTable()
	exceptions := a.pool.MergeTable(a.table)
	return a.makeCode(u, pyc.Code{
		StackSize:      max(stackDepth, a.minStack),
		Bytecode:       a.pool.Bytecode(a.code),
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

// size returns the length of an instruction in code units.
//
// CPython: assemble.c, instr_size.
func (a *Assembler) size(op opcode.Op, arg int32) int32 {
	n := 1 + int32(a.rows[op].caches)
	if uint32(arg) > 0xFF {
		n += int32(extendedBits(uint32(arg)) / 8)
	}
	return n
}

// resolveUnconditionalJumps gives jumps their direction.
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
	}
}

// resolveJumpOffsets finds the operands of jumps, and the offsets of all
// instructions. A jump's length depends on its operand, which depends on the
// lengths of the jumps between.
//
// Faithful: the first round takes the index of the target for the operand, and
// the rounds end as soon as no length changes, which is not always the shortest
// code.
//
// CPython: assemble.c, resolve_jump_offsets.
func (a *Assembler) resolveJumpOffsets() {
	a.offsets = resize(a.offsets, len(a.instrs)+1)
	for again := true; again; {
		again = false
		total := int32(0)
		for i := range a.instrs {
			a.offsets[i] = total
			total += a.size(a.instrs[i].Op, a.instrs[i].Arg)
		}
		a.offsets[len(a.instrs)] = total
		for _, j := range a.jumps {
			in, from, to := &a.instrs[j.at], a.offsets[j.at+1], a.offsets[j.to]
			switch {
			case in.Op == opcode.EndAsyncFor:
				in.Arg = from - to - a.endSendOffset
			case to < from:
				in.Arg = from - to
			default:
				in.Arg = to - from
			}
			if a.size(in.Op, in.Arg) != from-a.offsets[j.at] {
				again = true
			}
		}
	}
}

// emitInstrs writes the bytecode.
//
// CPython: assemble.c, write_instr.
func (a *Assembler) emitInstrs() {
	extended := a.rows[opcode.ExtendedArg].number
	a.code = resize(a.code, 2*int(a.offsets[len(a.instrs)]))
	clear(a.code) // CACHE is number 0 in all versions
	for i := range a.instrs {
		in := &a.instrs[i]
		at, arg := 2*int(a.offsets[i]), uint32(in.Arg)
		for shift := extendedBits(arg); shift > 0; shift -= 8 {
			a.code[at], a.code[at+1] = extended, byte(arg>>shift)
			at += 2
		}
		a.code[at], a.code[at+1] = a.rows[in.Op].number, byte(arg)
	}
}

// extendedBits returns how many bits of an operand are for EXTENDED_ARG.
func extendedBits(arg uint32) int {
	if arg <= 0xFF {
		return 0
	}
	return (bits.Len32(arg) - 1) &^ 7
}
