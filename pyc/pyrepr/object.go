// Package pyrepr writes constants as Python's repr() does: what a constant of a
// code object looks like in a disassembly, and what literals look like in
// annotations that are kept as text.
//
// The text is exactly that of the version's CPython, for which the table of
// printable characters comes from the real interpreters, but for four things
// that are no function of the value: code objects are without their address;
// the items of a frozenset come in the order of the file, where CPython's come
// in that of its hash table; ints of more than 4300 digits, which CPython
// refuses, are in hexadecimal; and text is cut at the limit that the caller
// sets, or at a depth of nesting that CPython cannot marshal.
//
// CPython: the tp_repr functions in Objects/.
package pyrepr

//go:generate go run ../../tools/genprintable -data data -out printable_gen.go

import (
	"math/big"
	"strconv"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// maxDepth bounds recursion. CPython: marshal.c, MAX_MARSHAL_STACK_DEPTH.
const maxDepth = 2000

// Ellipsis ends text that a limit has cut short.
const Ellipsis = "..."

// Append appends the repr of an object in version v. Shared objects can make a
// small file's constant exponentially long when it is written out; limit is the
// number of bytes after which the text is cut, and Ellipsis follows.
func Append(dst []byte, o pyc.Object, v pyver.Version, limit int) []byte {
	p := printer{out: dst, version: v, end: len(dst) + limit}
	p.object(o, 0)
	if p.cut || len(p.out) > p.end {
		p.out = append(cutRune(p.out, p.end), Ellipsis...)
	}
	return p.out
}

// cutRune cuts text at end, or up to three bytes before so that no character is
// divided.
func cutRune(text []byte, end int) []byte {
	end = min(end, len(text))
	for k := 0; k < 3 && end > 0 && end < len(text) && text[end]&0xC0 == 0x80; k++ {
		end--
	}
	return text[:end]
}

type printer struct {
	out     []byte
	version pyver.Version
	end     int  // length of out from which on nothing more is needed
	cut     bool // something was left out
}

func (p *printer) object(o pyc.Object, depth int) {
	if len(p.out) >= p.end || depth > maxDepth {
		p.cut = true
		return
	}
	switch o := o.(type) {
	case nil:
		p.out = append(p.out, "<NULL>"...)
	case pyc.Singleton:
		p.out = append(p.out, singleton(o)...)
	case *pyc.Int:
		if o.Big == nil {
			p.out = strconv.AppendInt(p.out, o.Small, 10)
		} else {
			p.bigInt(o.Big)
		}
	case *pyc.Float:
		p.out = AppendFloat(p.out, o.Value)
	case *pyc.Complex:
		p.out = AppendComplex(p.out, o.Value)
	case *pyc.Bytes:
		p.out = AppendBytes(p.out, o.Value[:p.room(len(o.Value))])
	case *pyc.Str:
		p.out = AppendStr(p.out, o.Value[:p.room(len(o.Value))], p.version)
	case *pyc.Tuple:
		p.items("(", o.Items, depth)
		if len(o.Items) == 1 {
			p.out = append(p.out, ',')
		}
		p.out = append(p.out, ')')
	case *pyc.FrozenSet:
		if len(o.Items) == 0 {
			p.out = append(p.out, "frozenset()"...)
			return
		}
		p.items("frozenset({", o.Items, depth)
		p.out = append(p.out, "})"...)
	case *pyc.Slice:
		p.items("slice(", []pyc.Object{o.Start, o.Stop, o.Step}, depth)
		p.out = append(p.out, ')')
	case *pyc.Code:
		p.code(o)
	}
}

// room returns how many of n bytes to look at: each gives at least one byte of
// text, other than those of one character.
func (p *printer) room(n int) int { return min(n, 4*(p.end-len(p.out))) }

func (p *printer) bigInt(i *big.Int) {
	if i.BitLen()/8 > p.end-len(p.out) && i.BitLen() > 14285 {
		p.cut = true
		return
	}
	p.out = AppendInt(p.out, i)
}

func (p *printer) items(open string, items []pyc.Object, depth int) {
	p.out = append(p.out, open...)
	for i, item := range items {
		if len(p.out) >= p.end {
			p.cut = true
			return
		}
		if i > 0 {
			p.out = append(p.out, ", "...)
		}
		p.object(item, depth+1)
	}
}

// code writes a code object as its repr does, without the address.
//
// CPython: Objects/codeobject.c, code_repr.
func (p *printer) code(c *pyc.Code) {
	p.out = append(p.out, "<code object "...)
	p.out = append(p.out, text(c.Name)...)
	p.out = append(p.out, `, file "`...)
	p.out = append(p.out, text(c.Filename)...)
	p.out = append(p.out, `", line `...)
	line := int64(c.FirstLine)
	if line == 0 {
		line = -1
	}
	p.out = append(strconv.AppendInt(p.out, line, 10), '>')
}

func text(s *pyc.Str) string {
	if s == nil {
		return ""
	}
	return s.Value
}

func singleton(s pyc.Singleton) string {
	switch s {
	case pyc.None:
		return "None"
	case pyc.False:
		return "False"
	case pyc.True:
		return "True"
	case pyc.Ellipsis:
		return "Ellipsis"
	case pyc.StopIteration:
		return "<class 'StopIteration'>"
	}
	return "<NULL>"
}
