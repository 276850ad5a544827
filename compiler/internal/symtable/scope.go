// Package symtable finds out, for each block of a module, which names it has
// and where each name lives: in a fast local, in a cell shared with inner
// functions, among the globals, or in the namespace of a class or module.
//
// It takes a parsed and preprocessed module and gives a Table of Scopes, one
// for each block that has a namespace of its own: the module, classes,
// functions, lambdas, comprehensions, annotations, type aliases, and lists of
// type parameters. It raises the errors that CPython's symbol table raises.
//
// Invariants: symbols are in CPython's insertion order, which reaches the
// bytes; names are mangled in the Table and not in the tree; a Table is valid
// until its Builder builds the next one. CPython: symtable.c, future.c.
package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

// A BlockType is the kind of block that a Scope is for.
type BlockType uint8

// The kinds of blocks, with CPython's numbers.
const (
	Function BlockType = iota // also lambdas and comprehensions
	Class
	Module
	Annotation     // annotations, whether they are evaluated or not
	TypeAlias      // the value of a type statement
	TypeParameters // the type parameters of a function, class or type alias
	TypeVariable   // the bound, constraints or default of one type parameter
)

// A Comprehension is the kind of comprehension that a function scope is for.
type Comprehension uint8

// The kinds of comprehensions, with CPython's numbers.
const (
	NoComprehension Comprehension = iota
	ListComprehension
	DictComprehension
	SetComprehension
	GeneratorExpression
)

// Flags say how a scope uses a name, and what its analysis found. The bits
// below scopeShift are CPython's.
type Flags uint32

// What a scope does with a name. CPython: pycore_symtable.h, DEF_GLOBAL and
// so on.
const (
	DefGlobal    Flags = 1 << 0  // in a global statement
	DefLocal     Flags = 1 << 1  // assigned
	DefParam     Flags = 1 << 2  // a parameter
	DefNonlocal  Flags = 1 << 3  // in a nonlocal statement
	Use          Flags = 1 << 4  // read
	DefFreeClass Flags = 1 << 6  // a class's name that its methods take from further out
	DefImport    Flags = 1 << 7  // assigned by an import
	DefAnnot     Flags = 1 << 8  // annotated
	DefCompIter  Flags = 1 << 9  // an iteration variable of a comprehension
	DefTypeParam Flags = 1 << 10 // a type parameter
	DefCompCell  Flags = 1 << 11 // a cell of an inlined comprehension

	DefBound = DefLocal | DefParam | DefImport

	scopeShift = 12
	defMask    = 1<<scopeShift - 1
)

// A Place is where a name of a scope lives.
type Place uint8

// The places, with CPython's numbers. NoPlace is that of a name that the scope
// does not have.
const (
	NoPlace Place = iota
	Local
	GlobalExplicit // in a global statement
	GlobalImplicit // not bound in any enclosing function
	Free           // a cell of an enclosing scope
	Cell           // a local that inner scopes share
)

// InClosure is the bits of which a name has one or more if it is a cell or free
// variable, or both.
const InClosure = DefCompCell | DefFreeClass | Flags(Free&Cell)<<scopeShift

// Place returns where the name lives.
func (f Flags) Place() Place { return Place(f >> scopeShift & 0xf) }

// Defs returns the flags without the place.
func (f Flags) Defs() Flags { return f & defMask }

// A Symbol is a name of a scope.
type Symbol struct {
	Name  names.ID // mangled
	Flags Flags
}

// A Scope is the namespace of one block.
type Scope struct {
	// Name is that of the function, class, type alias or type parameter;
	// otherwise one of CPython's words: top, lambda, genexpr, listcomp,
	// setcomp, dictcomp (in angle brackets or not, by the version),
	// __annotate__ or _annotation.
	Name names.ID
	Loc  source.Span // of the block; all 0 for the module
	Type BlockType
	// Comprehension says which comprehension a function scope is for.
	Comprehension Comprehension
	bits          scopeBits
	iterExprs     int32 // iterable expressions of comprehensions around the node being visited

	// VarNames are the parameters, mangled, in the order of symbols:
	// positional ones, keyword-only ones, *args, **kwargs.
	VarNames []names.ID
	Children []*Scope
	// Annotations is the scope of the variable annotations of a module,
	// class or function, nil if there are none.
	Annotations *Scope
	// Signature is the scope of the annotations of a function's parameters
	// and result, nil if there are none or where they have no scope. CPython
	// makes an empty one then: see hasBareSignature.
	Signature *Scope
	// TypeParams is the scope of the type parameters of a function, class or
	// type alias, nil if it has none.
	TypeParams *Scope

	number     int32 // among the scopes of the module
	symbols    []Symbol
	table      symbolIndex
	directives []directive
	mangled    *mangledSet // the only names to mangle here; nil for all
	info       string      // what the type variable's expression is, for errors
	outer      *Scope      // during the visit
}

// scopeBits are facts of a scope.
type scopeBits uint32

const (
	nested scopeBits = 1 << iota
	generator
	coroutine
	annotationsUsed
	varargs
	varkeywords
	returnsValue
	needsClassClosure
	needsClassdict
	compInlined
	compIterTarget
	canSeeClassScope
	hasDocstring
	method
	hasConditionalAnnotations
	inConditionalBlock
	inUnevaluatedAnnotation
	inTryBlock
	reentered
	// hasBareSignature says that a function in the scope, which sees a class or
	// is one, has no annotations. Their scope, were there one, would use
	// __classdict__.
	hasBareSignature
)

func (s *Scope) has(b scopeBits) bool { return s.bits&b != 0 }

func (s *Scope) set(b scopeBits, on bool) {
	if on {
		s.bits |= b
	} else {
		s.bits &^= b
	}
}

// Nested reports whether the scope is within a function.
func (s *Scope) Nested() bool { return s.has(nested) }

// Generator reports whether the scope yields.
func (s *Scope) Generator() bool { return s.has(generator) }

// Coroutine reports whether the scope is asynchronous.
func (s *Scope) Coroutine() bool { return s.has(coroutine) }

// AnnotationsUsed reports whether a signature's scope has an annotation, or
// another scope an annotated variable.
func (s *Scope) AnnotationsUsed() bool { return s.has(annotationsUsed) }

// VarArgs reports whether the function has an *args parameter.
func (s *Scope) VarArgs() bool { return s.has(varargs) }

// VarKeywords reports whether the function has a **kwargs parameter.
func (s *Scope) VarKeywords() bool { return s.has(varkeywords) }

// ReturnsValue reports whether the function has a return with a value.
func (s *Scope) ReturnsValue() bool { return s.has(returnsValue) }

// NeedsClassClosure reports whether methods of the class use __class__.
func (s *Scope) NeedsClassClosure() bool { return s.has(needsClassClosure) }

// NeedsClassdict reports whether inner scopes see the class's namespace
// through __classdict__.
func (s *Scope) NeedsClassdict() bool { return s.has(needsClassdict) }

// Inlined reports whether the comprehension is part of the code around it.
func (s *Scope) Inlined() bool { return s.has(compInlined) }

// CanSeeClassScope reports whether names of the enclosing class are visible.
func (s *Scope) CanSeeClassScope() bool { return s.has(canSeeClassScope) }

// HasDocstring reports whether the block begins with a docstring.
func (s *Scope) HasDocstring() bool { return s.has(hasDocstring) }

// Method reports whether the function is directly in a class.
func (s *Scope) Method() bool { return s.has(method) }

// HasConditionalAnnotations reports whether the block keeps track of which
// annotations were executed, in __conditional_annotations__.
func (s *Scope) HasConditionalAnnotations() bool { return s.has(hasConditionalAnnotations) }

// IsFunctionLike reports whether the block becomes a function: its locals are
// fast, and inner scopes see them. CPython: symtable.c, _PyST_IsFunctionLike.
func (s *Scope) IsFunctionLike() bool { return s.Type != Class && s.Type != Module }

// Symbols returns the names of the scope in the order in which it got them.
func (s *Scope) Symbols() []Symbol { return s.symbols }

// Lookup returns the flags of a mangled name, 0 if the scope does not have it.
// CPython: symtable.c, _PyST_GetSymbol.
func (s *Scope) Lookup(name names.ID) Flags {
	if i := s.index(name); i >= 0 {
		return s.symbols[i].Flags
	}
	return 0
}

// PlaceOf returns where a mangled name lives, NoPlace if the scope does not
// have it. CPython: symtable.c, _PyST_GetScope.
func (s *Scope) PlaceOf(name names.ID) Place { return s.Lookup(name).Place() }
