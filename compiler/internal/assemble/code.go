package assemble

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// The bits of LocalsPlusKinds. CPython: pycore_code.h.
const (
	kindArgPos = 0x02 // a positional parameter
	kindArgKw  = 0x04 // a parameter that is passed by name
	kindArgVar = 0x08 // *args or **kwargs
	kindHidden = 0x10
	kindLocal  = 0x20
	kindCell   = 0x40
	kindFree   = 0x80
)

// makeCode fills in the other slots of a code object and makes it.
//
// CPython: assemble.c, makecode.
func (a *Assembler) makeCode(u *unit.Unit, shape Shape, c pyc.Code) *pyc.Code {
	c.Names = a.merge(a.identifiers(&u.Names))
	consts := a.pool.Slots(u.Consts.Len())
	copy(consts, u.Consts.List())
	c.Consts = a.merge(consts)
	c.ArgCount = u.PosOnlyArgCount + u.ArgCount
	c.PosOnlyArgCount = u.PosOnlyArgCount
	c.KwOnlyArgCount = u.KwOnlyArgCount
	c.StackSize = max(shape.StackDepth, a.minStack)
	c.Flags = u.Flags
	c.FirstLine = u.FirstLine
	c.Filename, c.Name, c.QualName = u.Filename, u.Name, u.QualName
	if c.QualName == nil {
		c.QualName = c.Name
	}
	locals := a.pool.Slots(shape.LocalsPlus)
	a.localsPlus(u, locals)
	c.LocalsPlusKinds = a.pool.Kinds(a.kinds)
	c.LocalsPlusNames = a.merge(locals)
	return a.pool.NewCode(c)
}

func (a *Assembler) merge(items []pyc.Object) *pyc.Tuple {
	o, _ := a.pool.MergeOne(a.pool.Tuple(items))
	return o.(*pyc.Tuple)
}

func (a *Assembler) identifiers(s *unit.NameSet) []pyc.Object {
	items := a.pool.Slots(s.Len())
	for i, id := range s.IDs() {
		items[i] = a.pool.Ident(id)
	}
	return items
}

// localsPlus fills in the names and kinds of all locals, cells and free
// variables.
//
// CPython: assemble.c, compute_localsplus_info.
func (a *Assembler) localsPlus(u *unit.Unit, slots []pyc.Object) {
	a.kinds = append(a.kinds[:0], make([]byte, len(slots))...)
	set := func(slot int, id names.ID, kind byte) {
		slots[slot] = a.pool.Ident(id)
		a.kinds[slot] = kind
	}
	locals := u.VarNames.IDs()
	for i, id := range locals {
		kind := kindLocal | a.parameterKind(u, int32(i))
		if _, ok := u.Hidden.Lookup(id); ok {
			kind |= kindHidden
		}
		if _, ok := u.CellVars.Lookup(id); ok {
			kind |= kindCell
		}
		set(i, id, kind)
	}
	slot := len(locals)
	for _, id := range u.CellVars.IDs() {
		if _, ok := u.VarNames.Lookup(id); !ok { // others share the local's slot
			set(slot, id, kindCell)
			slot++
		}
	}
	for i, id := range u.FreeVars.IDs() {
		set(slot+i, id, kindFree)
	}
}

// parameterKind returns the bits that say how a local is passed, if it is a
// parameter.
func (a *Assembler) parameterKind(u *unit.Unit, local int32) byte {
	if !a.argKinds {
		return 0
	}
	star, starStar := int32(0), int32(0)
	if u.Flags&unit.FlagVarArgs != 0 {
		star = 1
	}
	if u.Flags&unit.FlagVarKeywords != 0 {
		starStar = 1
	}
	for _, group := range [...]struct {
		count int32
		kind  byte
	}{
		{u.PosOnlyArgCount, kindArgPos},
		{u.ArgCount, kindArgPos | kindArgKw},
		{u.KwOnlyArgCount, kindArgKw},
		{star, kindArgVar | kindArgPos},
		{starStar, kindArgVar | kindArgKw},
	} {
		if local < group.count {
			return group.kind
		}
		local -= group.count
	}
	return 0
}
