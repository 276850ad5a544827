// Package unit is what code generation hands over when it leaves a scope: the
// instructions of one code object in the making, its constants, and its names.
//
// # For code generation
//
// A compilation has one object.Pool and one flowgraph.Compiler. For each scope,
// take a Unit (a used one, after Reset), fill in its fields, and emit:
//
//	u.Instrs.Emit(opcode.LoadConst, u.Consts.Add(pool, value), loc)
//	u.Instrs.Emit(opcode.LoadName, u.Names.Add(id), loc)
//	end := u.Instrs.NewLabel()
//	u.Instrs.Jump(opcode.JumpIfFalse, end, loc)
//	u.Instrs.Use(end)
//
// Operands are those of CPython's own code generator, before its flow graph:
//
//   - a constant is its index in Consts. Small ints, too, are LOAD_CONST, and
//     nothing is folded: the flow graph does both;
//   - a fast local is its index in VarNames; a cell or free variable is its
//     index in CellVars, or that of FreeVars plus the number of cells
//     (LOAD_CLOSURE included): the flow graph moves both to their final slots;
//   - jumps are JUMP, JUMP_NO_INTERRUPT, POP_JUMP_IF_…, JUMP_IF_FALSE/TRUE,
//     FOR_ITER, SEND, END_ASYNC_FOR, and exception blocks SETUP_FINALLY/WITH/
//     CLEANUP and POP_BLOCK: all have a label as operand, and all jumps except
//     END_ASYNC_FOR go wherever they like;
//   - the deferred annotations of a module go to Annotations, at the place of
//     the instruction ANNOTATIONS_PLACEHOLDER.
//
// A function's docstring, if it has one, is the first constant. Variables are
// added in CPython's order: parameters first, other locals when an instruction
// first needs them; cells and free variables sorted before the first
// instruction.
//
// When the scope is complete, its last instruction must not fall through (see
// _PyCodegen_AddReturnAtEnd), and flowgraph.Compiler.Compile turns it into a
// code object, which is a constant of the outer scope:
//
//	code, err := fc.Compile(u)
//	outer.Consts.Add(pool, code)
//
// After the module itself, Pool.Share finishes the tree for marshal.
//
// CPython: compile.c, struct compiler_unit; pycore_compile.h,
// _PyCompile_CodeUnitMetadata.
package unit

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// A Unit is one code object in the making. The zero Unit is empty and ready for
// use.
type Unit struct {
	Filename *pyc.Str
	Name     *pyc.Str
	QualName *pyc.Str

	Instrs instr.Sequence
	// Annotations replaces ANNOTATIONS_PLACEHOLDER. It has no jumps.
	Annotations instr.Sequence

	Consts   Consts
	Names    NameSet // globals, attributes and imported names
	VarNames NameSet // fast locals, parameters first
	CellVars NameSet
	FreeVars NameSet // their operands continue after the cells
	Hidden   NameSet // fast locals that exist only within an inlined comprehension

	PosOnlyArgCount int32 // positional-only parameters
	ArgCount        int32 // other positional parameters
	KwOnlyArgCount  int32
	ParamCount      int32  // all parameters, *args and **kwargs included
	Flags           uint32 // CO_* bits
	FirstLine       int32  // 1-based
}

// Reset empties the unit and keeps its memory.
func (u *Unit) Reset() {
	u.Filename, u.Name, u.QualName = nil, nil, nil
	u.Instrs.Reset()
	u.Annotations.Reset()
	u.Consts.Reset()
	u.Names.Reset()
	u.VarNames.Reset()
	u.CellVars.Reset()
	u.FreeVars.Reset()
	u.Hidden.Reset()
	u.PosOnlyArgCount, u.ArgCount, u.KwOnlyArgCount, u.ParamCount = 0, 0, 0, 0
	u.Flags, u.FirstLine = 0, 0
}

// The bits of Flags that decide the shape of a code object. CPython: code.h.
const (
	FlagVarArgs        = 0x04
	FlagVarKeywords    = 0x08
	FlagGenerator      = 0x20
	FlagCoroutine      = 0x80
	FlagAsyncGenerator = 0x200
)

// IsGenerator reports whether a call of the code makes a generator, a coroutine
// or an asynchronous generator.
func (u *Unit) IsGenerator() bool {
	return u.Flags&(FlagGenerator|FlagCoroutine|FlagAsyncGenerator) != 0
}
