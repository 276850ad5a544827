package assemble

import (
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
func (a *Assembler) makeCode(u *unit.Unit, c pyc.Code) *pyc.Code {
	c.Names = a.pool.MergeIdents(u.Names.IDs())
	c.Consts = u.Consts.Merged(a.pool)
	c.ArgCount = u.PosOnlyArgCount + u.ArgCount
	c.PosOnlyArgCount = u.PosOnlyArgCount
	c.KwOnlyArgCount = u.KwOnlyArgCount
	c.Flags = u.Flags
	c.FirstLine = u.FirstLine
	c.Filename, c.Name, c.QualName = u.Filename, u.Name, u.QualName
	if c.QualName == nil {
		c.QualName = c.Name
	}
	a.localsPlus(u)
	c.LocalsPlusKinds = a.pool.Kinds(a.kinds)
	c.LocalsPlusNames = a.pool.MergeIdents(a.locals)
	return a.pool.NewCode(c)
}

// localsPlus lists the names and kinds of all locals, cells and free variables.
//
// CPython: assemble.c, compute_localsplus_info.
func (a *Assembler) localsPlus(u *unit.Unit) {
	a.locals, a.kinds = append(a.locals[:0], u.VarNames.IDs()...), a.kinds[:0]
	for i, id := range u.VarNames.IDs() {
		kind := kindLocal | a.parameterKind(u, int32(i))
		if _, ok := u.Hidden.Lookup(id); ok {
			kind |= kindHidden
		}
		if _, ok := u.CellVars.Lookup(id); ok {
			kind |= kindCell
		}
		a.kinds = append(a.kinds, kind)
	}
	for _, id := range u.CellVars.IDs() {
		if _, ok := u.VarNames.Lookup(id); !ok { // others share the local's slot
			a.locals, a.kinds = append(a.locals, id), append(a.kinds, kindCell)
		}
	}
	for _, id := range u.FreeVars.IDs() {
		a.locals, a.kinds = append(a.locals, id), append(a.kinds, kindFree)
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
