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
	c.validateKeywords(e.Keywords)
	if c.maybeOptimizeMethodCall(e) {
		return
	}
	end := c.newLabel()
	c.checkCaller(e.Func)
	c.expr(e.Func)
	c.maybeOptimizeFunctionCall(e, end)
	c.add(e.Func.Span(), opcode.PushNull)
	c.callHelper(e.Loc, pushedArgs{}, e.Args, e.Keywords)
	c.use(end)
}

// validateKeywords fails if a keyword is there twice.
//
// CPython: codegen.c, codegen_validate_keywords.
func (c *Compiler) validateKeywords(keywords []*ast.Keyword) {
	if len(keywords) < 2 {
		return
	}
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

// isImportOriginated reports whether an expression is a name that the module
// imports.
//
// CPython: codegen.c, is_import_originated.
func (c *Compiler) isImportOriginated(e ast.Expr) bool {
	name, ok := e.(*ast.Name)
	return ok && c.table.Top.Lookup(name.ID)&symtable.DefImport != 0
}

// maybeOptimizeMethodCall generates a call of a method without making a bound
// method, and reports whether it could.
//
// CPython: codegen.c, maybe_optimize_method_call.
func (c *Compiler) maybeOptimizeMethodCall(e *ast.Call) bool {
	meth, ok := e.Func.(*ast.Attribute)
	if !ok || c.isImportOriginated(meth.Value) {
		return false
	}
	stack := len(e.Args) + len(e.Keywords)
	if len(e.Keywords) > 0 {
		stack++
	}
	if stack >= stackUseGuideline || hasStarred(e.Args) || hasUnpackedKeyword(e.Keywords) {
		return false
	}
	loc := c.loadMethod(meth)
	c.exprs(e.Args)
	argc := int32(len(e.Args) + len(e.Keywords))
	if len(e.Keywords) > 0 {
		c.keywordValues(e.Keywords)
		c.keywordNames(loc, e.Keywords)
		c.addI(c.attrLoc(e.Loc, meth), opcode.CallKw, argc)
	} else {
		c.addI(c.attrLoc(e.Loc, meth), opcode.Call, argc)
	}
	return true
}

// loadMethod loads a method and self, and returns the location of the name.
func (c *Compiler) loadMethod(meth *ast.Attribute) instr.Loc {
	if c.canOptimizeSuperCall(meth) {
		super := meth.Value.(*ast.Call)
		c.loadArgsForSuper(super)
		c.addSuperAttr(meth.Loc, meth.Attr, methodAttr, len(super.Args))
		loc := c.attrLoc(meth.Loc, meth)
		c.add(loc, opcode.Nop)
		return loc
	}
	c.expr(meth.Value)
	loc := c.attrLoc(meth.Loc, meth)
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
	c.validateKeywords(keywords)
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
// CPython: codegen.c, maybe_optimize_function_call.
func (c *Compiler) maybeOptimizeFunctionCall(e *ast.Call, end instr.Label) {
	f, gen, ok := c.genexpCallOf(e)
	if !ok {
		return
	}
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
}

func opposite(b pyc.Singleton) pyc.Singleton {
	if b == pyc.True {
		return pyc.False
	}
	return pyc.True
}

// genexpCallOf returns how to optimize a call, and the generator expression
// that is its only argument.
func (c *Compiler) genexpCallOf(e *ast.Call) (genexpCall, *ast.GeneratorExp, bool) {
	name, ok := e.Func.(*ast.Name)
	if !ok || len(e.Args) != 1 || len(e.Keywords) != 0 {
		return genexpCall{}, nil, false
	}
	gen, ok := e.Args[0].(*ast.GeneratorExp)
	if !ok || c.table.Lookup(gen).Coroutine() {
		return genexpCall{}, nil, false
	}
	switch name.ID {
	case names.All:
		return genexpCall{builtin: builtinAll, goOn: opcode.PopJumpIfTrue, initial: pyc.True}, gen, true
	case names.Any:
		return genexpCall{builtin: builtinAny, goOn: opcode.PopJumpIfFalse, initial: pyc.False}, gen, true
	case names.TupleName:
		return genexpCall{builtin: builtinTuple, build: opcode.BuildList, grow: opcode.ListAppend}, gen, true
	}
	if c.does.loopsForListAndSet {
		switch name.ID {
		case names.ListName:
			return genexpCall{builtin: builtinList, build: opcode.BuildList, grow: opcode.ListAppend}, gen, true
		case names.SetName:
			return genexpCall{builtin: builtinSet, build: opcode.BuildSet, grow: opcode.SetAdd}, gen, true
		}
	}
	return genexpCall{}, nil, false
}
