package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// subscript loads, stores or deletes an item.
//
// CPython: codegen.c, codegen_subscript.
func (c *Compiler) subscript(e *ast.Subscript) {
	if e.Ctx == ast.Load {
		c.checkSubscripter(e.Value)
		c.checkIndex(e.Value, e.Index)
	}
	c.expr(e.Value)
	if s, ok := twoElementSlice(e.Index); ok && e.Ctx != ast.Del {
		c.sliceTwoParts(s)
		if e.Ctx == ast.Load {
			c.add(e.Loc, opcode.BinarySlice)
		} else {
			c.add(e.Loc, opcode.StoreSlice)
		}
		return
	}
	c.expr(e.Index)
	switch e.Ctx {
	case ast.Load:
		c.addI(e.Loc, opcode.BinaryOp, subscriptOperator)
	case ast.Store:
		c.add(e.Loc, opcode.StoreSubscr)
	case ast.Del:
		c.add(e.Loc, opcode.DeleteSubscr)
	}
}

// isConstantSlice reports whether the bounds of a slice are constants.
//
// CPython: codegen.c, is_constant_slice.
func isConstantSlice(s *ast.Slice) bool {
	return isAbsentOrConstant(s.Lower) && isAbsentOrConstant(s.Upper) && isAbsentOrConstant(s.Step)
}

func isAbsentOrConstant(e ast.Expr) bool {
	_, ok := e.(*ast.Constant)
	return ok || e == nil
}

// twoElementSlice returns the slice that an index is, if there are instructions
// for it that make no slice object.
//
// CPython: codegen.c, should_apply_two_element_slice_optimization.
func twoElementSlice(index ast.Expr) (*ast.Slice, bool) {
	s, ok := index.(*ast.Slice)
	return s, ok && s.Step == nil && !isConstantSlice(s)
}

// sliceTwoParts loads the lower and upper bound of a slice.
//
// CPython: codegen.c, codegen_slice_two_parts.
func (c *Compiler) sliceTwoParts(s *ast.Slice) {
	for _, bound := range [...]ast.Expr{s.Lower, s.Upper} {
		if bound != nil {
			c.expr(bound)
		} else {
			c.addNone(s.Loc)
		}
	}
}

// slice makes a slice object, or loads a constant one.
//
// CPython: codegen.c, codegen_slice.
func (c *Compiler) slice(s *ast.Slice) {
	if isConstantSlice(s) {
		c.addConst(s.Loc, &pyc.Slice{Start: c.bound(s.Lower), Stop: c.bound(s.Upper), Step: c.bound(s.Step)})
		return
	}
	n := int32(2)
	c.sliceTwoParts(s)
	if s.Step != nil {
		n++
		c.expr(s.Step)
	}
	c.addI(s.Loc, opcode.BuildSlice, n)
}

func (c *Compiler) bound(e ast.Expr) pyc.Object {
	if k, ok := e.(*ast.Constant); ok {
		return c.object(&k.Value)
	}
	return pyc.None
}
