package object

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// NewCode makes a code object with the slots of c: it interns what CPython
// interns when it makes one. Consts is changed in place, merged as it is. Names
// and LocalsPlusNames are from MergeIdents.
//
// CPython: codeobject.c, _PyCode_New.
func (p *Pool) NewCode(c pyc.Code) *pyc.Code {
	p.internConstants(c.Consts.Items)
	if p.facts.InternsCodeNames {
		c.Filename = p.Intern(c.Filename)
		c.Name = p.Intern(c.Name)
		c.QualName = p.Intern(c.QualName)
	}
	code := p.mem.codes.take()
	*code = c
	code.Serial = p.mem.serial()
	return code
}

// NewBytecode returns the bytes of a code object's instructions, n zeros for the
// caller to fill in. A code object keeps them apart from its slots and hands out a
// bytes object of its own, which it holds too, so that marshal always takes it for
// a shared one.
//
// CPython: codeobject.c, _PyCode_GetCode.
func (p *Pool) NewBytecode(n int) *pyc.Bytes {
	b := p.mem.room(n)
	clear(b)
	o := p.privateBytes(b)
	o.Flag = true
	return o
}

// Kinds returns the bytes of LocalsPlusKinds, which no code objects share.
func (p *Pool) Kinds(b []byte) *pyc.Bytes {
	if len(b) == 0 {
		return &p.emptyByte
	}
	return p.privateBytes(p.mem.copyBytes(b))
}

// MergeTable returns the merged bytes of a line table or an exception table.
func (p *Pool) MergeTable(b []byte) *pyc.Bytes {
	if len(b) == 0 {
		return &p.emptyByte
	}
	hash := hashText(seedBytes, b)
	o, place := p.cache.findBytes(hash, b)
	if o == nil {
		o = p.privateBytes(p.mem.copyBytes(b))
		p.cache.add(place, hash, o)
	}
	return o
}

// findBytes is findStr for a bytes object with the value b.
func (c *cache) findBytes(hash uint64, b []byte) (o *pyc.Bytes, place uint64) {
	i, at := c.next(hash, hash)
	for ; i >= 0; i, at = c.next(at+1, hash) {
		if o, ok := c.entries[i].o.(*pyc.Bytes); ok && string(o.Value) == string(b) {
			return o, at
		}
	}
	return nil, at
}

// RenameFirstLocal gives the first local variable of a finished code object
// another name, as CPython does with the parameter of __annotate__ functions.
// The tuple of names is new, and shared with no other code object.
//
// CPython: codegen.c, codegen_leave_annotations_scope.
func (p *Pool) RenameFirstLocal(c *pyc.Code, name names.ID) {
	items := p.Slots(len(c.LocalsPlusNames.Items))
	copy(items, c.LocalsPlusNames.Items)
	items[0] = p.Ident(name)
	c.LocalsPlusNames = p.Tuple(items)
}
