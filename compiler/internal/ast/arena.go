package ast

import "github.com/rules-pyc/rules_pyc/compiler/internal/source"

const (
	firstChunk = 64
	lastChunk  = 1024
	doublings  = 4 // from the first to the last

	short = 8 // length of slices that are copied one by one
)

// A slab allocates values of one type from chunks that it keeps: the next one is
// cur[used]. A value is as its last user left it: who takes one sets all of it.
type slab[T any] struct {
	cur    []T
	used   int
	chunks [][]T
	n      int // chunks in use
}

// grow makes room for at least one value. It is rare, and has many callers.
//
//go:noinline
func (s *slab[T]) grow() {
	if s.n == len(s.chunks) {
		s.chunks = append(s.chunks, make([]T, chunkLen(s.n)))
	}
	s.cur, s.used = s.chunks[s.n], 0
	s.n++
}

func (s *slab[T]) reset() { s.cur, s.used, s.n = nil, 0, 0 }

func chunkLen(n int) int { return min(firstChunk<<min(n, doublings), lastChunk) }

// A seq allocates short slices of one type from chunks that it keeps.
type seq[T any] struct {
	slab[T]
}

// copy returns a copy of list, with no room to grow. Most lists are so short
// that a loop is faster than the runtime's way of copying.
func (s *seq[T]) copy(list []T) []T {
	n := len(list)
	if n == 0 {
		return nil
	}
	if n > len(s.cur)-s.used {
		if n > lastChunk/4 {
			return append(make([]T, 0, n), list...)
		}
		s.growTo(n)
	}
	out := s.cur[s.used : s.used+n : s.used+n]
	s.used += n
	if n > short {
		copy(out, list)
		return out
	}
	for i := range out {
		out[i] = list[i]
	}
	return out
}

// one returns a slice of one value.
func (s *seq[T]) one(v T) []T {
	if s.used == len(s.cur) {
		s.grow()
	}
	i := s.used
	s.used++
	out := s.cur[i : i+1 : i+1]
	out[0] = v
	return out
}

// growTo makes room for n values.
//
//go:noinline
func (s *seq[T]) growTo(n int) {
	for s.grow(); n > len(s.cur); s.grow() {
	}
}

// ListExpr returns a slice of one expression that lives in the arena.
func (a *Arena) ListExpr(e Expr) []Expr { return a.seqExpr.one(e) }

// NewText makes a Constant node of a str or bytes.
func (a *Arena) NewText(loc source.Span, kind ValueKind, text string, unicode bool) *Constant {
	s := &a.slabConstant
	if s.used == len(s.cur) {
		s.grow()
	}
	n := &s.cur[s.used]
	s.used++
	n.Loc, n.Unicode = loc, unicode
	n.Value.Kind, n.Value.Bits, n.Value.Text = kind, 0, text
	n.Value.Big, n.Value.Items = nil, nil
	return n
}

// NewNumber makes a Constant node of a value that is told by its kind and bits.
func (a *Arena) NewNumber(loc source.Span, kind ValueKind, bits uint64) *Constant {
	n := a.NewText(loc, kind, "", false)
	n.Value.Bits = bits
	return n
}
