package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unparse"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// valueWithFakeGlobals is the largest format that __annotate__ functions know
// by themselves. CPython: pycore_object.h.
const valueWithFakeGlobals = 2

// setupAnnotationsScope begins a function that evaluates annotations, bounds or
// values of types on demand. Those of a function are about its name. It refuses formats that it does not know:
//
//	      LOAD_FAST format, LOAD_CONST 2
//	      COMPARE_OP >
//	      POP_JUMP_IF_FALSE body
//	      LOAD_COMMON_CONSTANT NotImplementedError
//	      RAISE_VARARGS 1
//	body:
//
// CPython: codegen.c, codegen_setup_annotations_scope.
func (c *Compiler) setupAnnotationsScope(loc instr.Loc, scope *symtable.Scope, name, about names.ID) {
	c.enterScope(&newScope{
		name: c.pool.Ident(name), kind: annotationsScope, scope: scope,
		line: loc.Start.Line, args: args{posOnly: 1}, about: about,
	})
	c.addI(loc, opcode.LoadFast, 0)
	c.addInt(loc, valueWithFakeGlobals)
	c.addCompare(loc, ast.Gt)
	body := c.newLabel()
	c.addJump(loc, opcode.PopJumpIfFalse, body)
	c.addI(loc, opcode.LoadCommonConstant, notImplementedError)
	c.addI(loc, opcode.RaiseVarargs, 1)
	c.use(body)
}

// leaveAnnotationsScope makes an __annotate__ function. Its parameter has
// another name for the code within, so that annotations do not see it.
//
// CPython: codegen.c, codegen_leave_annotations_scope.
func (c *Compiler) leaveAnnotationsScope(loc instr.Loc) {
	c.add(loc, opcode.ReturnValue)
	code := c.optimizeAndAssemble(true)
	c.pool.RenameFirstLocal(code, names.Format)
	c.makeClosure(loc, code, c.exitScope(), 0)
}

// processDeferredAnnotations makes the __annotate__ function of a module or
// class. A module's is made before its first statement.
//
// CPython: codegen.c, codegen_process_deferred_annotations.
func (c *Compiler) processDeferredAnnotations(loc instr.Loc) {
	u := c.u
	if len(u.deferred) == 0 {
		return
	}
	if u.kind == moduleScope {
		u.seq = &u.Annotations
		c.seq = u.seq
	}
	c.setupAnnotationsScope(loc, u.scope.Annotations, u.scope.Annotations.Name, names.None)
	c.deferredAnnotationsBody(loc, u)
	c.leaveAnnotationsScope(loc)
	if u.kind == classScope {
		c.nameOp(loc, names.DunderAnnotateFunc, ast.Store)
	} else {
		c.nameOp(loc, names.DunderAnnotate, ast.Store)
	}
	u.seq = &u.Instrs
	c.seq = u.seq
}

// deferredAnnotationsBody builds the dict of a unit's annotations, those left
// out that were not executed.
//
// CPython: codegen.c, codegen_deferred_annotations_body.
func (c *Compiler) deferredAnnotationsBody(loc instr.Loc, outer *codeUnit) {
	c.addI(loc, opcode.BuildMap, 0) // [dict]
	for _, d := range outer.deferred {
		name := c.table.MangleName(c.u.class, d.stmt.Target.(*ast.Name).ID)
		notSet := c.newLabel()
		at := d.stmt.Loc
		if d.index != unconditional {
			c.addInt(at, int64(d.index))
			if outer.kind == classScope {
				c.addI(at, opcode.LoadDeref, c.u.freeArg(names.DunderConditionalAnnotations))
			} else {
				// Faithful: the operand is not shifted as others of
				// LOAD_GLOBAL are, which is right for the first name alone,
				// and this is always the first.
				c.addName(at, opcode.LoadGlobal, names.DunderConditionalAnnotations)
			}
			c.addI(at, opcode.ContainsOp, 0)
			c.addJump(at, opcode.PopJumpIfFalse, notSet)
		}
		c.expr(d.stmt.Annotation)
		c.addI(at, opcode.Copy, 2)
		c.addIdent(at, name)           // [dict, value, dict, name]
		c.add(loc, opcode.StoreSubscr) // [dict]
		c.use(notSet)
	}
}

// functionAnnotations makes the __annotate__ function of a function, and
// returns the flag that says that there is one.
//
// CPython: codegen.c, codegen_function_annotations.
func (c *Compiler) functionAnnotations(f *funcDef, scope *symtable.Scope) funcFlags {
	signature := scope.Signature
	if signature == nil || !signature.AnnotationsUsed() {
		return 0
	}
	c.setupAnnotationsScope(f.loc, signature, signature.Name, f.name)
	n := c.annotationsInScope(f)
	c.addI(f.loc, opcode.BuildMap, n)
	c.leaveAnnotationsScope(f.loc)
	return hasAnnotate
}

// annotationsInScope loads the names and annotations of parameters and result,
// and returns how many there are.
//
// CPython: codegen.c, codegen_annotations_in_scope.
func (c *Compiler) annotationsInScope(f *funcDef) int32 {
	a, n := f.args, int32(0)
	lists := [...][]*ast.Arg{a.Args, a.PosOnly}
	if c.version.Has(pyver.AnnotatesPositionalOnlyFirst) {
		lists[0], lists[1] = a.PosOnly, a.Args
	}
	for _, list := range lists {
		n += c.argAnnotations(f.loc, list)
	}
	n += c.argAnnotation(f.loc, a.Vararg)
	n += c.argAnnotations(f.loc, a.KwOnly)
	n += c.argAnnotation(f.loc, a.Kwarg)
	if f.returns != nil {
		n += c.annotation(f.loc, names.Return, f.returns)
	}
	return n
}

func (c *Compiler) argAnnotations(loc instr.Loc, list []*ast.Arg) int32 {
	n := int32(0)
	for _, a := range list {
		n += c.argAnnotation(loc, a)
	}
	return n
}

// argAnnotation loads the annotation of a parameter, if there are both.
//
// CPython: codegen.c, codegen_argannotation.
func (c *Compiler) argAnnotation(loc instr.Loc, a *ast.Arg) int32 {
	if a == nil || a.Annotation == nil {
		return 0
	}
	return c.annotation(loc, a.Name, a.Annotation)
}

func (c *Compiler) annotation(loc instr.Loc, name names.ID, e ast.Expr) int32 {
	c.addIdent(loc, c.mangle(name))
	star, starred := e.(*ast.Starred)
	switch {
	case c.futureAnnotations():
		c.annExpr(e)
	case starred: // *args: *Ts, whose only item is the annotation
		c.expr(star.Value)
		c.addI(loc, opcode.UnpackSequence, 1)
	default:
		c.expr(e)
	}
	return 1
}

// annExpr loads the text of an annotation.
//
// CPython: codegen.c, codegen_visit_annexpr.
func (c *Compiler) annExpr(e ast.Expr) {
	text, err := unparse.Append(c.text[:0], e, c.names, c.version)
	if err != nil {
		panic(bailout{&diag.Error{Class: diag.ValueError, Msg: err.Error()}})
	}
	c.text = text
	c.addStr(e.Span(), c.newText())
}

// defaultFormat is the tuple of the default of the parameter of functions that
// evaluate bounds and values: the format VALUE.
func (c *Compiler) defaultFormat() *pyc.Tuple {
	items := c.pool.Slots(1)
	items[0] = c.pool.Int(1)
	return c.pool.Tuple(items)
}
