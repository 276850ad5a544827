package codegen

import (
	"slices"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// attribute loads, stores or deletes an attribute.
func (c *Compiler) attribute(e *ast.Attribute) {
	switch e.Ctx {
	case ast.Load:
		if super, ok := c.optimizableSuperCall(e); ok {
			c.loadArgsForSuper(super)
			c.addSuperAttr(e.Loc, e.Attr, plainAttr, len(super.Args))
			c.add(c.attrLoc(e.Loc, e), opcode.Nop)
			return
		}
	case ast.Store:
		c.maybeAddStaticAttribute(e)
	case ast.Del:
	}
	c.expr(e.Value)
	loc := e.Loc
	if loc.Start.Line != loc.End.Line {
		loc = c.attrLoc(loc, e)
	}
	switch e.Ctx {
	case ast.Load:
		c.addAttr(loc, e.Attr, plainAttr)
	case ast.Store:
		c.addName(loc, opcode.StoreAttr, e.Attr)
	case ast.Del:
		c.addName(loc, opcode.DeleteAttr, e.Attr)
	}
}

// attrLoc returns a location that starts at the attribute's name if the
// attribute spans several lines. The name's length counts in characters, but
// columns in bytes.
//
// CPython: codegen.c, update_start_location_to_match_attr.
func (c *Compiler) attrLoc(loc instr.Loc, e *ast.Attribute) instr.Loc {
	end := e.Loc.End
	if loc.Start.Line == end.Line {
		return loc
	}
	loc.Start.Line = end.Line
	if n := int32(utf8.RuneCountInString(c.names.Text(e.Attr))); n <= end.Col {
		loc.Start.Col = end.Col - n
	} else {
		loc.Start.Col, loc.End.Col = -1, -1
	}
	loc.End.Line = max(loc.Start.Line, loc.End.Line)
	if loc.Start.Line == loc.End.Line {
		loc.End.Col = max(loc.Start.Col, loc.End.Col)
	}
	return loc
}

// maybeAddStaticAttribute notes an attribute that is assigned to self, for the
// innermost class around the unit.
//
// CPython: compile.c, _PyCompile_MaybeAddStaticAttributeToClass.
func (c *Compiler) maybeAddStaticAttribute(e *ast.Attribute) {
	if self, ok := e.Value.(*ast.Name); !ok || self.ID != names.Self {
		return
	}
	for _, u := range slices.Backward(c.stack) {
		if u.kind == classScope {
			u.staticAttributes.Add(e.Attr)
			return
		}
	}
}

// optimizableSuperCall returns the call that an attribute is of, if that is a
// call of the builtin super, with two arguments or with those that it finds by
// itself.
//
// CPython: codegen.c, can_optimize_super_call.
func (c *Compiler) optimizableSuperCall(attr *ast.Attribute) (*ast.Call, bool) {
	call, ok := attr.Value.(*ast.Call)
	return call, ok && c.isSuperCall(call) && attr.Attr != names.DunderClass
}

func (c *Compiler) isSuperCall(call *ast.Call) bool {
	super, ok := call.Func.(*ast.Name)
	if !ok || super.ID != names.Super || len(call.Keywords) != 0 {
		return false
	}
	if c.u.scope.PlaceOf(names.Super) != symtable.GlobalImplicit || c.table.Top.PlaceOf(names.Super) != symtable.NoPlace {
		return false
	}
	switch len(call.Args) {
	case 2:
		return !hasStarred(call.Args)
	case 0:
		return (c.u.ArgCount > 0 || c.u.PosOnlyArgCount > 0) && c.refType(names.DunderClass) == symtable.Free
	}
	return false
}

func hasStarred(list []ast.Expr) bool {
	for _, e := range list {
		if _, ok := e.(*ast.Starred); ok {
			return true
		}
	}
	return false
}

// refType returns where a name lives, as closures see it.
//
// CPython: compile.c, _PyCompile_GetRefType.
func (c *Compiler) refType(name names.ID) symtable.Place {
	if c.u.kind == classScope {
		switch name {
		case names.DunderClass, names.DunderClassDict, names.DunderConditionalAnnotations:
			return symtable.Cell
		}
	}
	return c.u.scope.PlaceOf(name)
}

// loadArgsForSuper loads super and its arguments.
//
// CPython: codegen.c, load_args_for_super.
func (c *Compiler) loadArgsForSuper(call *ast.Call) {
	super := call.Func.(*ast.Name)
	c.nameOp(super.Loc, super.ID, ast.Load)
	if len(call.Args) == 2 {
		c.exprs(call.Args)
		return
	}
	c.nameOp(call.Loc, names.DunderClass, ast.Load)
	c.nameOp(call.Loc, c.u.VarNames.IDs()[0], ast.Load)
}
