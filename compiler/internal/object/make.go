package object

import (
	"math/big"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// Bool returns True or False.
func Bool(b bool) pyc.Singleton {
	if b {
		return pyc.True
	}
	return pyc.False
}

// Int returns an int.
func (p *Pool) Int(i int64) *pyc.Int {
	if i >= p.facts.MinSmallInt && i <= p.facts.MaxSmallInt {
		return &p.small[i-p.facts.MinSmallInt]
	}
	o := p.mem.ints.take()
	o.Serial = p.mem.serial()
	o.Small = i
	return o
}

// BigInt returns an int of any size. The pool keeps i.
func (p *Pool) BigInt(i *big.Int) *pyc.Int {
	if i.IsInt64() {
		return p.Int(i.Int64())
	}
	o := p.mem.ints.take()
	o.Serial = p.mem.serial()
	o.Big = i
	return o
}

// Float returns a float.
func (p *Pool) Float(f float64) *pyc.Float {
	o := p.mem.floats.take()
	o.Serial = p.mem.serial()
	o.Value = f
	return o
}

// Str returns a string, in UTF-8 with surrogates, as a literal makes it: an
// object of its own, unless it is empty or one character below U+0100.
func (p *Pool) Str(s string) *pyc.Str {
	if o := p.singleStr(s); o != nil {
		return o
	}
	return p.OwnStr(s)
}

// OwnStr returns a string that is an object of its own whatever its length, as
// CPython makes when it computes one. The text "%" that is left of "%%" in a
// format string is such a one.
func (p *Pool) OwnStr(s string) *pyc.Str {
	o := p.mem.strs.take()
	o.Serial = p.mem.serial()
	o.Value = s
	return o
}

// singleStr returns the interpreter's one object for a short string, or nil.
func (p *Pool) singleStr(s string) *pyc.Str {
	switch {
	case len(s) == 0:
		return &p.emptyStr
	case len(s) == 1:
		return &p.latin1[s[0]]
	case len(s) == 2 && (s[0] == 0xC2 || s[0] == 0xC3):
		return &p.latin1[s[0]<<6|s[1]&0x3F]
	}
	return nil
}

// Bytes returns a bytes object. The pool keeps b.
func (p *Pool) Bytes(b []byte) *pyc.Bytes {
	switch len(b) {
	case 0:
		return &p.emptyByte
	case 1:
		return &p.byteObjs[b[0]]
	}
	return p.privateBytes(b)
}

// privateBytes returns an object of its own whatever the length, as CPython
// makes when it fills the bytes in afterwards.
func (p *Pool) privateBytes(b []byte) *pyc.Bytes {
	o := p.mem.bytes.take()
	o.Serial = p.mem.serial()
	o.Value = b
	return o
}

// Tuple returns a tuple. The pool keeps items.
func (p *Pool) Tuple(items []pyc.Object) *pyc.Tuple {
	if len(items) == 0 {
		return &p.emptyTup
	}
	o := p.mem.tuples.take()
	o.Serial = p.mem.serial()
	o.Items = items
	return o
}

// Slots returns room for the n items of a tuple.
func (p *Pool) Slots(n int) []pyc.Object { return p.mem.slots(n) }

// Canon returns the interpreter's one object for a value that has one, and any
// other object as it is.
func (p *Pool) Canon(o pyc.Object) pyc.Object {
	switch o := o.(type) {
	case *pyc.Int:
		if o.Big == nil && o.Small >= p.facts.MinSmallInt && o.Small <= p.facts.MaxSmallInt {
			return p.Int(o.Small)
		}
	case *pyc.Str:
		if s := p.singleStr(o.Value); s != nil {
			return s
		}
	case *pyc.Bytes:
		if len(o.Value) < 2 {
			return p.Bytes(o.Value)
		}
	case *pyc.Tuple:
		if len(o.Items) == 0 {
			return &p.emptyTup
		}
	}
	return o
}

// Ident returns the interned string of an identifier.
func (p *Pool) Ident(id names.ID) *pyc.Str {
	if int(id) < len(p.idents) && p.idents[id] != nil {
		return p.idents[id]
	}
	return p.newIdent(id)
}

func (p *Pool) newIdent(id names.ID) *pyc.Str {
	if int(id) >= len(p.idents) {
		p.growIdents()
	}
	text := p.names.Text(id)
	hash := hashStr(text)
	var s *pyc.Str
	if id >= p.known {
		s, _, _ = p.others.findStr(hash, text) // a constant came before a name that is mangled
	}
	if s == nil {
		s = p.Str(text)
		s.Interned, s.Flag = true, true
	}
	p.idents[id], p.identHashes[id] = s, hash
	return s
}

// growIdents makes room for all identifiers of the table.
func (p *Pool) growIdents() {
	more := p.names.Len() - len(p.idents)
	p.idents = append(p.idents, make([]*pyc.Str, more)...)
	p.identHashes = append(p.identHashes, make([]uint64, more)...)
}
