package arith

import (
	"math"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// sequences evaluates an operation of which one operand at least is no number.
func sequences(op Op, v, w pyc.Object, x, y num) pyc.Object {
	switch {
	case op == Add:
		return concat(v, w)
	case op == Multiply && y.isInteger():
		return repeat(v, y)
	case op == Multiply && x.isInteger():
		return repeat(w, x)
	}
	return nil
}

func concat(v, w pyc.Object) pyc.Object {
	switch v := v.(type) {
	case *pyc.Str:
		if w, ok := w.(*pyc.Str); ok {
			return concatStr(v, w)
		}
	case *pyc.Bytes:
		if w, ok := w.(*pyc.Bytes); ok {
			return concatBytes(v, w)
		}
	case *pyc.Tuple:
		if w, ok := w.(*pyc.Tuple); ok {
			return concatTuple(v, w)
		}
	}
	return nil
}

func concatBytes(v, w *pyc.Bytes) pyc.Object {
	switch {
	case len(v.Value) == 0:
		return w
	case len(w.Value) == 0:
		return v
	}
	return &pyc.Bytes{Value: append(append(make([]byte, 0, len(v.Value)+len(w.Value)), v.Value...), w.Value...)}
}

func concatStr(v, w *pyc.Str) pyc.Object {
	switch {
	case v.Value == "":
		return w
	case w.Value == "":
		return v
	}
	return &pyc.Str{Value: v.Value + w.Value}
}

func concatTuple(v, w *pyc.Tuple) pyc.Object {
	switch {
	case len(v.Items) == 0:
		return w
	case len(w.Items) == 0:
		return v
	}
	return &pyc.Tuple{Items: append(append(make([]pyc.Object, 0, len(v.Items)+len(w.Items)), v.Items...), w.Items...)}
}

// repeat evaluates * of a sequence and an integer.
//
// CPython: flowgraph.c, const_folding_safe_multiply.
func repeat(v pyc.Object, n num) pyc.Object {
	var size int
	limit := maxStrSize
	switch v := v.(type) {
	case *pyc.Str:
		size = runeCount(v.Value)
	case *pyc.Bytes:
		size = len(v.Value)
	case *pyc.Tuple:
		size, limit = len(v.Items), maxCollectionSize
	default:
		return nil
	}
	if n.big != nil {
		return nil
	}
	if size == 0 {
		return v
	}
	if n.i < 0 || n.i > int64(limit/size) {
		return nil
	}
	return repeated(v, int(n.i))
}

func repeated(v pyc.Object, n int) pyc.Object {
	if n == 1 {
		return v
	}
	switch v := v.(type) {
	case *pyc.Str:
		b := make([]byte, 0, n*len(v.Value))
		for range n {
			b = append(b, v.Value...)
		}
		return &pyc.Str{Value: string(b)}
	case *pyc.Bytes:
		b := make([]byte, 0, n*len(v.Value))
		for range n {
			b = append(b, v.Value...)
		}
		return &pyc.Bytes{Value: b}
	case *pyc.Tuple:
		if n > 0 && complexity(v, maxTotalItems/n) < 0 {
			return nil
		}
		items := make([]pyc.Object, 0, n*len(v.Items))
		for range n {
			items = append(items, v.Items...)
		}
		return &pyc.Tuple{Items: items}
	}
	return nil
}

// complexity returns the limit less the number of items of a tuple and of those
// within it; less than zero if they are more.
//
// CPython: flowgraph.c, const_folding_check_complexity.
func complexity(o pyc.Object, limit int) int {
	t, ok := o.(*pyc.Tuple)
	if !ok {
		return limit
	}
	limit -= len(t.Items)
	for _, item := range t.Items {
		if limit < 0 {
			break
		}
		limit = complexity(item, limit)
	}
	return limit
}

// subscript evaluates v[w].
func subscript(v, w pyc.Object) pyc.Object {
	if s, ok := w.(*pyc.Slice); ok {
		return slice(v, s)
	}
	n := number(w)
	if !n.isInteger() || n.big != nil {
		return nil
	}
	size, ok := length(v)
	i := n.i
	if i < 0 {
		i += int64(size)
	}
	if !ok || i < 0 || i >= int64(size) {
		return nil
	}
	switch v := v.(type) {
	case *pyc.Str:
		start := byteOffset(v.Value, int(i))
		return &pyc.Str{Value: v.Value[start : start+runeLen(v.Value[start:])]}
	case *pyc.Bytes:
		return newInt(int64(v.Value[i]))
	case *pyc.Tuple:
		return v.Items[i]
	}
	return nil
}

// length returns the length of a sequence.
func length(v pyc.Object) (int, bool) {
	switch v := v.(type) {
	case *pyc.Str:
		return runeCount(v.Value), true
	case *pyc.Bytes:
		return len(v.Value), true
	case *pyc.Tuple:
		return len(v.Items), true
	}
	return 0, false
}

// slice evaluates v[start:stop:step].
func slice(v pyc.Object, s *pyc.Slice) pyc.Object {
	size, ok := length(v)
	if !ok {
		return nil
	}
	start, step, n, ok := indices(s, int64(size))
	if !ok {
		return nil
	}
	if step == 1 && n == size {
		return v
	}
	switch v := v.(type) {
	case *pyc.Str:
		return &pyc.Str{Value: sliceStr(v.Value, start, step, n)}
	case *pyc.Bytes:
		b := make([]byte, n)
		for i := range b {
			b[i] = v.Value[start+i*step]
		}
		return &pyc.Bytes{Value: b}
	case *pyc.Tuple:
		items := make([]pyc.Object, n)
		for i := range items {
			items[i] = v.Items[start+i*step]
		}
		return &pyc.Tuple{Items: items}
	}
	return nil
}

// indices returns the first index, the step and the number of the items that a
// slice of a sequence has.
//
// CPython: sliceobject.c, PySlice_Unpack, PySlice_AdjustIndices.
func indices(s *pyc.Slice, size int64) (start, step, n int, ok bool) {
	by, ok1 := sliceIndex(s.Step, 1)
	if !ok1 || by == 0 {
		return 0, 0, 0, false
	}
	by = max(by, -math.MaxInt64)
	first, last := int64(0), int64(math.MaxInt64)
	if by < 0 {
		first, last = math.MaxInt64, math.MinInt64
	}
	from, ok2 := sliceIndex(s.Start, first)
	to, ok3 := sliceIndex(s.Stop, last)
	if !ok2 || !ok3 {
		return 0, 0, 0, false
	}
	from, to = clip(from, size, by), clip(to, size, by)
	switch {
	case by < 0 && to < from:
		n = int((from-to-1)/-by) + 1
	case by > 0 && from < to:
		n = int((to-from-1)/by) + 1
	}
	if n < 2 {
		by = min(max(by, -1), 1) // it is not used, and may be too large to add
	}
	return int(from), int(by), n, true
}

// clip moves an index of a slice into the sequence.
func clip(i, size, step int64) int64 {
	low, high := int64(0), size
	if step < 0 {
		low, high = -1, size-1
	}
	if i < 0 {
		return max(i+size, low)
	}
	return min(i, high)
}

// sliceIndex returns a bound of a slice, clipped to 64 bits, or the default if
// it is None.
func sliceIndex(o pyc.Object, missing int64) (int64, bool) {
	if o == pyc.None {
		return missing, true
	}
	n := number(o)
	switch {
	case !n.isInteger():
		return 0, false
	case n.big == nil:
		return n.i, true
	case n.big.Sign() < 0:
		return math.MinInt64, true
	}
	return math.MaxInt64, true
}

// runeLen returns the number of bytes of the first code point, which may be a
// surrogate.
func runeLen(s string) int {
	switch c := s[0]; {
	case c < 0x80:
		return 1
	case c < 0xE0:
		return 2
	case c < 0xF0:
		return 3
	}
	return 4
}

func runeCount(s string) int {
	n := 0
	for i := range len(s) {
		if utf8.RuneStart(s[i]) {
			n++
		}
	}
	return n
}

// byteOffset returns where the code point with the index begins.
func byteOffset(s string, index int) int {
	at := 0
	for range index {
		at += runeLen(s[at:])
	}
	return at
}

func sliceStr(s string, start, step, n int) string {
	if n == 0 {
		return ""
	}
	if step == 1 {
		from := byteOffset(s, start)
		return s[from : from+byteOffset(s[from:], n)]
	}
	var offsets []int
	for at := 0; at < len(s); at += runeLen(s[at:]) {
		offsets = append(offsets, at)
	}
	b := make([]byte, 0, n)
	for i := range n {
		at := offsets[start+i*step]
		b = append(b, s[at:at+runeLen(s[at:])]...)
	}
	return string(b)
}
