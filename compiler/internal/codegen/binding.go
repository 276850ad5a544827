package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A binding is what is known of a name in the unit that entered it last. It
// spares the innermost unit, which nearly always is that one, to ask the symbol
// table and its own lists for each use of a name.
type binding struct {
	unit   uint32 // the number of that unit
	arg    int32  // the name's number in the unit's list, or unnumbered
	place  symtable.Place
	access access
}

// unnumbered is the number of a name that no instruction has needed yet.
const unnumbered = -1

// An access is how an instruction reaches a name, where one is enough.
type access uint8

const (
	unknown access = iota // or by more than one instruction
	fast
	global
	plain // in the namespace of a module or class
)

// accesses are how the symbols of a scope are reached, by place.
type accesses [8]access

var (
	// inFunction is for functions and what is like them, but not in annotations
	// and the like within a class, which look there too.
	inFunction = accesses{symtable.Local: fast, symtable.GlobalImplicit: global, symtable.GlobalExplicit: global}
	inClass    = accesses{symtable.Local: fast, symtable.GlobalExplicit: global}
	inModule   = accesses{symtable.Local: plain, symtable.GlobalImplicit: plain, symtable.GlobalExplicit: global}
)

// accesses returns how the symbols of a scope are reached, inlined
// comprehensions apart.
func accessesOf(s *symtable.Scope) *accesses {
	switch {
	case !s.IsFunctionLike():
		return &inModule
	case s.CanSeeClassScope():
		return &inClass
	}
	return &inFunction
}

// accessOps are the instructions for a name, by what is done with it.
var accessOps = [4][4]opcode.Op{
	fast:   {ast.Load: opcode.LoadFast, ast.Store: opcode.StoreFast, ast.Del: opcode.DeleteFast},
	global: {ast.Load: opcode.LoadGlobal, ast.Store: opcode.StoreGlobal, ast.Del: opcode.DeleteGlobal},
	plain:  {ast.Load: opcode.LoadName, ast.Store: opcode.StoreName, ast.Del: opcode.DeleteName},
}

// instruction returns the instruction for the name and its operand.
func (b *binding) instruction(ctx ast.Context) (opcode.Op, int32) {
	op, arg := accessOps[b.access&3][ctx&3], b.arg
	if op == opcode.LoadGlobal {
		arg <<= 1
	}
	return op, arg
}

// bindingOf returns the binding of a name, which may be another unit's.
func (c *Compiler) bindingOf(name names.ID) *binding {
	if int(name) < len(c.bindings) {
		return &c.bindings[name]
	}
	return c.newBinding(name)
}

// newBinding makes room for a name that mangling has made.
//
//go:noinline // it is rare
func (c *Compiler) newBinding(name names.ID) *binding {
	c.bindings = append(c.bindings, make([]binding, int(name)+1-len(c.bindings))...)
	return &c.bindings[name]
}

// resetBindings forgets all bindings, and makes room for those of n names.
func (c *Compiler) resetBindings(n int) {
	if cap(c.bindings) < n || cap(c.bindings) > maxBindings {
		c.bindings = make([]binding, n)
	}
	c.bindings = c.bindings[:n]
	clear(c.bindings)
	c.numbers = 0
}

// maxBindings is the number of bindings whose memory is kept.
const maxBindings = 1 << 16

// renumber gives the innermost unit a new number. It has no bindings then.
func (c *Compiler) renumber() {
	c.numbers++
	c.number, c.u.number = c.numbers, c.numbers
}

// admit gives a name that is bound in the innermost unit its number there, if
// one instruction reaches it.
//
//go:noinline // most uses of a name are not the first
func (c *Compiler) admit(b *binding, name names.ID) bool {
	switch b.access {
	case unknown:
		return false
	case fast:
		b.arg = c.u.VarNames.Add(name)
	case global, plain:
		b.arg = c.u.Names.Add(name)
	}
	return true
}

// placeOf returns where a mangled name lives in a unit.
func (c *Compiler) placeOf(u *codeUnit, name names.ID) symtable.Place {
	if b := c.bindingOf(name); b.unit == u.number {
		return b.place
	}
	return u.scope.PlaceOf(name)
}
