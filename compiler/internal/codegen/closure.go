package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// funcFlags say what a function has besides its code: the operands of
// SET_FUNCTION_ATTRIBUTE, whose values are on the stack.
type funcFlags int32

const (
	hasDefaults   funcFlags = 0x01
	hasKwDefaults funcFlags = 0x02
	hasClosure    funcFlags = 0x08
	hasAnnotate   funcFlags = 0x10
)

// attributeOrder is the order in which a function gets its attributes: the
// reverse of that on the stack.
var attributeOrder = [...]funcFlags{hasClosure, hasAnnotate, hasKwDefaults, hasDefaults}

// makeClosure makes a function of a code object and the unit that it was made
// of, which it recycles.
//
// CPython: codegen.c, codegen_make_closure.
func (c *Compiler) makeClosure(loc instr.Loc, code *pyc.Code, inner *codeUnit, flags funcFlags) {
	if free := inner.FreeVars.IDs(); len(free) > 0 {
		for _, name := range free {
			c.addI(loc, opcode.LoadClosure, c.closureArg(name))
		}
		c.addI(loc, opcode.BuildTuple, int32(len(free)))
		flags |= hasClosure
	}
	c.recycle(inner)
	c.addConst(loc, code)
	c.add(loc, opcode.MakeFunction)
	for _, flag := range attributeOrder {
		if flags&flag != 0 {
			c.addI(loc, opcode.SetFunctionAttribute, int32(flag))
		}
	}
}

// closureArg returns the operand of the cell or free variable that an inner
// function takes.
//
// CPython: compile.c, _PyCompile_LookupArg.
func (c *Compiler) closureArg(name names.ID) int32 {
	if c.refType(name) == symtable.Cell {
		return c.u.CellVars.Add(name)
	}
	return c.u.freeArg(name)
}
