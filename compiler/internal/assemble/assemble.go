// Package assemble turns the instructions of a finished flow graph into a code
// object: bytecode, location table, exception table, and the slots of the code
// object.
//
// CPython: assemble.c.
package assemble

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// An Instr is an instruction in its final place.
type Instr struct {
	instr.Instr
	Target  int32 // of a jump: the index of the instruction that it goes to
	Handler int32 // index of the first instruction of the exception handler, or NoHandler
	Depth   int32 // of the stack where the handler begins
	Lasti   bool  // the handler finds the place of the exception on the stack
	offset  int32 // in code units
}

// NoHandler is the Handler of an instruction whose exceptions leave the code.
const NoHandler int32 = -1

// A Shape is what the flow graph found out about a unit.
type Shape struct {
	StackDepth int32 // the largest
	LocalsPlus int   // number of locals, cells and free variables
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

	instrs []Instr
	code   []byte
	table  []byte
	kinds  []byte
	line   int32 // of the last entry in the location table
}

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

// Code makes the code object of a unit. It changes the instructions.
//
// CPython: assemble.c, _PyAssemble_MakeCodeObject, assemble_emit.
func (a *Assembler) Code(u *unit.Unit, instrs []Instr, shape Shape) *pyc.Code {
	a.instrs = instrs
	if a.fixesGetIter {
		a.fixupGetIter(u.Flags)
	}
	a.resolveUnconditionalJumps()
	a.resolveJumpOffsets()
	a.emitInstrs()
	bytecode := a.pool.Bytecode(a.code)
	a.locationInfo(u.FirstLine)
	lines := append(a.code[:0], a.table...)
	a.code = lines
	a.exceptionTable()
	exceptions := a.pool.MergeTable(a.table)
	return a.makeCode(u, shape, pyc.Code{
		Bytecode:       bytecode,
		LineTable:      a.pool.MergeTable(lines),
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
func (a *Assembler) size(in *Instr) int32 {
	n := 1 + int32(a.rows[in.Op].caches)
	for arg := uint32(in.Arg) >> 8; arg != 0; arg >>= 8 {
		n++
	}
	return n
}

// resolveUnconditionalJumps gives jumps their direction.
//
// CPython: assemble.c, resolve_unconditional_jumps.
func (a *Assembler) resolveUnconditionalJumps() {
	for i := range a.instrs {
		in := &a.instrs[i]
		forward := in.Target > int32(i)
		switch {
		case in.Op == opcode.Jump && !forward:
			in.Op = opcode.JumpBackward
		case in.Op == opcode.JumpNoInterrupt && !forward:
			in.Op = opcode.JumpBackwardNoInterrupt
		case in.Op == opcode.Jump || in.Op == opcode.JumpNoInterrupt:
			in.Op = opcode.JumpForward
		}
	}
}

// resolveJumpOffsets finds the operands of jumps. A jump's length depends on
// its operand, which depends on the lengths of the jumps between.
//
// Faithful: the first round takes the index of the target for the operand, and
// the rounds end as soon as no length changes, which is not always the shortest
// code.
//
// CPython: assemble.c, resolve_jump_offsets.
func (a *Assembler) resolveJumpOffsets() {
	for i := range a.instrs {
		if in := &a.instrs[i]; a.rows[in.Op].jump {
			in.Arg = in.Target
		}
	}
	for again := true; again; {
		again = false
		total := int32(0)
		for i := range a.instrs {
			a.instrs[i].offset = total
			total += a.size(&a.instrs[i])
		}
		offset := int32(0)
		for i := range a.instrs {
			in := &a.instrs[i]
			size := a.size(in)
			offset += size
			if !a.rows[in.Op].jump {
				continue
			}
			switch to := a.instrs[in.Target].offset; {
			case in.Op == opcode.EndAsyncFor:
				in.Arg = offset - to - a.endSendOffset
			case to < offset:
				in.Arg = offset - to
			default:
				in.Arg = to - offset
			}
			if a.size(in) != size {
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
	code := a.code[:0]
	for i := range a.instrs {
		in := &a.instrs[i]
		row, arg := a.rows[in.Op], uint32(in.Arg)
		if arg > 0xFF {
			if arg > 0xFFFFFF {
				code = append(code, extended, byte(arg>>24))
			}
			if arg > 0xFFFF {
				code = append(code, extended, byte(arg>>16))
			}
			code = append(code, extended, byte(arg>>8))
		}
		code = append(code, row.number, byte(arg))
		for range row.caches {
			code = append(code, 0, 0) // CACHE is number 0 in all versions
		}
	}
	a.code = code
}
