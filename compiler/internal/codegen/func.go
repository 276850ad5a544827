package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A funcDef is the definition of a function, asynchronous or not.
type funcDef struct {
	node       ast.Stmt
	loc        instr.Loc
	name       names.ID
	args       *ast.Arguments
	body       []ast.Stmt
	decorators []ast.Expr
	returns    ast.Expr
	typeParams []ast.TypeParam
	kind       scopeKind
}

func functionOf(s *ast.FunctionDef) *funcDef {
	return &funcDef{s, s.Loc, s.Name, s.Args, s.Body, s.Decorators, s.Returns, s.TypeParams, functionScope}
}

func asyncFunctionOf(s *ast.AsyncFunctionDef) *funcDef {
	return &funcDef{s, s.Loc, s.Name, s.Args, s.Body, s.Decorators, s.Returns, s.TypeParams, asyncFunctionScope}
}

// firstLine returns the line at which a definition starts with its decorators.
func firstLine(loc instr.Loc, decorators []ast.Expr) int32 {
	if len(decorators) > 0 {
		return decorators[0].Span().Start.Line
	}
	return loc.Start.Line
}

// function generates the definition of a function.
//
// CPython: codegen.c, codegen_function.
func (c *Compiler) function(f *funcDef) {
	c.exprs(f.decorators)
	flags := c.defaultArguments(f.loc, f.args)
	scope := c.table.Lookup(f.node)
	if len(f.typeParams) > 0 {
		c.genericFunction(f, scope, flags)
	} else {
		flags |= c.functionAnnotations(f, scope)
		c.functionBody(f, scope, flags)
	}
	c.applyDecorators(f.decorators)
	c.nameOp(f.loc, f.name, ast.Store)
}

// genericFunction makes a function within a function that makes its type
// parameters, and calls that one. Defaults are made outside, and passed as
// arguments.
func (c *Compiler) genericFunction(f *funcDef, scope *symtable.Scope, flags funcFlags) {
	passed := int32(0)
	if flags&hasDefaults != 0 {
		passed++
	}
	if flags&hasKwDefaults != 0 {
		passed++
	}
	if passed == 2 {
		c.addI(f.loc, opcode.Swap, 2)
	}
	c.enterScope(&newScope{
		name: c.genericName(f.name), kind: annotationsScope, scope: scope.TypeParams,
		line: firstLine(f.loc, f.decorators), args: args{positional: passed},
	})
	c.typeParams(f.typeParams)
	for i := range passed {
		c.addI(f.loc, opcode.LoadFast, i)
	}
	flags |= c.functionAnnotations(f, scope)
	c.functionBody(f, scope, flags)
	c.addI(f.loc, opcode.Swap, 2)
	c.addI(f.loc, opcode.CallIntrinsic2, setFunctionTypeParams)
	code := c.optimizeAndAssemble(false)
	c.makeClosure(f.loc, code, c.exitScope(), 0)
	if passed > 0 {
		c.addI(f.loc, opcode.Swap, passed+1)
		c.addI(f.loc, opcode.Call, passed-1)
	} else {
		c.callWithout(f.loc)
	}
}

// callWithout calls what is on the stack without arguments.
func (c *Compiler) callWithout(loc instr.Loc) {
	c.add(loc, opcode.PushNull)
	c.addI(loc, opcode.Call, 0)
}

// applyDecorators calls decorators, the last one first.
//
// CPython: codegen.c, codegen_apply_decorators.
func (c *Compiler) applyDecorators(decorators []ast.Expr) {
	for i := len(decorators) - 1; i >= 0; i-- {
		c.addI(decorators[i].Span(), opcode.Call, 0)
	}
}

// defaultArguments loads the defaults of parameters.
//
// CPython: codegen.c, codegen_default_arguments, codegen_kwonlydefaults.
func (c *Compiler) defaultArguments(loc instr.Loc, a *ast.Arguments) funcFlags {
	flags := funcFlags(0)
	if len(a.Defaults) > 0 {
		c.exprs(a.Defaults)
		c.addI(loc, opcode.BuildTuple, int32(len(a.Defaults)))
		flags |= hasDefaults
	}
	n := int32(0)
	for i, arg := range a.KwOnly {
		if e := a.KwDefaults[i]; e != nil {
			c.addIdent(loc, c.mangle(arg.Name))
			c.expr(e)
			n++
		}
	}
	if n > 0 {
		c.addI(loc, opcode.BuildMap, n)
		flags |= hasKwDefaults
	}
	return flags
}

// functionBody makes a function.
//
// CPython: codegen.c, codegen_function_body.
func (c *Compiler) functionBody(f *funcDef, scope *symtable.Scope, flags funcFlags) {
	c.enterScope(&newScope{
		name: c.pool.Ident(f.name), kind: f.kind, scope: scope,
		line: firstLine(f.loc, f.decorators), args: countArgs(f.args),
	})
	body := f.body
	if doc, ok := ast.Docstring(body); ok && scope.HasDocstring() {
		c.u.Consts.AddStr(c.pool, c.docstring(doc))
		body = body[1:]
	}
	start := c.newLabel()
	c.use(start)
	handler := scope.Coroutine() || scope.Generator()
	if handler {
		c.pushBlock(frameBlock{kind: stopIteration, block: start, exit: instr.NoLabel, loc: instr.NoLoc()})
	}
	c.stmts(body)
	if handler {
		c.wrapInStopIterationHandler()
		c.popBlock()
	}
	code := c.optimizeAndAssemble(true)
	c.makeClosure(f.loc, code, c.exitScope(), flags)
}

// wrapInStopIterationHandler ends the body of a generator or coroutine, in
// which a StopIteration becomes a RuntimeError:
//
//	         SETUP_CLEANUP handler, in front of all
//	         <body>
//	         LOAD_CONST None
//	         RETURN_VALUE
//	handler: CALL_INTRINSIC_1 STOPITERATION_ERROR
//	         RERAISE 1
//
// CPython: codegen.c, codegen_wrap_in_stopiteration_handler.
func (c *Compiler) wrapInStopIterationHandler() {
	none := instr.NoLoc()
	handler := c.newLabel()
	c.seq.InsertJump(c.u.start, opcode.SetupCleanup, handler, none)
	c.addNone(none)
	c.add(none, opcode.ReturnValue)
	c.use(handler)
	c.addI(none, opcode.CallIntrinsic1, stopIterationError)
	c.addI(none, opcode.Reraise, 1)
}

// lambda makes a function of a lambda expression.
//
// CPython: codegen.c, codegen_lambda.
func (c *Compiler) lambda(e *ast.Lambda) {
	flags := c.defaultArguments(e.Loc, e.Args)
	c.enterScope(&newScope{
		name: c.pool.Str("<lambda>"), kind: lambdaScope, scope: c.table.Lookup(e),
		line: e.Loc.Start.Line, args: countArgs(e.Args),
	})
	c.expr(e.Body)
	generator := c.u.scope.Generator()
	if !generator {
		c.add(e.Body.Span(), opcode.ReturnValue)
	}
	code := c.optimizeAndAssemble(!generator)
	c.makeClosure(e.Loc, code, c.exitScope(), flags)
}
