package codegen

import (
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// The instructions for a name, by what is done with it. Loading a name by one
// of them needs more than the instruction in some scopes.
var (
	fastOps   = [...]opcode.Op{ast.Load: opcode.LoadFast, ast.Store: opcode.StoreFast, ast.Del: opcode.DeleteFast}
	derefOps  = [...]opcode.Op{ast.Load: opcode.LoadDeref, ast.Store: opcode.StoreDeref, ast.Del: opcode.DeleteDeref}
	globalOps = [...]opcode.Op{ast.Load: opcode.LoadGlobal, ast.Store: opcode.StoreGlobal, ast.Del: opcode.DeleteGlobal}
	nameOps   = [...]opcode.Op{ast.Load: opcode.LoadName, ast.Store: opcode.StoreName, ast.Del: opcode.DeleteName}
)

// nameOp loads, stores or deletes a name, where the symbol table says that it
// lives.
//
// CPython: codegen.c, codegen_nameop; compile.c, _PyCompile_ResolveNameop.
func (c *Compiler) nameOp(loc instr.Loc, name names.ID, ctx ast.Context) {
	u := c.u
	mangled := c.mangle(name)
	switch place := u.scope.PlaceOf(mangled); place {
	case symtable.Free:
		c.deref(loc, u.freeArg(mangled), ctx)
	case symtable.Cell:
		c.deref(loc, u.CellVars.Add(mangled), ctx)
	case symtable.Local:
		if u.functionLike || slices.Contains(u.fastHidden, mangled) {
			c.seq.Emit(fastOps[ctx], u.VarNames.Add(mangled), loc)
			return
		}
		c.plainName(loc, mangled, ctx)
	case symtable.GlobalImplicit, symtable.GlobalExplicit:
		if place == symtable.GlobalExplicit || u.functionLike {
			c.global(loc, mangled, ctx, place)
			return
		}
		c.plainName(loc, mangled, ctx)
	default:
		c.plainName(loc, mangled, ctx)
	}
}

// deref accesses a cell. A class body looks in the class first, and so do the
// annotations in it.
func (c *Compiler) deref(loc instr.Loc, arg int32, ctx ast.Context) {
	op := derefOps[ctx]
	if ctx == ast.Load {
		switch u := c.u; {
		case u.scope.Type == symtable.Class && u.inlinedComps == 0:
			op = opcode.LoadFromDictOrDeref
			c.add(loc, opcode.LoadLocals)
		case u.scope.CanSeeClassScope():
			op = opcode.LoadFromDictOrDeref
			c.loadClassDict(loc)
		}
	}
	c.addI(loc, op, arg)
}

// loadClassDict loads the namespace of the class around.
//
// CPython: codegen.c, codegen_load_classdict_freevar.
func (c *Compiler) loadClassDict(loc instr.Loc) {
	c.addI(loc, opcode.LoadDeref, c.u.freeArg(names.DunderClassDict))
}

// global accesses a global variable.
func (c *Compiler) global(loc instr.Loc, name names.ID, ctx ast.Context, place symtable.Place) {
	arg := c.u.Names.Add(name)
	switch {
	case ctx != ast.Load:
	case place == symtable.GlobalImplicit && c.u.scope.CanSeeClassScope():
		c.loadClassDict(loc)
		c.addI(loc, opcode.LoadFromDictOrGlobals, arg)
		return
	default:
		arg <<= 1
	}
	c.addI(loc, globalOps[ctx], arg)
}

// plainName accesses a name of a module's or class's namespace.
func (c *Compiler) plainName(loc instr.Loc, name names.ID, ctx ast.Context) {
	arg := c.u.Names.Add(name)
	if ctx == ast.Load && c.u.scope.Type == symtable.Class && c.u.inlinedComps > 0 {
		c.addI(loc, opcode.LoadGlobal, arg<<1)
		return
	}
	c.addI(loc, nameOps[ctx], arg)
}
