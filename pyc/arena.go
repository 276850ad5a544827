package pyc

// An arena allocates the objects of one file in blocks. The blocks are in
// proportion to the bytes that are left to read, so that a short file gets
// short blocks.
type arena struct {
	ints   slab[Int]
	strs   slab[Str]
	bytes  slab[Bytes]
	tuples slab[Tuple]
	slots  []Object // the rest of the block for items
}

// A slab hands out pointers into a block of objects.
type slab[T any] struct{ rest []T }

// Blocks have an object for every bytesPerObject bytes of input, which is less
// often than any type occurs in ordinary files, and no more than maxBlock.
const (
	bytesPerObject = 64
	maxBlock       = 128
)

// take returns a pointer to a zero T, with left bytes of input left to read.
func (s *slab[T]) take(left int) *T {
	if len(s.rest) == 0 {
		s.rest = make([]T, min(left/bytesPerObject+1, maxBlock))
	}
	o := &s.rest[0]
	s.rest = s.rest[1:]
	return o
}

// items returns n empty slots.
func (a *arena) items(n, left int) []Object {
	if n == 0 {
		return nil
	}
	if n > maxBlock {
		return make([]Object, n)
	}
	if n > len(a.slots) {
		a.slots = make([]Object, max(n, min(left/bytesPerObject, 2*maxBlock)))
	}
	items := a.slots[:n:n]
	a.slots = a.slots[n:]
	return items
}
