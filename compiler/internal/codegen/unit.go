package codegen

import (
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A scopeKind is what a unit is the code of.
//
// CPython: pycore_compile.h, COMPILE_SCOPE_MODULE and so on.
type scopeKind uint8

const (
	moduleScope scopeKind = iota
	classScope
	functionScope
	asyncFunctionScope
	lambdaScope
	comprehensionScope
	annotationsScope
)

// A codeUnit is a unit in the making, with what only the code generator needs
// to know of it.
//
// CPython: compile.c, struct compiler_unit.
type codeUnit struct {
	unit.Unit
	seq          *instr.Sequence
	scope        *symtable.Scope
	number       uint32 // of its bindings
	kind         scopeKind
	functionLike bool
	class        names.ID // whose private names are mangled; names.None outside of classes
	blocks       []frameBlock
	start        int // instructions before the code proper

	// staticAttributes are the attributes that the methods of a class assign to
	// self.
	staticAttributes unit.NameSet

	deferred        []deferredAnnotation
	nextConditional int32 // the index of the next annotation that may not be executed
	conditional     int   // statements around whose body may not be executed

	inlinedComps int        // inlined comprehensions around
	fastHidden   []names.ID // names that are fast locals within them
}

// A deferredAnnotation is an annotation to evaluate in __annotate__.
type deferredAnnotation struct {
	stmt  *ast.AnnAssign
	index int32 // in __conditional_annotations__; unconditional
}

const unconditional = -1

// args are the numbers of parameters of a unit.
type args struct{ posOnly, positional, kwOnly int32 }

func countArgs(a *ast.Arguments) args {
	return args{int32(len(a.PosOnly)), int32(len(a.Args)), int32(len(a.KwOnly))}
}

// A newScope says how to begin a unit.
type newScope struct {
	name  *pyc.Str
	kind  scopeKind
	scope *symtable.Scope
	line  int32    // 1-based
	class names.ID // names.None for that of the unit around
	args  args
	about names.ID // the function whose annotations these are, if any
	// begin adds what a generator does before its caller has it; nil for
	// nothing.
	begin func()
}

// enterScope begins a unit within the innermost one.
//
// CPython: codegen.c, codegen_enter_scope.
func (c *Compiler) enterScope(s *newScope) {
	c.pushUnit(s)
	loc := lineStart(s.line)
	if s.kind == moduleScope {
		loc.Start.Line = 0
	}
	if c.does.beginsGenerators && s.begin != nil {
		s.begin()
	}
	if c.does.beginsGenerators && (s.scope.Generator() || s.scope.Coroutine()) && c.u.functionLike {
		none := instr.Loc{Start: source.Pos{Line: s.line, Col: -1}, End: source.Pos{Line: s.line, Col: -1}}
		c.add(none, opcode.ReturnGenerator)
		c.add(none, opcode.PopTop)
	}
	c.u.start = c.seq.Len()
	c.addI(loc, opcode.Resume, atFuncStart)
	if s.kind == moduleScope {
		c.add(loc, opcode.AnnotationsPlaceholder)
	}
}

// lineStart returns the location of the start of a line.
func lineStart(line int32) instr.Loc {
	return instr.Loc{Start: source.Pos{Line: line}, End: source.Pos{Line: line}}
}

// enterAnonymousScope begins the unit of the module.
//
// CPython: codegen.c, _PyCodegen_EnterAnonymousScope.
func (c *Compiler) enterAnonymousScope() {
	c.enterScope(&newScope{name: c.pool.Str("<module>"), kind: moduleScope, scope: c.table.Top, line: 1})
}

// pushUnit makes a new unit the innermost one.
//
// CPython: compile.c, _PyCompile_EnterScope.
func (c *Compiler) pushUnit(s *newScope) {
	u := c.newUnit()
	u.Filename, u.Name, u.FirstLine = c.filename, s.name, s.line
	u.PosOnlyArgCount, u.ArgCount, u.KwOnlyArgCount = s.args.posOnly, s.args.positional, s.args.kwOnly
	u.kind, u.scope, u.functionLike = s.kind, s.scope, s.scope.IsFunctionLike()
	u.start = 0
	if c.u != nil {
		c.stack = append(c.stack, c.u)
	}
	c.u, c.seq = u, u.seq
	c.renumber()
	c.addNames(u)
	if s.scope.NeedsClassClosure() {
		u.CellVars.Add(names.DunderClass)
	}
	if s.scope.NeedsClassdict() {
		u.CellVars.Add(names.DunderClassDict)
	}
	if s.scope.HasConditionalAnnotations() {
		u.CellVars.Add(names.DunderConditionalAnnotations)
	}
	if u.class = s.class; u.class == names.None && len(c.stack) > 0 {
		u.class = c.stack[len(c.stack)-1].class
	}
	if s.kind != moduleScope {
		c.setQualName(s.about)
	}
}

// newUnit returns an empty unit.
func (c *Compiler) newUnit() *codeUnit {
	if n := len(c.spare); n > 0 {
		u := c.spare[n-1]
		c.spare = c.spare[:n-1]
		return u
	}
	u := new(codeUnit)
	u.seq = &u.Instrs
	return u
}

// recycle empties a unit for later use.
func (c *Compiler) recycle(u *codeUnit) {
	u.Reset()
	u.seq, u.scope = &u.Instrs, nil
	u.blocks = u.blocks[:0]
	u.staticAttributes.Reset()
	clear(u.deferred)
	u.deferred = u.deferred[:0]
	u.nextConditional, u.conditional, u.inlinedComps = 0, 0, 0
	u.fastHidden = u.fastHidden[:0]
	c.spare = append(c.spare, u)
}

// addNames enters the names of the innermost unit's scope: the parameters, the
// cells and free variables, and the places of all.
func (c *Compiler) addNames(u *codeUnit) {
	scope, accesses := u.scope, accessesOf(u.scope)
	bindings, number, all := c.bindings, c.number, symtable.Flags(0)
	for _, sym := range scope.Symbols() {
		place := sym.Flags.Place()
		bindings[sym.Name] = binding{number, unnumbered, place, accesses[place&7]}
		all |= sym.Flags
	}
	if all&symtable.InClosure != 0 {
		c.addClosure(u)
	}
	for i, name := range scope.VarNames {
		u.VarNames.Add(name)
		if b := &bindings[name]; b.access == fast {
			b.arg = int32(i)
		}
	}
	u.ParamCount = int32(len(scope.VarNames))
}

// addClosure enters the cells and free variables, each sorted by code points. A
// name may be both.
//
// CPython: compile.c, dictbytype.
func (c *Compiler) addClosure(u *codeUnit) {
	for _, sym := range u.scope.Symbols() {
		place := sym.Flags.Place()
		if place == symtable.Cell || sym.Flags&symtable.DefCompCell != 0 {
			c.cells = append(c.cells, sym.Name)
		}
		if place == symtable.Free || sym.Flags&symtable.DefFreeClass != 0 {
			c.free = append(c.free, sym.Name)
		}
	}
	c.addSorted(&u.CellVars, &c.cells)
	c.addSorted(&u.FreeVars, &c.free)
}

// addSorted moves names to a set, sorted by code points.
func (c *Compiler) addSorted(set *unit.NameSet, from *[]names.ID) {
	ids := *from
	if len(ids) > 1 {
		slices.SortFunc(ids, func(a, b names.ID) int { return strings.Compare(c.names.Text(a), c.names.Text(b)) })
	}
	for _, id := range ids {
		set.Add(id)
	}
	*from = ids[:0]
}

// exitScope makes the unit around the innermost one the innermost one. It
// returns the one that it left, which the caller recycles.
//
// CPython: compile.c, _PyCompile_ExitScope.
func (c *Compiler) exitScope() *codeUnit {
	left := c.u
	if n := len(c.stack); n > 0 {
		c.u = c.stack[n-1]
		c.stack = c.stack[:n-1]
		c.seq, c.number = c.u.seq, c.u.number
	} else {
		c.u, c.seq = nil, nil
	}
	return left
}

// setQualName sets the qualified name of the innermost unit: its path through
// the units around it, and the function that it is about, if any.
//
// CPython: compile.c, compiler_set_qualname.
func (c *Compiler) setQualName(about names.ID) {
	u := c.u
	u.QualName = u.Name
	c.text = c.text[:0]
	if around := len(c.stack); around > 1 {
		parent := c.stack[around-1]
		if parent.kind == annotationsScope {
			if around == 2 {
				return
			}
			parent = c.stack[around-2]
		}
		if !c.isGlobalIn(parent) {
			c.text = append(c.text, parent.QualName.Value...)
			switch parent.kind {
			case functionScope, asyncFunctionScope, lambdaScope:
				c.text = append(c.text, ".<locals>"...)
			}
		}
	}
	if about != names.None && c.does.qualifiesAnnotate {
		c.appendPath(c.names.Text(about))
	}
	if len(c.text) > 0 {
		c.appendPath(u.Name.Value)
		u.QualName = c.pool.Str(c.newText())
	}
}

// appendPath appends a name to a qualified name.
func (c *Compiler) appendPath(name string) {
	if len(c.text) > 0 {
		c.text = append(c.text, '.')
	}
	c.text = append(c.text, name...)
}

// isGlobalIn reports whether the innermost unit is a function or class whose
// name is in a global statement of the unit around it.
func (c *Compiler) isGlobalIn(parent *codeUnit) bool {
	switch c.u.kind {
	case functionScope, asyncFunctionScope, classScope:
		return c.placeOf(parent, c.table.MangleName(parent.class, c.u.scope.Name)) == symtable.GlobalExplicit
	}
	return false
}

// optimizeAndAssemble makes the code object of the innermost unit.
//
// CPython: compile.c, _PyCompile_OptimizeAndAssemble.
func (c *Compiler) optimizeAndAssemble(addNone bool) *pyc.Code {
	c.u.Flags = c.codeFlags()
	if addNone {
		c.addNone(instr.NoLoc())
	}
	c.add(instr.NoLoc(), opcode.ReturnValue)
	code, err := c.finish(&c.u.Unit)
	if err != nil {
		panic(bailout{err})
	}
	return code
}

// The bits of co_flags that the code generator sets. CPython: code.h.
const (
	flagOptimized    = 0x01
	flagNewLocals    = 0x02
	flagNested       = 0x10
	flagHasDocstring = 0x4000000
	flagMethod       = 0x8000000
)

// codeFlags returns co_flags of the innermost unit.
//
// CPython: compile.c, compute_code_flags.
func (c *Compiler) codeFlags() uint32 {
	s := c.u.scope
	flags := c.table.Future.Flags
	set := func(on bool, flag uint32) {
		if on {
			flags |= flag
		}
	}
	if c.u.functionLike {
		flags |= flagNewLocals | flagOptimized
		set(s.Nested(), flagNested)
		set(s.Generator() && !s.Coroutine(), unit.FlagGenerator)
		set(s.Generator() && s.Coroutine(), unit.FlagAsyncGenerator)
		set(s.VarArgs(), unit.FlagVarArgs)
		set(s.VarKeywords(), unit.FlagVarKeywords)
		set(s.HasDocstring(), flagHasDocstring)
		set(s.Method(), flagMethod)
	}
	set(s.Coroutine() && !s.Generator(), unit.FlagCoroutine)
	return flags
}

// freeArg returns the operand of a free variable: free variables come after the
// cells. CPython numbers one that the scope does not have without the cells.
//
// CPython: compile.c, _PyCompile_DictAddObj.
func (u *codeUnit) freeArg(name names.ID) int32 {
	if i, ok := u.FreeVars.Lookup(name); ok {
		return int32(u.CellVars.Len()) + i
	}
	return u.FreeVars.Add(name)
}
