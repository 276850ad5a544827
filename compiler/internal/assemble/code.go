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
	a.locals, a.kinds = append(a.locals[:0], u.VarNames.IDs()...), resize(a.kinds, u.VarNames.Len())
	for i := range a.kinds {
		a.kinds[i] = kindLocal
	}
	if a.argKinds {
		markParameters(a.kinds, u)
	}
	for _, id := range u.Hidden.IDs() {
		if i, ok := u.VarNames.Lookup(id); ok {
			a.kinds[i] |= kindHidden
		}
	}
	for _, id := range u.CellVars.IDs() {
		if i, ok := u.VarNames.Lookup(id); ok { // it shares the local's slot
			a.kinds[i] |= kindCell
		} else {
			a.locals, a.kinds = append(a.locals, id), append(a.kinds, kindCell)
		}
	}
	for _, id := range u.FreeVars.IDs() {
		a.locals, a.kinds = append(a.locals, id), append(a.kinds, kindFree)
	}
}

// markParameters adds the bits that say how a local is passed to the kinds of the
// parameters, which are the first of the locals.
func markParameters(kinds []byte, u *unit.Unit) {
	kinds = mark(kinds, u.PosOnlyArgCount, kindArgPos)
	kinds = mark(kinds, u.ArgCount, kindArgPos|kindArgKw)
	kinds = mark(kinds, u.KwOnlyArgCount, kindArgKw)
	if u.Flags&unit.FlagVarArgs != 0 {
		kinds = mark(kinds, 1, kindArgVar|kindArgPos)
	}
	if u.Flags&unit.FlagVarKeywords != 0 {
		mark(kinds, 1, kindArgVar|kindArgKw)
	}
}

// mark adds bits to the first n kinds and returns the others.
func mark(kinds []byte, n int32, bits byte) []byte {
	n = min(n, int32(len(kinds)))
	for i := range kinds[:n] {
		kinds[i] |= bits
	}
	return kinds[n:]
}
