package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

func (c *Compiler) stmts(body []ast.Stmt) {
	for _, s := range body {
		c.stmt(s)
	}
}

// stmt generates a statement. As in expr, those of the usual types are found
// before the switch.
//
// CPython: codegen.c, codegen_visit_stmt.
func (c *Compiler) stmt(s ast.Stmt) {
	if s, ok := s.(*ast.Assign); ok {
		c.assign(s)
		return
	}
	if s, ok := s.(*ast.If); ok {
		c.conditionally(func() { c.ifStmt(s) })
		return
	}
	if s, ok := s.(*ast.ExprStmt); ok {
		c.stmtExpr(s)
		return
	}
	if s, ok := s.(*ast.Return); ok {
		c.returnStmt(s)
		return
	}
	c.rareStmt(s)
}

// rareStmt generates a statement of any other type.
func (c *Compiler) rareStmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.FunctionDef:
		c.function(functionOf(s))
	case *ast.AsyncFunctionDef:
		c.function(asyncFunctionOf(s))
	case *ast.ClassDef:
		c.class(s)
	case *ast.TypeAlias:
		c.typeAlias(s)
	case *ast.Delete:
		c.exprs(s.Targets)
	case *ast.AugAssign:
		c.augAssign(s)
	case *ast.AnnAssign:
		c.annAssign(s)
	case *ast.For:
		c.conditionally(func() { c.forStmt(s) })
	case *ast.AsyncFor:
		c.conditionally(func() { c.asyncFor(s) })
	case *ast.While:
		c.conditionally(func() { c.while(s) })
	case *ast.Match:
		c.conditionally(func() { c.match(s) })
	case *ast.Raise:
		c.raise(s)
	case *ast.Try:
		c.conditionally(func() { c.try(tryOf(s)) })
	case *ast.TryStar:
		c.conditionally(func() { c.try(tryStarOf(s)) })
	case *ast.With:
		c.conditionally(func() { c.withInner(s.Items, s.Body) })
	case *ast.AsyncWith:
		c.conditionally(func() { c.asyncWithInner(s.Items, s.Body) })
	case *ast.Assert:
		c.assert(s)
	case *ast.Import:
		c.importStmt(s)
	case *ast.ImportFrom:
		c.fromImport(s)
	case *ast.Global, *ast.Nonlocal:
	case *ast.Pass:
		c.add(s.Loc, opcode.Nop)
	case *ast.Break:
		c.breakStmt(s.Loc)
	case *ast.Continue:
		c.continueStmt(s.Loc)
	}
}

// conditionally generates a statement whose body may not be executed.
//
// CPython: codegen.c, CODEGEN_COND_BLOCK.
func (c *Compiler) conditionally(generate func()) {
	u := c.u
	u.conditional++
	generate()
	u.conditional--
}

// stmtExpr generates an expression statement. A constant is only a place in the
// source.
//
// CPython: codegen.c, codegen_stmt_expr.
func (c *Compiler) stmtExpr(s *ast.ExprStmt) {
	if _, ok := s.Value.(*ast.Constant); ok {
		c.add(s.Loc, opcode.Nop)
		return
	}
	c.expr(s.Value)
	c.add(instr.NoLoc(), opcode.PopTop)
}

func (c *Compiler) raise(s *ast.Raise) {
	n := int32(0)
	if s.Exc != nil {
		c.expr(s.Exc)
		n++
		if s.Cause != nil {
			c.expr(s.Cause)
			n++
		}
	}
	c.addI(s.Loc, opcode.RaiseVarargs, n)
}

// assert generates an assert statement.
//
// CPython: codegen.c, codegen_assert.
func (c *Compiler) assert(s *ast.Assert) {
	if isFullTuple(s.Test) {
		c.warn(s.Loc, "assertion is always true, perhaps remove parentheses?")
	}
	if c.optimize > 0 {
		return
	}
	end := c.newLabel()
	c.jumpIf(s.Loc, s.Test, end, true)
	c.addI(s.Loc, opcode.LoadCommonConstant, assertionError)
	if s.Msg != nil {
		c.expr(s.Msg)
		c.addI(s.Loc, opcode.Call, 0)
	}
	c.addI(s.Test.Span(), opcode.RaiseVarargs, 1)
	c.use(end)
}

// isFullTuple reports whether an expression is a tuple with items.
func isFullTuple(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Tuple:
		return len(e.Elts) > 0
	case *ast.Constant:
		return e.Value.Kind == ast.TupleValue && len(e.Value.Items.Values) > 0
	}
	return false
}

// returnStmt generates a return statement.
//
// CPython: codegen.c, codegen_return.
func (c *Compiler) returnStmt(s *ast.Return) {
	loc, scope := s.Loc, c.u.scope
	if !c.u.functionLike {
		c.fail(loc, "'return' outside function")
	}
	if s.Value != nil && scope.Coroutine() && scope.Generator() {
		c.fail(loc, "'return' with value in async generator")
	}
	constant, isConstant := s.Value.(*ast.Constant)
	keep := s.Value != nil && !isConstant
	switch {
	case keep:
		c.expr(s.Value)
	case isConstant:
		loc = constant.Loc
		c.add(loc, opcode.Nop)
	}
	if s.Value == nil || s.Value.Span().Start.Line != s.Loc.Start.Line {
		loc = s.Loc
		c.add(loc, opcode.Nop)
	}
	_, loc = c.unwindBlocks(loc, keep, false)
	switch {
	case s.Value == nil:
		c.addNone(loc)
	case isConstant:
		c.addValue(loc, &constant.Value)
	}
	c.add(loc, opcode.ReturnValue)
}
