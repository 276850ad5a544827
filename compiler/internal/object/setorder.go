package object

import (
	"bytes"
	"slices"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// orderSets flags the items of all frozensets that were seen and sorts them by
// the bytes of their own marshalled form.
//
// CPython: marshal.c, w_complex_object.
func (p *Pool) orderSets() {
	for _, set := range p.share.sets {
		p.orderSet(set)
	}
	clear(p.share.sets)
	p.share.sets = p.share.sets[:0]
}

type dumped struct {
	dump []byte
	item pyc.Object
}

func (p *Pool) orderSet(set *pyc.FrozenSet) {
	items := make([]dumped, len(set.Items))
	for i, o := range set.Items {
		if p.facts.PinsSetItems {
			setFlag(o)
		}
		items[i] = dumped{p.dump(o), o}
	}
	slices.SortStableFunc(items, func(a, b dumped) int { return bytes.Compare(a.dump, b.dump) })
	for i, d := range items {
		setFlag(d.item)
		set.Items[i] = d.item
	}
}

// dump returns the marshalled form of an item. It cannot fail: the items of
// sets are small and made by the compiler.
func (p *Pool) dump(o pyc.Object) []byte {
	if p.dumper == nil {
		p.dumper = pyc.NewWriter(pyver.Last)
	}
	b, err := p.dumper.Append(nil, o)
	if err != nil {
		return nil
	}
	return b
}

func setFlag(o pyc.Object) {
	switch o := o.(type) {
	case *pyc.Str:
		o.Flag = true
	case *pyc.Int:
		o.Flag = true
	case *pyc.Float:
		o.Flag = true
	case *pyc.Complex:
		o.Flag = true
	case *pyc.Bytes:
		o.Flag = true
	case *pyc.Tuple:
		o.Flag = true
	case *pyc.FrozenSet:
		o.Flag = true
	case *pyc.Slice:
		o.Flag = true
	}
}
