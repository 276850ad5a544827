package source

// A Pos is a place in a source text, in CPython's units.
type Pos struct {
	Line int32 // 1-based; 0 or less if unknown
	Col  int32 // 0-based, in UTF-8 bytes; -1 if unknown
}

// Before reports whether p comes before q in the text.
func (p Pos) Before(q Pos) bool {
	return p.Line < q.Line || p.Line == q.Line && p.Col < q.Col
}

// A Span is a stretch of a source text, from its first byte to the place after
// its last.
type Span struct {
	Start, End Pos
}

// To returns the span from the start of s to the end of t.
func (s Span) To(t Span) Span { return Span{s.Start, t.End} }
