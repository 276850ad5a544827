package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// genericName returns the name of the function that makes the type parameters
// of what has a name.
func (c *Compiler) genericName(name names.ID) *pyc.Str {
	return c.pool.Str("<generic parameters of " + c.names.Text(name) + ">")
}

// typeParams makes type parameters, stores them, and builds a tuple of them.
//
// CPython: codegen.c, codegen_type_params.
func (c *Compiler) typeParams(list []ast.TypeParam) {
	seenDefault := false
	for _, p := range list {
		var name names.ID
		var def ast.Expr
		loc := p.Span()
		switch p := p.(type) {
		case *ast.TypeVar:
			name, def = p.Name, p.Default
			c.addIdent(loc, name)
			c.typeVar(loc, p)
		case *ast.TypeVarTuple:
			name, def = p.Name, p.Default
			c.addIdent(loc, name)
			c.addI(loc, opcode.CallIntrinsic1, typeVarTuple)
		case *ast.ParamSpec:
			name, def = p.Name, p.Default
			c.addIdent(loc, name)
			c.addI(loc, opcode.CallIntrinsic1, paramSpec)
		}
		switch {
		case def != nil:
			seenDefault = true
			_, allowStarred := p.(*ast.TypeVarTuple)
			c.typeParamBoundOrDefault(def, name, c.table.Default(p), allowStarred)
			c.addI(loc, opcode.CallIntrinsic2, setTypeParamDefault)
		case seenDefault:
			c.fail(loc, "non-default type parameter '"+c.names.Text(name)+"' follows default type parameter")
		}
		c.addI(loc, opcode.Copy, 1)
		c.nameOp(loc, name, ast.Store)
	}
	c.addI(list[0].Span(), opcode.BuildTuple, int32(len(list)))
}

// typeVar makes a type variable, whose name is on the stack.
func (c *Compiler) typeVar(loc instr.Loc, p *ast.TypeVar) {
	if p.Bound == nil {
		c.addI(loc, opcode.CallIntrinsic1, typeVar)
		return
	}
	c.typeParamBoundOrDefault(p.Bound, p.Name, c.table.Lookup(p), false)
	intrinsic := int32(typeVarWithBound)
	if _, ok := p.Bound.(*ast.Tuple); ok {
		intrinsic = typeVarWithConstraints
	}
	c.addI(loc, opcode.CallIntrinsic2, intrinsic)
}

// typeParamBoundOrDefault makes the function that evaluates the bound or
// default of a type parameter.
//
// CPython: codegen.c, codegen_type_param_bound_or_default.
func (c *Compiler) typeParamBoundOrDefault(e ast.Expr, name names.ID, scope *symtable.Scope, allowStarred bool) {
	loc := e.Span()
	c.addConst(loc, c.defaultFormat())
	c.setupAnnotationsScope(loc, scope, name, names.None)
	if star, ok := e.(*ast.Starred); ok && allowStarred {
		c.expr(star.Value)
		c.addI(loc, opcode.UnpackSequence, 1)
	} else {
		c.expr(e)
	}
	c.add(loc, opcode.ReturnValue)
	code := c.optimizeAndAssemble(true)
	c.makeClosure(loc, code, c.exitScope(), hasDefaults)
}

// typeAlias generates a type statement.
//
// CPython: codegen.c, codegen_typealias.
func (c *Compiler) typeAlias(s *ast.TypeAlias) {
	name := s.Name.(*ast.Name).ID
	scope := c.table.Lookup(s)
	if len(s.TypeParams) > 0 {
		c.enterScope(&newScope{
			name: c.genericName(name), kind: annotationsScope, scope: scope.TypeParams, line: s.Loc.Start.Line,
		})
		c.addIdent(s.Loc, name)
		c.typeParams(s.TypeParams)
		c.typeAliasBody(s, scope, name)
		code := c.optimizeAndAssemble(false)
		c.makeClosure(s.Loc, code, c.exitScope(), 0)
		c.callWithout(s.Loc)
	} else {
		c.addIdent(s.Loc, name)
		c.addNone(s.Loc)
		c.typeAliasBody(s, scope, name)
	}
	c.nameOp(s.Loc, name, ast.Store)
}

// typeAliasBody makes a type alias. Its name and type parameters are on the
// stack.
//
// CPython: codegen.c, codegen_typealias_body.
func (c *Compiler) typeAliasBody(s *ast.TypeAlias, scope *symtable.Scope, name names.ID) {
	c.addConst(s.Loc, c.defaultFormat())
	c.setupAnnotationsScope(s.Loc, scope, name, names.None)
	c.expr(s.Value)
	c.add(s.Loc, opcode.ReturnValue)
	code := c.optimizeAndAssemble(false)
	c.makeClosure(s.Loc, code, c.exitScope(), hasDefaults)
	c.addI(s.Loc, opcode.BuildTuple, 3)
	c.addI(s.Loc, opcode.CallIntrinsic1, typeAlias)
}
