package symtable

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
	if s.table.n > 0 {
		clear(s.table.slots)
	}
	*s = Scope{
		number:  int32(l.used),
		symbols: s.symbols[:0], VarNames: s.VarNames[:0], Children: s.Children[:0], directives: s.directives[:0],
		table: symbolIndex{slots: s.table.slots},
	}
	return s
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
