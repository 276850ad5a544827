package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

func (c *Compiler) assign(s *ast.Assign) {
	c.expr(s.Value)
	for i, target := range s.Targets {
		if i < len(s.Targets)-1 {
			c.addI(s.Loc, opcode.Copy, 1)
		}
		c.expr(target)
	}
}

// augAssign generates an augmented assignment.
//
// CPython: codegen.c, codegen_augassign.
func (c *Compiler) augAssign(s *ast.AugAssign) {
	operate := func() {
		c.expr(s.Value)
		c.addI(s.Loc, opcode.BinaryOp, binaryOperators[s.Op]+inPlace)
	}
	switch e := s.Target.(type) {
	case *ast.Attribute:
		c.expr(e.Value)
		c.addI(e.Loc, opcode.Copy, 1)
		loc := c.attrLoc(e.Loc, e)
		c.addAttr(loc, e.Attr, plainAttr)
		operate()
		c.addI(loc, opcode.Swap, 2)
		c.addName(loc, opcode.StoreAttr, e.Attr)
	case *ast.Subscript:
		c.augSubscript(e, operate)
	case *ast.Name:
		c.nameOp(e.Loc, e.ID, ast.Load)
		operate()
		c.nameOp(e.Loc, e.ID, ast.Store)
	}
}

func (c *Compiler) augSubscript(e *ast.Subscript, operate func()) {
	c.expr(e.Value)
	if s, ok := twoElementSlice(e.Index); ok {
		c.sliceTwoParts(s)
		c.addI(e.Loc, opcode.Copy, 3)
		c.addI(e.Loc, opcode.Copy, 3)
		c.addI(e.Loc, opcode.Copy, 3)
		c.add(e.Loc, opcode.BinarySlice)
		operate()
		c.addI(e.Loc, opcode.Swap, 4)
		c.addI(e.Loc, opcode.Swap, 3)
		c.addI(e.Loc, opcode.Swap, 2)
		c.add(e.Loc, opcode.StoreSlice)
		return
	}
	c.expr(e.Index)
	c.addI(e.Loc, opcode.Copy, 2)
	c.addI(e.Loc, opcode.Copy, 2)
	c.addI(e.Loc, opcode.BinaryOp, subscriptOperator)
	operate()
	c.addI(e.Loc, opcode.Swap, 3)
	c.addI(e.Loc, opcode.Swap, 2)
	c.add(e.Loc, opcode.StoreSubscr)
}

// annAssign generates an annotated assignment. The annotation of a name in a
// module or class is kept; others are at most evaluated.
//
// CPython: codegen.c, codegen_annassign.
func (c *Compiler) annAssign(s *ast.AnnAssign) {
	if s.Value != nil {
		c.expr(s.Value)
		c.expr(s.Target)
	}
	switch target := s.Target.(type) {
	case *ast.Name:
		if s.Simple != 0 && (c.u.kind == moduleScope || c.u.kind == classScope) {
			c.keepAnnotation(s, target)
		}
	case *ast.Attribute:
		if s.Value == nil {
			c.checkAnnExpr(target.Value)
		}
	case *ast.Subscript:
		if s.Value == nil {
			c.checkAnnExpr(target.Value)
			c.checkAnnSubscr(target.Index)
		}
	}
}

// keepAnnotation stores an annotation's text, or keeps the annotation for
// __annotate__.
func (c *Compiler) keepAnnotation(s *ast.AnnAssign, target *ast.Name) {
	if c.futureAnnotations() {
		c.annExpr(s.Annotation)
		c.addName(s.Loc, opcode.LoadName, names.DunderAnnotations)
		c.addIdent(s.Loc, c.mangle(target.ID))
		c.add(s.Loc, opcode.StoreSubscr)
		return
	}
	index := c.addDeferredAnnotation(s)
	if index == unconditional {
		return
	}
	if c.u.kind == classScope {
		c.addI(s.Loc, opcode.LoadDeref, c.u.CellVars.Add(names.DunderConditionalAnnotations))
	} else {
		c.addName(s.Loc, opcode.LoadName, names.DunderConditionalAnnotations)
	}
	c.addInt(s.Loc, int64(index))
	c.addI(s.Loc, opcode.SetAdd, 1)
	c.add(s.Loc, opcode.PopTop)
}

// addDeferredAnnotation keeps an annotation for __annotate__, and returns the
// index under which its execution is noted.
//
// CPython: compile.c, _PyCompile_AddDeferredAnnotation.
func (c *Compiler) addDeferredAnnotation(s *ast.AnnAssign) int32 {
	index := int32(unconditional)
	if c.u.kind == moduleScope || c.u.conditional > 0 {
		index = c.u.nextConditional
		c.u.nextConditional++
	}
	c.u.deferred = append(c.u.deferred, deferredAnnotation{s, index})
	return index
}

// checkAnnExpr evaluates an expression.
//
// CPython: codegen.c, codegen_check_ann_expr.
func (c *Compiler) checkAnnExpr(e ast.Expr) {
	c.expr(e)
	c.add(e.Span(), opcode.PopTop)
}

// checkAnnSubscr evaluates the parts of an index.
//
// CPython: codegen.c, codegen_check_ann_subscr.
func (c *Compiler) checkAnnSubscr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Slice:
		for _, part := range [...]ast.Expr{e.Lower, e.Upper, e.Step} {
			if part != nil {
				c.checkAnnExpr(part)
			}
		}
	case *ast.Tuple:
		for _, elt := range e.Elts {
			c.checkAnnSubscr(elt)
		}
	default:
		c.checkAnnExpr(e)
	}
}
