package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// call generates a call.
//
// CPython: codegen.c, codegen_call.
func (c *Compiler) call(e *ast.Call) {
	if len(e.Keywords) > 1 {
		c.validateKeywords(e.Keywords)
	}
	switch f := e.Func.(type) {
	case *ast.Name:
		c.name(f)
		c.functionCall(e, f.Loc)
	case *ast.Attribute:
		if c.isMethodCall(e, f) {
			c.methodCall(e, f)
			return
		}
		c.attribute(f)
		c.functionCall(e, f.Loc)
	default:
		c.checkCaller(f)
		c.expr(f)
		c.functionCall(e, f.Span())
	}
}

// functionCall generates the rest of a call, whose function is on the stack.
func (c *Compiler) functionCall(e *ast.Call, function instr.Loc) {
	end := instr.NoLabel
	if gen, ok := onlyGenerator(e); ok {
		end = c.maybeOptimizeFunctionCall(e, gen)
	}
	c.add(function, opcode.PushNull)
	c.callHelper(e.Loc, pushedArgs{}, e.Args, e.Keywords)
	if end != instr.NoLabel {
		c.use(end)
	}
}

// onlyGenerator returns the generator expression that is the only argument.
func onlyGenerator(e *ast.Call) (*ast.GeneratorExp, bool) {
	if len(e.Args) != 1 || len(e.Keywords) != 0 {
		return nil, false
	}
	gen, ok := e.Args[0].(*ast.GeneratorExp)
	return gen, ok
}

// validateKeywords fails if a keyword is there twice.
//
// CPython: codegen.c, codegen_validate_keywords.
func (c *Compiler) validateKeywords(keywords []*ast.Keyword) {
	first, other := c.repeated(len(keywords), func(i int) names.ID { return keywords[i].Name })
	if other >= 0 {
		c.fail(keywords[other].Loc, "keyword argument repeated: "+c.names.Text(keywords[first].Name))
	}
}

// scannedNames is the number of names up to which comparing each with each
// finds a repetition faster than a map.
const scannedNames = 16

// repeated returns the indices of the first of n names that is there again, and
// of where it is again, or -1. A name may be absent.
func (c *Compiler) repeated(n int, name func(i int) names.ID) (first, other int) {
	if n > scannedNames && !anyRepeated(n, name) {
		return -1, -1
	}
	for i := range n {
		if name(i) == names.None {
			continue
		}
		for j := i + 1; j < n; j++ {
			if name(i) == name(j) {
				return i, j
			}
		}
	}
	return -1, -1
}

func anyRepeated(n int, name func(i int) names.ID) bool {
	seen := make(map[names.ID]bool, n)
	for i := range n {
		if id := name(i); id != names.None {
			if seen[id] {
				return true
			}
			seen[id] = true
		}
	}
	return false
}

// isMethodCall reports whether a call is generated without making a bound
// method: not for a name that the module imports, which may well be a module,
// and only if the arguments fit on the stack.
//
// CPython: codegen.c, maybe_optimize_method_call, is_import_originated.
func (c *Compiler) isMethodCall(e *ast.Call, meth *ast.Attribute) bool {
	if name, ok := meth.Value.(*ast.Name); ok && c.table.Top.Lookup(name.ID)&symtable.DefImport != 0 {
		return false
	}
	stack := len(e.Args) + len(e.Keywords)
	if len(e.Keywords) > 0 {
		stack++
	}
	return stack < stackUseGuideline && !hasStarred(e.Args) && !hasUnpackedKeyword(e.Keywords)
}

// methodCall generates a call of a method without making a bound method.
func (c *Compiler) methodCall(e *ast.Call, meth *ast.Attribute) {
	loc := c.loadMethod(meth)
	c.exprs(e.Args)
	op, argc := opcode.Call, int32(len(e.Args)+len(e.Keywords))
	if len(e.Keywords) > 0 {
		op = opcode.CallKw
		c.keywordValues(e.Keywords)
		c.keywordNames(loc, e.Keywords)
	}
	if loc = e.Loc; loc.Start.Line != meth.Loc.End.Line {
		loc = c.attrLoc(loc, meth)
	}
	c.addI(loc, op, argc)
}

// loadMethod loads a method and self, and returns the location of the name.
func (c *Compiler) loadMethod(meth *ast.Attribute) instr.Loc {
	if super, ok := c.optimizableSuperCall(meth); ok {
		c.loadArgsForSuper(super)
		c.addSuperAttr(meth.Loc, meth.Attr, methodAttr, len(super.Args))
		loc := c.attrLoc(meth.Loc, meth)
		c.add(loc, opcode.Nop)
		return loc
	}
	c.expr(meth.Value)
	loc := meth.Loc
	if loc.Start.Line != loc.End.Line {
		loc = c.attrLoc(loc, meth)
	}
	c.addAttr(loc, meth.Attr, methodAttr)
	return loc
}

func hasUnpackedKeyword(keywords []*ast.Keyword) bool {
	for _, k := range keywords {
		if k.Name == names.None {
			return true
		}
	}
	return false
}

func (c *Compiler) keywordValues(keywords []*ast.Keyword) {
	for _, k := range keywords {
		c.expr(k.Value)
	}
}

// keywordNames loads the tuple of the names of keyword arguments.
//
// CPython: codegen.c, codegen_call_simple_kw_helper.
func (c *Compiler) keywordNames(loc instr.Loc, keywords []*ast.Keyword) {
	items := c.pool.Slots(len(keywords))
	for i, k := range keywords {
		items[i] = c.pool.Ident(k.Name)
	}
	c.addConst(loc, c.pool.Tuple(items))
}

// callHelper generates the arguments of a call, behind those that are there
// already, and the call.
//
// CPython: codegen.c, codegen_call_helper_impl.
func (c *Compiler) callHelper(loc instr.Loc, pushed pushedArgs, args []ast.Expr, keywords []*ast.Keyword) {
	if len(args)+len(keywords)*2 > stackUseGuideline || hasStarred(args) || hasUnpackedKeyword(keywords) {
		c.callEx(loc, pushed, args, keywords)
		return
	}
	argc := pushed.n + int32(len(args)+len(keywords))
	c.exprs(args)
	if pushed.injected != names.None {
		c.nameOp(loc, pushed.injected, ast.Load)
		argc++
	}
	if len(keywords) > 0 {
		c.keywordValues(keywords)
		c.keywordNames(loc, keywords)
		c.addI(loc, opcode.CallKw, argc)
		return
	}
	c.addI(loc, opcode.Call, argc)
}

// A genexpCall says how to call a builtin with a generator expression without
// calling the builtin.
type genexpCall struct {
	builtin int32         // operand of LOAD_COMMON_CONSTANT
	goOn    opcode.Op     // the jump that goes on with the next value
	initial pyc.Singleton // the result if no value ends the loop
	// build and grow make a container of all values instead.
	build, grow opcode.Op
}

func (f *genexpCall) isContainer() bool { return f.build != opcode.Invalid }

// maybeOptimizeFunctionCall generates all(…), any(…) and tuple(…) of a
// generator expression as a loop, for the case that the name is still the
// builtin's:
//
//	         COPY 1, LOAD_COMMON_CONSTANT, IS_OP
//	         POP_JUMP_IF_FALSE skip
//	         POP_TOP
//	         <generator>
//	loop:    FOR_ITER cleanup
//	         TO_BOOL
//	         POP_JUMP_IF_… loop, which goes on
//	         POP_ITER
//	         LOAD_CONST the opposite
//	         JUMP end
//	cleanup: END_FOR, POP_ITER
//	         LOAD_CONST the initial result
//	         JUMP end
//	skip:
//
// It returns the label end, which belongs behind the call, or NoLabel if the call
// is not such a one.
//
// CPython: codegen.c, maybe_optimize_function_call.
func (c *Compiler) maybeOptimizeFunctionCall(e *ast.Call, gen *ast.GeneratorExp) instr.Label {
	f, ok := c.genexpCallOf(e.Func)
	if !ok || c.table.Lookup(gen).Coroutine() {
		return instr.NoLabel
	}
	end := c.newLabel()
	loc := e.Func.Span()
	skip, loop, cleanup := c.newLabel(), c.newLabel(), c.newLabel()
	c.addI(loc, opcode.Copy, 1)
	c.addI(loc, opcode.LoadCommonConstant, f.builtin)
	c.addCompare(loc, ast.Is)
	c.addJump(loc, opcode.PopJumpIfFalse, skip)
	c.add(loc, opcode.PopTop)
	if f.isContainer() {
		c.addI(loc, f.build, 0)
	}
	c.expr(gen)
	c.pushVirtual(loc)
	c.use(loop)
	c.addJump(loc, opcode.ForIter, cleanup)
	if f.isContainer() {
		c.addI(loc, f.grow, 1+c.iteratorSize())
		c.addJump(loc, opcode.Jump, loop)
	} else {
		c.add(loc, opcode.ToBool)
		c.addJump(loc, f.goOn, loop)
	}
	c.add(instr.NoLoc(), opcode.PopIter)
	if !f.isContainer() {
		c.addConst(loc, opposite(f.initial))
	}
	c.addJump(loc, opcode.Jump, end)
	c.use(cleanup)
	c.endFor()
	switch {
	case f.builtin == builtinTuple:
		c.addI(loc, opcode.CallIntrinsic1, listToTuple)
	case !f.isContainer():
		c.addConst(loc, f.initial)
	}
	c.addJump(loc, opcode.Jump, end)
	c.use(skip)
	return end
}

func opposite(b pyc.Singleton) pyc.Singleton {
	if b == pyc.True {
		return pyc.False
	}
	return pyc.True
}

// genexpCallOf returns how to optimize the call of a function with a generator
// expression.
func (c *Compiler) genexpCallOf(function ast.Expr) (genexpCall, bool) {
	name, ok := function.(*ast.Name)
	if !ok {
		return genexpCall{}, false
	}
	switch name.ID {
	case names.All:
		return genexpCall{builtin: builtinAll, goOn: opcode.PopJumpIfTrue, initial: pyc.True}, true
	case names.Any:
		return genexpCall{builtin: builtinAny, goOn: opcode.PopJumpIfFalse, initial: pyc.False}, true
	case names.TupleName:
		return genexpCall{builtin: builtinTuple, build: opcode.BuildList, grow: opcode.ListAppend}, true
	}
	if c.does.loopsForListAndSet {
		switch name.ID {
		case names.ListName:
			return genexpCall{builtin: builtinList, build: opcode.BuildList, grow: opcode.ListAppend}, true
		case names.SetName:
			return genexpCall{builtin: builtinSet, build: opcode.BuildSet, grow: opcode.SetAdd}, true
		}
	}
	return genexpCall{}, false
}
