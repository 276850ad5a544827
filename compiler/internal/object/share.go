package object

import "github.com/rules-pyc/rules_pyc/pyc"

// A sharer decides which objects marshal writes with FLAG_REF. When CPython
// writes a module, all that the compiler used is gone, so that an object has a
// reference for each slot of the code objects and containers that lead to it.
// One that has a single reference is written without the flag.
type sharer struct {
	seen   []bool // by Serial
	others map[pyc.Object]struct{}
	sets   []*pyc.FrozenSet // in the order of the file
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
	p.share.reset(int(p.mem.next))
	root.Flag = pyc.Flag(flagRoot)
	p.share.again(root, root.Serial)
	p.share.code(root)
	p.orderSets()
}

// reset forgets all objects. Those to come have Serials below n.
func (s *sharer) reset(n int) {
	clear(s.others)
	if cap(s.seen) < n || cap(s.seen) > maxSeen && cap(s.seen) > 16*n {
		s.seen = make([]bool, n, 2*n)
		return
	}
	s.seen = s.seen[:n]
	clear(s.seen)
}

// maxSeen is the number of objects whose memory is kept whatever the next module
// needs.
const maxSeen = 1 << 16

// again records that a slot holds o. It reports whether another did before.
func (s *sharer) again(o pyc.Object, n pyc.Serial) bool {
	if n != 0 {
		before := s.seen[n]
		s.seen[n] = true
		return before
	}
	if _, ok := s.others[o]; ok {
		return true
	}
	if s.others == nil {
		s.others = map[pyc.Object]struct{}{}
	}
	s.others[o] = struct{}{}
	return false
}

// mark flags o, which holds nothing, if it was seen before.
func (s *sharer) mark(f *pyc.Flag, n pyc.Serial, o pyc.Object) {
	if !bool(*f) && s.again(o, n) {
		*f = true
	}
}

func (s *sharer) slot(o pyc.Object) {
	switch o := o.(type) {
	case *pyc.Str:
		s.mark(&o.Flag, o.Serial, o)
	case *pyc.Int:
		s.mark(&o.Flag, o.Serial, o)
	case *pyc.Tuple:
		s.tuple(o)
	case *pyc.Code:
		if s.again(o, o.Serial) {
			o.Flag = true
			return
		}
		s.code(o)
	case *pyc.Bytes:
		s.bytes(o)
	case *pyc.Float:
		s.mark(&o.Flag, o.Serial, o)
	case *pyc.Complex:
		s.mark(&o.Flag, o.Serial, o)
	case *pyc.FrozenSet:
		if s.again(o, o.Serial) {
			o.Flag = true
			return
		}
		s.sets = append(s.sets, o)
		s.items(o.Items)
	case *pyc.Slice:
		if s.again(o, o.Serial) {
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
	if s.again(t, t.Serial) {
		t.Flag = true
		return
	}
	s.items(t.Items)
}

func (s *sharer) bytes(b *pyc.Bytes) {
	s.mark(&b.Flag, b.Serial, b)
}

func (s *sharer) items(items []pyc.Object) {
	for _, o := range items {
		if str, ok := o.(*pyc.Str); ok && bool(str.Flag) { // as most are
			continue
		}
		s.slot(o)
	}
}

// code visits the slots of a code object. The strings of Names and
// LocalsPlusNames are interned and need no visit.
func (s *sharer) code(c *pyc.Code) {
	s.tuple(c.Consts)
	if len(c.Names.Items) > 0 && s.again(c.Names, c.Names.Serial) {
		c.Names.Flag = true
	}
	if len(c.LocalsPlusNames.Items) > 0 && s.again(c.LocalsPlusNames, c.LocalsPlusNames.Serial) {
		c.LocalsPlusNames.Flag = true
	}
	s.bytes(c.LocalsPlusKinds)
	s.slot(c.Filename)
	s.slot(c.Name)
	s.slot(c.QualName)
	s.bytes(c.LineTable)
	s.bytes(c.ExceptionTable)
}
