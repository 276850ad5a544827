package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

const (
	scopeChunk  = 64
	symbolRoom  = 8 // symbols that a scope holds before it needs memory of its own
	symbolChunk = scopeChunk * symbolRoom
)

// A scopeSlab hands out scopes, which it numbers from 1, and hands them out again
// after reset together with the memory of their lists.
type scopeSlab struct {
	chunks [][]Scope
	used   int
}

func (l *scopeSlab) reset() { l.used = 0 }

func (l *scopeSlab) next() *Scope {
	chunk, i := l.used/scopeChunk, l.used%scopeChunk
	if chunk == len(l.chunks) {
		l.grow()
	}
	l.used++
	s := &l.chunks[chunk][i]
	s.reset()
	s.number = int32(l.used)
	return s
}

// reset empties a scope but for its memory. It sets the fields one by one: a new
// Scope would be put together elsewhere and copied.
func (s *Scope) reset() {
	s.Name, s.Loc, s.Type, s.Comprehension = names.None, source.Span{}, 0, NoComprehension
	s.bits, s.iterExprs, s.number = 0, 0, 0
	s.VarNames, s.Children = s.VarNames[:0], s.Children[:0]
	s.Annotations, s.Signature, s.TypeParams = nil, nil, nil
	s.symbols, s.directives = s.symbols[:0], s.directives[:0]
	if s.table.n > 0 {
		clear(s.table.slots)
		s.table.n = 0
	}
	s.mangled, s.info, s.outer = nil, "", nil
}

// at returns the scope with a number.
func (l *scopeSlab) at(number int32) *Scope {
	i := uint(number - 1)
	return &l.chunks[i/scopeChunk][i%scopeChunk]
}

func (l *scopeSlab) grow() {
	chunk := make([]Scope, scopeChunk)
	room := make([]Symbol, symbolChunk)
	for i := range chunk {
		chunk[i].symbols = room[i*symbolRoom : i*symbolRoom : (i+1)*symbolRoom]
	}
	l.chunks = append(l.chunks, chunk)
}
