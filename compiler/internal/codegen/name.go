package codegen

import (
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// name generates the use of a name in the source.
func (c *Compiler) name(e *ast.Name) {
	b := c.bindingOf(e.ID)
	if b.unit != c.number || b.arg < 0 && !c.admit(b, e.ID) {
		c.resolve(e.Loc, e.ID, e.Ctx)
		return
	}
	op, arg := b.instruction(e.Ctx)
	c.seq.Emit(op, arg, e.Loc)
}

// nameOp loads, stores or deletes a name.
//
// CPython: codegen.c, codegen_nameop.
func (c *Compiler) nameOp(loc instr.Loc, name names.ID, ctx ast.Context) {
	b := c.bindingOf(name)
	if b.unit != c.number || b.arg < 0 && !c.admit(b, name) {
		c.resolve(loc, name, ctx)
		return
	}
	op, arg := b.instruction(ctx)
	c.seq.Emit(op, arg, loc)
}

// resolve is nameOp for a name that has no binding, or may take more than one
// instruction: the symbol table says where it lives.
//
// CPython: codegen.c, codegen_nameop; compile.c, _PyCompile_ResolveNameop.
func (c *Compiler) resolve(loc instr.Loc, name names.ID, ctx ast.Context) {
	u, mangled := c.u, c.mangle(name)
	b := binding{unit: c.number, place: c.placeOf(u, mangled), access: plain}
	switch b.place {
	case symtable.Free:
		c.deref(loc, u.freeArg(mangled), ctx)
		return
	case symtable.Cell:
		c.deref(loc, u.CellVars.Add(mangled), ctx)
		return
	case symtable.Local:
		if u.functionLike || slices.Contains(u.fastHidden, mangled) {
			b.access = fast
		}
	case symtable.GlobalImplicit:
		if u.functionLike {
			b.access = global
		}
	case symtable.GlobalExplicit:
		b.access = global
	}
	if b.access == fast {
		b.arg = u.VarNames.Add(mangled)
	} else {
		b.arg = u.Names.Add(mangled)
	}
	switch {
	case b.access == global && b.place == symtable.GlobalImplicit && u.scope.CanSeeClassScope():
		if ctx == ast.Load {
			c.loadClassDict(loc)
			c.addI(loc, opcode.LoadFromDictOrGlobals, b.arg)
			return
		}
	case b.access == plain && u.scope.Type == symtable.Class && u.inlinedComps > 0:
		if ctx == ast.Load {
			c.addI(loc, opcode.LoadGlobal, b.arg<<1)
			return
		}
	default:
		*c.bindingOf(name) = b
	}
	op, arg := b.instruction(ctx)
	c.seq.Emit(op, arg, loc)
}

var derefOps = [...]opcode.Op{ast.Load: opcode.LoadDeref, ast.Store: opcode.StoreDeref, ast.Del: opcode.DeleteDeref}

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
