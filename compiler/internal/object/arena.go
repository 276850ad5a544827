package object

import "github.com/rules-pyc/rules_pyc/pyc"

// An arena allocates the objects of a compilation, which it numbers, and takes
// them all back at once.
type arena struct {
	first  pyc.Serial // number of the first object of each compilation
	next   pyc.Serial // number of the next object
	ints   slab[pyc.Int]
	floats slab[pyc.Float]
	strs   slab[pyc.Str]
	bytes  slab[pyc.Bytes]
	tuples slab[pyc.Tuple]
	codes  slab[pyc.Code]
	items  [][]pyc.Object // blocks of slots
	block  int            // the block in use
	used   int            // slots of it in use
	data   [][]byte       // blocks of bytes
	chunk  int            // the block in use
	filled int            // bytes of it in use
}

// A slab hands out zero objects from blocks that never move, each from its end.
type slab[T any] struct {
	block  *[slabBlock]T // the block in use
	left   int           // objects of it that are not handed out
	blocks []*[slabBlock]T
	used   int // blocks
}

const (
	slabBlock  = 256
	slotBlock  = 2048
	bytesBlock = 32 << 10
)

func (s *slab[T]) take() *T {
	if s.left == 0 {
		s.next()
	}
	s.left--
	return &s.block[s.left&(slabBlock-1)]
}

// next begins another block.
func (s *slab[T]) next() {
	if s.used == len(s.blocks) {
		s.blocks = append(s.blocks, new([slabBlock]T))
	}
	s.block, s.left = s.blocks[s.used], slabBlock
	s.used++
}

// reset takes all objects back and clears them, so that they keep nothing
// alive.
func (s *slab[T]) reset() {
	for _, b := range s.blocks[:max(s.used-1, 0)] {
		clear(b[:])
	}
	if s.block != nil {
		clear(s.block[s.left:])
	}
	s.blocks = shrink(s.blocks, s.used)
	s.block, s.left, s.used = nil, 0, 0
}

// spareBlocks is the number of blocks that are kept whatever was in use.
const spareBlocks = 8

// shrink lets go of blocks when the last compilation used few of them, so that
// one large module does not hold its memory for ever.
func shrink[T any](blocks []T, used int) []T {
	if keep := 2*used + spareBlocks; keep < len(blocks)/2 {
		clear(blocks[keep:])
		return blocks[:keep]
	}
	return blocks
}

func (a *arena) reset() {
	a.ints.reset()
	a.floats.reset()
	a.strs.reset()
	a.bytes.reset()
	a.tuples.reset()
	a.codes.reset()
	for i := range a.block {
		clear(a.items[i])
	}
	if a.block < len(a.items) {
		clear(a.items[a.block][:a.used])
	}
	a.items = shrink(a.items, a.block)
	a.data = shrink(a.data, a.chunk)
	a.block, a.used, a.chunk, a.filled = 0, 0, 0, 0
	a.next = a.first
}

// serial returns the number of a new object.
func (a *arena) serial() pyc.Serial {
	a.next++
	return a.next - 1
}

// slots returns n empty slots.
func (a *arena) slots(n int) []pyc.Object {
	if n > slotBlock/4 {
		return make([]pyc.Object, n)
	}
	if a.block < len(a.items) && a.used+n > slotBlock {
		a.block, a.used = a.block+1, 0
	}
	if a.block == len(a.items) {
		a.items = append(a.items, make([]pyc.Object, slotBlock))
	}
	s := a.items[a.block][a.used : a.used+n : a.used+n]
	a.used += n
	return s
}

// giveBack takes back the slots that were handed out last.
func (a *arena) giveBack(s []pyc.Object) {
	clear(s)
	if len(s) <= slotBlock/4 {
		a.used -= len(s)
	}
}

// copyBytes returns a copy of b.
func (a *arena) copyBytes(b []byte) []byte {
	c := a.room(len(b))
	copy(c, b)
	return c
}

// room returns n bytes, which may be anything.
func (a *arena) room(n int) []byte {
	if n > bytesBlock/4 {
		return make([]byte, n)
	}
	if a.chunk < len(a.data) && a.filled+n > bytesBlock {
		a.chunk, a.filled = a.chunk+1, 0
	}
	if a.chunk == len(a.data) {
		a.data = append(a.data, make([]byte, bytesBlock))
	}
	b := a.data[a.chunk][a.filled : a.filled+n : a.filled+n]
	a.filled += n
	return b
}
