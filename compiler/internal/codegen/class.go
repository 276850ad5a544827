package codegen

import (
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// class generates the definition of a class: a call of __build_class__ with a
// function of the body, the name, the bases and the keywords.
//
// CPython: codegen.c, codegen_class.
func (c *Compiler) class(s *ast.ClassDef) {
	c.exprs(s.Decorators)
	scope := c.table.Lookup(s)
	if len(s.TypeParams) > 0 {
		c.genericClass(s, scope)
	} else {
		c.classBody(s, scope)
		c.validateKeywords(s.Keywords)
		c.callHelper(s.Loc, pushedArgs{n: 2}, s.Bases, s.Keywords)
	}
	c.applyDecorators(s.Decorators)
	c.nameOp(s.Loc, s.Name, ast.Store)
}

// genericClass makes a class within a function that makes its type parameters,
// and calls that function. The class gets one more base.
func (c *Compiler) genericClass(s *ast.ClassDef, scope *symtable.Scope) {
	c.enterScope(&newScope{
		name: c.genericName(s.Name), kind: annotationsScope, scope: scope.TypeParams,
		line: firstLine(s.Loc, s.Decorators), class: s.Name,
	})
	c.typeParams(s.TypeParams)
	c.nameOp(s.Loc, names.DotTypeParams, ast.Store)
	c.classBody(s, scope)
	c.nameOp(s.Loc, names.DotTypeParams, ast.Load)
	c.addI(s.Loc, opcode.CallIntrinsic1, subscriptGeneric)
	c.nameOp(s.Loc, names.DotGenericBase, ast.Store)
	c.validateKeywords(s.Keywords)
	c.callHelper(s.Loc, pushedArgs{n: 2, injected: names.DotGenericBase}, s.Bases, s.Keywords)
	code := c.optimizeAndAssemble(false)
	c.makeClosure(s.Loc, code, c.exitScope(), 0)
	c.callWithout(s.Loc)
}

// classBody makes the function of a class's body, and loads the first arguments
// for __build_class__.
//
// CPython: codegen.c, codegen_class_body.
func (c *Compiler) classBody(s *ast.ClassDef, scope *symtable.Scope) {
	line := firstLine(s.Loc, s.Decorators)
	c.enterScope(&newScope{name: c.pool.Ident(s.Name), kind: classScope, scope: scope, line: line, class: s.Name})
	loc := lineStart(line)
	c.classPrologue(loc, len(s.TypeParams) > 0)
	c.body(loc, s.Body)
	c.classEpilogue()
	code := c.optimizeAndAssemble(true)
	inner := c.exitScope()
	c.add(s.Loc, opcode.LoadBuildClass)
	c.add(s.Loc, opcode.PushNull)
	c.makeClosure(s.Loc, code, inner, 0)
	c.addIdent(s.Loc, s.Name)
}

// classPrologue sets the attributes that a class has before its body.
func (c *Compiler) classPrologue(loc instr.Loc, generic bool) {
	scope := c.u.scope
	c.nameOp(loc, names.DunderName, ast.Load)
	c.nameOp(loc, names.DunderModule, ast.Store)
	c.addConst(loc, c.u.QualName)
	c.nameOp(loc, names.DunderQualName, ast.Store)
	c.addInt(loc, int64(c.u.FirstLine))
	c.nameOp(loc, names.DunderFirstLine, ast.Store)
	if generic {
		c.nameOp(loc, names.DotTypeParams, ast.Load)
		c.nameOp(loc, names.DunderTypeParams, ast.Store)
	}
	if scope.NeedsClassdict() {
		c.add(loc, opcode.LoadLocals)
		c.addI(loc, opcode.StoreDeref, c.u.CellVars.Add(names.DunderClassDict))
	}
	if scope.HasConditionalAnnotations() {
		c.addI(loc, opcode.BuildSet, 0)
		c.addI(loc, opcode.StoreDeref, c.u.CellVars.Add(names.DunderConditionalAnnotations))
	}
}

// classEpilogue sets the attributes that a class has after its body, and
// returns the cell of __class__ if a method uses it.
func (c *Compiler) classEpilogue() {
	none := instr.NoLoc()
	scope := c.u.scope
	c.addConst(none, c.staticAttributes())
	c.nameOp(none, names.DunderStaticAttributes, ast.Store)
	if scope.NeedsClassdict() {
		c.addI(none, opcode.LoadClosure, c.u.CellVars.Add(names.DunderClassDict))
		c.nameOp(none, names.DunderClassDictCell, ast.Store)
	}
	if scope.NeedsClassClosure() {
		c.addI(none, opcode.LoadClosure, c.u.CellVars.Add(names.DunderClass))
		c.addI(none, opcode.Copy, 1)
		c.nameOp(none, names.DunderClassCell, ast.Store)
	} else {
		c.addNone(none)
	}
	c.add(none, opcode.ReturnValue)
}

// staticAttributes returns the sorted tuple of the attributes that methods
// assign to self.
//
// CPython: compile.c, _PyCompile_StaticAttributesAsTuple.
func (c *Compiler) staticAttributes() *pyc.Tuple {
	list := slices.Clone(c.u.staticAttributes.IDs())
	slices.SortFunc(list, func(a, b names.ID) int { return strings.Compare(c.names.Text(a), c.names.Text(b)) })
	items := c.pool.Slots(len(list))
	for i, id := range list {
		items[i] = c.pool.Ident(id)
	}
	return c.pool.Tuple(items)
}
