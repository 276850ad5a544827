package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A compKind is a kind of comprehension.
type compKind uint8

const (
	genExp compKind = iota
	listComp
	setComp
	dictComp
)

// compKinds say how each kind of comprehension begins and grows, and the name
// of its function, where it is one.
var compKinds = [...]struct {
	name               string
	build, add, extend opcode.Op
}{
	genExp:   {name: "<genexpr>"},
	listComp: {"<listcomp>", opcode.BuildList, opcode.ListAppend, opcode.ListExtend},
	setComp:  {"<setcomp>", opcode.BuildSet, opcode.SetAdd, opcode.SetUpdate},
	dictComp: {"<dictcomp>", opcode.BuildMap, opcode.MapAdd, opcode.DictUpdate},
}

// A comprehension is a comprehension or generator expression.
type comprehension struct {
	node       ast.Expr
	loc        instr.Loc
	kind       compKind
	generators []*ast.Comprehension
	elt, val   ast.Expr // the value of a dict's item; nil if elt is a dict
}

// comprehensionOf returns the comprehension that an expression is.
func comprehensionOf(e ast.Expr) comprehension {
	switch e := e.(type) {
	case *ast.ListComp:
		return comprehension{node: e, loc: e.Loc, kind: listComp, generators: e.Generators, elt: e.Elt}
	case *ast.SetComp:
		return comprehension{node: e, loc: e.Loc, kind: setComp, generators: e.Generators, elt: e.Elt}
	case *ast.DictComp:
		return comprehension{node: e, loc: e.Loc, kind: dictComp, generators: e.Generators, elt: e.Key, val: e.Value}
	case *ast.GeneratorExp:
		return comprehension{node: e, loc: e.Loc, kind: genExp, generators: e.Generators, elt: e.Elt}
	}
	return comprehension{}
}

// iteratorSize returns how many values an iterator is on the stack.
func (c *Compiler) iteratorSize() int32 {
	if c.does.virtualIterators {
		return 2
	}
	return 1
}

// comprehension generates a comprehension: in place, or as a function that is
// called with the outermost iterator.
//
// CPython: codegen.c, codegen_comprehension.
func (c *Compiler) comprehension(comp *comprehension) {
	scope := c.table.Lookup(comp.node)
	outermost := comp.generators[0]
	if scope.Inlined() {
		c.expr(outermost.Iter)
		if !c.does.virtualIterators {
			c.getIter(outermost)
		}
		state := c.pushInlined(comp.loc, scope)
		c.beginComp(comp)
		c.addI(comp.loc, opcode.Swap, 2)
		if c.does.virtualIterators {
			c.getIter(outermost)
		}
		c.compGenerator(comp, 0, 0)
		c.popInlined(comp.loc, state)
		return
	}
	begin := newScope{
		name: c.pool.Str(compKinds[comp.kind].name), kind: comprehensionScope, scope: scope,
		line: comp.loc.Start.Line, args: args{positional: 1},
	}
	if comp.kind == genExp {
		begin.begin = func() { c.beginGenExp(outermost) }
	}
	c.enterScope(&begin)
	c.beginComp(comp)
	c.argumentIter(comp)
	c.compGenerator(comp, 0, 0)
	if comp.kind == genExp {
		c.wrapInStopIterationHandler()
	} else {
		c.add(comp.loc, opcode.ReturnValue)
	}
	code := c.optimizeAndAssemble(true)
	c.makeClosure(comp.loc, code, c.exitScope(), 0)
	c.expr(outermost.Iter)
	if !c.does.virtualIterators {
		c.getIter(outermost)
	}
	c.addI(comp.loc, opcode.Call, 0)
	if scope.Coroutine() && comp.kind != genExp {
		c.addAwait(comp.loc, awaitExpr)
	}
}

// beginComp makes the list, set or dict of a comprehension.
func (c *Compiler) beginComp(comp *comprehension) {
	if comp.kind != genExp {
		c.addI(comp.loc, compKinds[comp.kind].build, 0)
	}
}

// argumentIter loads the iterator that is the argument of a comprehension's
// function, or makes it of the argument.
func (c *Compiler) argumentIter(comp *comprehension) {
	switch {
	case !c.does.virtualIterators:
		c.addI(comp.loc, opcode.LoadFast, 0)
	case comp.kind != genExp: // beginGenExp has made that of the others
		c.addI(comp.loc, opcode.LoadFast, 0)
		c.getIter(comp.generators[0])
	}
}

// beginGenExp makes the iterator of a generator expression, which its caller
// does not make.
func (c *Compiler) beginGenExp(outermost *ast.Comprehension) {
	c.addI(instr.NoLoc(), opcode.Resume, atGenExpStart)
	c.addI(outermost.Iter.Span(), opcode.LoadFast, 0)
	c.getIter(outermost)
}

// getIter makes the iterator of a comprehension's clause.
//
// CPython: codegen.c, codegen_comprehension_iter.
func (c *Compiler) getIter(gen *ast.Comprehension) {
	if gen.IsAsync != 0 {
		c.add(gen.Iter.Span(), opcode.GetAiter)
	} else {
		c.add(gen.Iter.Span(), opcode.GetIter)
	}
}

// compGenerator generates the clauses of a comprehension from one on. The depth
// is the number of values of iterators above the result. The outermost iterator is
// on the stack.
//
// CPython: codegen.c, codegen_comprehension_generator.
func (c *Compiler) compGenerator(comp *comprehension, index, depth int) {
	if comp.generators[index].IsAsync != 0 {
		c.asyncCompGenerator(comp, index, depth)
	} else {
		c.syncCompGenerator(comp, index, depth)
	}
}

// syncCompGenerator generates a clause without async:
//
//	           <iterator>
//	start:     FOR_ITER anchor
//	           <target>
//	           <each if, or jump to ifCleanup>
//	           <inner clauses, or the element>
//	ifCleanup: JUMP start
//	anchor:    END_FOR
//	           POP_ITER
//
// An inner clause over a list or tuple of one item is an assignment: there is
// no loop.
//
// CPython: codegen.c, codegen_sync_comprehension_generator.
func (c *Compiler) syncCompGenerator(comp *comprehension, index, depth int) {
	gen := comp.generators[index]
	start, ifCleanup, anchor := c.newLabel(), c.newLabel(), c.newLabel()
	loop := true
	if index > 0 {
		if only, ok := onlyItem(gen.Iter); ok {
			c.expr(only)
			loop = false
		} else {
			c.expr(gen.Iter)
			c.add(gen.Iter.Span(), opcode.GetIter)
		}
	}
	if loop {
		depth += int(c.iteratorSize())
		c.use(start)
		c.addJump(gen.Iter.Span(), opcode.ForIter, anchor)
	}
	c.expr(gen.Target)
	eltLoc := c.compInner(comp, index, depth, ifCleanup)
	c.use(ifCleanup)
	if loop {
		c.addJump(eltLoc, opcode.Jump, start)
		c.use(anchor)
		c.endFor()
	}
}

// onlyItem returns the item of a list or tuple of one item.
func onlyItem(e ast.Expr) (ast.Expr, bool) {
	var elts []ast.Expr
	switch e := e.(type) {
	case *ast.List:
		elts = e.Elts
	case *ast.Tuple:
		elts = e.Elts
	}
	if len(elts) != 1 || hasStarred(elts) {
		return nil, false
	}
	return elts[0], true
}

// asyncCompGenerator generates an async clause:
//
//	           <iterator>
//	start:     SETUP_FINALLY except
//	           GET_ANEXT
//	           LOAD_CONST None
//	send:      <yield from>
//	           POP_BLOCK
//	           <target>
//	           <each if, or jump to ifCleanup>
//	           <inner clauses, or the element>
//	ifCleanup: JUMP start
//	except:    END_ASYNC_FOR send
//
// CPython: codegen.c, codegen_async_comprehension_generator.
func (c *Compiler) asyncCompGenerator(comp *comprehension, index, depth int) {
	gen := comp.generators[index]
	start, send, except, ifCleanup := c.newLabel(), c.newLabel(), c.newLabel(), c.newLabel()
	if index > 0 {
		c.expr(gen.Iter)
		c.add(gen.Iter.Span(), opcode.GetAiter)
	}
	c.use(start)
	c.pushBlock(frameBlock{kind: asyncComprehensionGenerator, block: start, exit: instr.NoLabel, loc: comp.loc})
	c.anext(comp.loc, send, except)
	c.expr(gen.Target)
	eltLoc := c.compInner(comp, index, depth+1, ifCleanup)
	c.use(ifCleanup)
	c.addJump(eltLoc, opcode.Jump, start)
	c.popBlock()
	c.use(except)
	c.addJump(comp.loc, opcode.EndAsyncFor, send)
}

// compInner generates what a clause does for each value: its conditions, and
// the inner clauses or the element. It returns the element's location.
func (c *Compiler) compInner(comp *comprehension, index, depth int, ifCleanup instr.Label) instr.Loc {
	for _, cond := range comp.generators[index].Ifs {
		c.jumpIf(comp.loc, cond, ifCleanup, false)
	}
	loc := comp.elt.Span()
	if index+1 < len(comp.generators) {
		c.compGenerator(comp, index+1, depth)
		return loc
	}
	switch comp.kind {
	case genExp:
		c.yieldElement(comp.elt, loc)
	case dictComp:
		return c.addItem(comp, loc, int32(depth+1))
	case listComp, setComp:
		op := compKinds[comp.kind].add
		if star, ok := comp.elt.(*ast.Starred); ok {
			op = compKinds[comp.kind].extend
			c.expr(star.Value)
		} else {
			c.expr(comp.elt)
		}
		c.addI(loc, op, int32(depth+1))
	}
	return loc
}

// addItem adds an item, or a dict of them, to the result of a dict
// comprehension.
func (c *Compiler) addItem(comp *comprehension, loc instr.Loc, depth int32) instr.Loc {
	c.expr(comp.elt)
	if comp.val == nil {
		c.addI(loc, opcode.DictUpdate, depth)
		return loc
	}
	c.expr(comp.val)
	loc.End = comp.val.Span().End
	c.addI(loc, opcode.MapAdd, depth)
	return loc
}

// yieldElement yields the element of a generator expression, or each item of a
// starred one.
func (c *Compiler) yieldElement(elt ast.Expr, loc instr.Loc) {
	star, starred := elt.(*ast.Starred)
	if !starred {
		c.expr(elt)
		c.addYield(loc)
		c.add(loc, opcode.PopTop)
		return
	}
	start, end := c.newLabel(), c.newLabel()
	c.expr(star.Value)
	c.add(loc, opcode.GetIter)
	c.use(start)
	c.addJump(loc, opcode.ForIter, end)
	c.addYield(loc)
	c.add(loc, opcode.PopTop)
	c.addJump(instr.NoLoc(), opcode.Jump, start)
	c.use(end)
	c.endFor()
}
