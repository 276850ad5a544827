package unit_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func newPool() *object.Pool {
	table := new(names.Table)
	table.Reset()
	p := object.NewPool(target.For(pyver.Default).Shared)
	p.Reset(table)
	return p
}

func TestNameSet(t *testing.T) {
	var s unit.NameSet
	for range 2 { // the second time with the memory of the first
		s.Reset()
		const count = 100
		for i := range names.ID(count) {
			if _, ok := s.Lookup(i * 7); ok {
				t.Errorf("name %d is there before it is added", i*7)
			}
			if got := s.Add(i * 7); got != int32(i) {
				t.Errorf("the number of name %d is %d, want %d", i*7, got, i)
			}
		}
		for i := range names.ID(count) {
			if got := s.Add(i * 7); got != int32(i) {
				t.Errorf("the number of name %d is %d the second time, want %d", i*7, got, i)
			}
		}
		if s.Len() != count {
			t.Errorf("there are %d names, want %d", s.Len(), count)
		}
	}
}

func TestConsts(t *testing.T) {
	p := newPool()
	var c unit.Consts
	values := func() []pyc.Object {
		list := []pyc.Object{
			pyc.None, pyc.True, p.Int(1), p.Float(1), p.Float(0), p.Float(math.Copysign(0, -1)), &pyc.Complex{Value: 1},
			p.Str(""), p.Str("a"), p.Bytes([]byte("a")), p.Str("longer"), p.BigInt(new(big.Int).Lsh(big.NewInt(1), 99)),
			pyc.Ellipsis, p.Tuple(nil), p.Tuple([]pyc.Object{p.Int(1)}), p.Tuple([]pyc.Object{pyc.True}),
			p.Tuple([]pyc.Object{p.Tuple([]pyc.Object{p.Float(1)})}), &pyc.FrozenSet{Items: []pyc.Object{p.Int(1), p.Str("b")}},
			&pyc.Slice{Start: pyc.None, Stop: p.Int(9), Step: pyc.None},
		}
		for i := range int64(60) {
			list = append(list, p.Int(i+1000))
		}
		return list
	}
	want := values()
	for range 2 {
		for i, o := range values() {
			if got := c.Add(p, o); got != int32(i) {
				t.Errorf("the index of constant %d is %d", i, got)
			}
		}
	}
	if c.Len() != len(want) {
		t.Fatalf("there are %d constants, want %d", c.Len(), len(want))
	}
	for i, o := range c.List() {
		if got := c.AddFolded(p, o); got != int32(i) {
			t.Errorf("the index of constant %d is %d once more", i, got)
		}
	}
	if got, want := c.AddStr(p, "longer"), int32(10); got != want {
		t.Errorf("the index of a string is %d, want %d", got, want)
	}
	nan := p.Float(math.NaN())
	if a, b := c.Add(p, nan), c.Add(p, p.Float(math.NaN())); a == b {
		t.Error("two NaNs are one constant")
	}
}

func TestKeep(t *testing.T) {
	p := newPool()
	var c unit.Consts
	for i := range int64(5) {
		c.Add(p, p.Int(i))
	}
	keep := []int32{0, -1, 0, -1, 0}
	c.Keep(keep)
	if keep[0] != 0 || keep[2] != 1 || keep[4] != 2 || c.Len() != 3 || c.List()[2] != p.Int(4) {
		t.Errorf("after keeping three of five: %v, %d constants", keep, c.Len())
	}
}
