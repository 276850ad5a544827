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
	name       string
	build, add opcode.Op
}{
	genExp:   {name: "<genexpr>"},
	listComp: {"<listcomp>", opcode.BuildList, opcode.ListAppend},
	setComp:  {"<setcomp>", opcode.BuildSet, opcode.SetAdd},
	dictComp: {"<dictcomp>", opcode.BuildMap, opcode.MapAdd},
}

// A comprehension is a comprehension or generator expression.
type comprehension struct {
	node       ast.Expr
	loc        instr.Loc
	kind       compKind
	generators []*ast.Comprehension
	elt, val   ast.Expr // the value of a dict's item
}

// comprehension generates a comprehension: in place, or as a function that is
// called with the outermost iterator.
//
// CPython: codegen.c, codegen_comprehension.
func (c *Compiler) comprehension(comp *comprehension) {
	scope := c.table.Lookup(comp.node)
	outermost := comp.generators[0]
	if scope.Inlined() {
		c.compIter(outermost)
		state := c.pushInlined(comp.loc, scope)
		c.beginComp(comp)
		if comp.kind != genExp {
			c.addI(comp.loc, opcode.Swap, 2)
		}
		c.compGenerator(comp, 0, 0, true)
		c.popInlined(comp.loc, state)
		return
	}
	c.enterScope(newScope{
		name: c.pool.Str(compKinds[comp.kind].name), kind: comprehensionScope, scope: scope,
		line: comp.loc.Start.Line, args: args{positional: 1},
	})
	c.beginComp(comp)
	c.compGenerator(comp, 0, 0, false)
	if comp.kind == genExp {
		c.wrapInStopIterationHandler()
	} else {
		c.add(comp.loc, opcode.ReturnValue)
	}
	code := c.optimizeAndAssemble(true)
	c.makeClosure(comp.loc, code, c.exitScope(), 0)
	c.compIter(outermost)
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

// compIter loads the iterator of a comprehension's clause.
//
// CPython: codegen.c, codegen_comprehension_iter.
func (c *Compiler) compIter(gen *ast.Comprehension) {
	c.expr(gen.Iter)
	if gen.IsAsync != 0 {
		c.add(gen.Iter.Span(), opcode.GetAiter)
	} else {
		c.add(gen.Iter.Span(), opcode.GetIter)
	}
}

// compGenerator generates the clauses of a comprehension from one on. The depth
// is the number of iterators above the result. The outermost iterator is on the
// stack of an inlined comprehension, and the argument of another one.
//
// CPython: codegen.c, codegen_comprehension_generator.
func (c *Compiler) compGenerator(comp *comprehension, index, depth int, iterOnStack bool) {
	if comp.generators[index].IsAsync != 0 {
		c.asyncCompGenerator(comp, index, depth, iterOnStack)
	} else {
		c.syncCompGenerator(comp, index, depth, iterOnStack)
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
func (c *Compiler) syncCompGenerator(comp *comprehension, index, depth int, iterOnStack bool) {
	gen := comp.generators[index]
	start, ifCleanup, anchor := c.newLabel(), c.newLabel(), c.newLabel()
	loop := true
	switch {
	case iterOnStack:
	case index == 0:
		c.addI(comp.loc, opcode.LoadFast, 0)
	default:
		if only, ok := onlyItem(gen.Iter); ok {
			c.expr(only)
			loop = false
		} else {
			c.expr(gen.Iter)
			c.add(gen.Iter.Span(), opcode.GetIter)
		}
	}
	if loop {
		depth++
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
func (c *Compiler) asyncCompGenerator(comp *comprehension, index, depth int, iterOnStack bool) {
	gen := comp.generators[index]
	start, send, except, ifCleanup := c.newLabel(), c.newLabel(), c.newLabel(), c.newLabel()
	switch {
	case iterOnStack:
	case index == 0:
		c.addI(comp.loc, opcode.LoadFast, 0)
	default:
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
		c.compGenerator(comp, index+1, depth, false)
		return loc
	}
	c.expr(comp.elt)
	switch comp.kind {
	case genExp:
		c.addYield(loc)
		c.add(loc, opcode.PopTop)
		return loc
	case dictComp:
		c.expr(comp.val)
		loc.End = comp.val.Span().End
	case listComp, setComp:
	}
	c.addI(loc, compKinds[comp.kind].add, int32(depth+1))
	return loc
}
