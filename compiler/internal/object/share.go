package object

import "github.com/rules-pyc/rules_pyc/pyc"

// A sharer decides which objects marshal writes with FLAG_REF. When CPython
// writes a module, all that the compiler used is gone, so that an object has a
// reference for each slot of the code objects and containers that lead to it.
// One that has a single reference is written without the flag.
type sharer struct {
	seen map[pyc.Object]struct{}
	sets bool // a frozenset was seen
}

// Share sets the flags of a finished module as marshal writes them, and puts
// the items of frozensets in marshal's order. The flag of the module itself
// depends on who holds it while it is written: see flagRoot.
//
// Objects that the interpreter holds too (small ints, short and interned
// strings, …) have the flag from the start.
//
// CPython: marshal.c, w_ref.
func (p *Pool) Share(root *pyc.Code, flagRoot bool) {
	if p.share.seen == nil {
		p.share.seen = map[pyc.Object]struct{}{}
	}
	root.Flag = pyc.Flag(flagRoot)
	p.share.seen[root] = struct{}{}
	p.share.code(root)
	p.share.forget()
	p.orderSets(root)
}

// maxSeen is the number of objects from which the map is not worth keeping:
// clearing it takes as long as its size, whatever is in it.
const maxSeen = 1 << 12

func (s *sharer) forget() {
	if len(s.seen) > maxSeen {
		s.seen = nil
		return
	}
	clear(s.seen)
}

// again records that a slot holds o. It reports whether another did before.
func (s *sharer) again(o pyc.Object) bool {
	if _, ok := s.seen[o]; ok {
		return true
	}
	s.seen[o] = struct{}{}
	return false
}

// mark flags o, which holds nothing, if it was seen before.
func (s *sharer) mark(f *pyc.Flag, o pyc.Object) {
	if !bool(*f) && s.again(o) {
		*f = true
	}
}

func (s *sharer) slot(o pyc.Object) {
	switch o := o.(type) {
	case *pyc.Str:
		s.mark(&o.Flag, o)
	case *pyc.Int:
		s.mark(&o.Flag, o)
	case *pyc.Tuple:
		s.tuple(o)
	case *pyc.Code:
		if s.again(o) {
			o.Flag = true
			return
		}
		s.code(o)
	case *pyc.Bytes:
		s.bytes(o)
	case *pyc.Float:
		s.mark(&o.Flag, o)
	case *pyc.Complex:
		s.mark(&o.Flag, o)
	case *pyc.FrozenSet:
		if s.again(o) {
			o.Flag = true
			return
		}
		s.sets = true
		s.items(o.Items)
	case *pyc.Slice:
		if s.again(o) {
			o.Flag = true
			return
		}
		s.slot(o.Start)
		s.slot(o.Stop)
		s.slot(o.Step)
	}
}

func (s *sharer) tuple(t *pyc.Tuple) {
	if len(t.Items) == 0 {
		return // the interpreter's own, with its flag
	}
	if s.again(t) {
		t.Flag = true
		return
	}
	s.items(t.Items)
}

func (s *sharer) bytes(b *pyc.Bytes) {
	s.mark(&b.Flag, b)
}

func (s *sharer) items(items []pyc.Object) {
	for _, o := range items {
		s.slot(o)
	}
}

// code visits the slots of a code object. The strings of Names and
// LocalsPlusNames are interned and need no visit.
func (s *sharer) code(c *pyc.Code) {
	s.tuple(c.Consts)
	if len(c.Names.Items) > 0 && s.again(c.Names) {
		c.Names.Flag = true
	}
	if len(c.LocalsPlusNames.Items) > 0 && s.again(c.LocalsPlusNames) {
		c.LocalsPlusNames.Flag = true
	}
	s.bytes(c.LocalsPlusKinds)
	s.slot(c.Filename)
	s.slot(c.Name)
	s.slot(c.QualName)
	s.bytes(c.LineTable)
	s.bytes(c.ExceptionTable)
}
