// Package names gives each identifier of a compilation a small integer, so
// that the stages compare and index by number.
//
// The identifiers that the language itself knows have constant numbers, the
// same in every table; all others are numbered as they come. A number means
// nothing outside its table, and no order of numbers may reach the output:
// sort by text.
package names

import (
	"math/bits"
	"strings"
)

// An ID is the number of an identifier in a Table. The zero ID is no name.
type ID uint32

// None is the ID of no name.
const None ID = 0

// A slot is a place of a Table for one text. What it holds tells texts of up to
// sixteen bytes apart, which nearly all are; longer ones are compared.
type slot struct {
	first uint64 // eight bytes, the first one lowest; zeros behind a shorter text
	last  uint64 // the last eight bytes of a text that is longer than eight
	size  uint32 // the text's length plus one; 0 in a free slot
	id    ID
}

// A Table numbers the identifiers of one compilation. The zero Table is not
// ready; call Reset first.
type Table struct {
	slots   []slot // a power of two; open addressing, linear probing
	shift   int    // what leaves an index of slots of a hash
	texts   []string
	private []bool // by ID: see Private
	// The memory of slots by size, each twice the one before. Small files do not
	// pay for the large ones before them.
	sizes [][]slot
}

const startSlots = 1 << 10

// atStart is the slots of a Table with the constant names.
var atStart = func() []slot {
	t := Table{texts: known[:]}
	t.resize(startSlots)
	for id := False; id < firstFree; id++ {
		e, hash := slotOf(known[id])
		e.id = id
		t.insert(e, hash)
	}
	return t.slots
}()

// Reset forgets all names but the constant ones.
func (t *Table) Reset() {
	t.resize(startSlots)
	copy(t.slots, atStart)
	clear(t.texts)
	t.texts = append(t.texts[:0], known[:]...)
	t.private = append(t.private[:0], make([]bool, len(known))...) // none is
}

// resize has n free slots in the place of those that are there.
func (t *Table) resize(n int) {
	i := bits.Len(uint(n / startSlots))
	for len(t.sizes) < i {
		t.sizes = append(t.sizes, make([]slot, startSlots<<len(t.sizes)))
	}
	t.slots, t.shift = t.sizes[i-1], 64-bits.Len(uint(n-1))
	clear(t.slots)
}

// Len returns how many IDs there are, None included: IDs are less than Len.
func (t *Table) Len() int { return len(t.texts) }

// Text returns the identifier with the number id, "" for None.
func (t *Table) Text(id ID) string { return t.texts[id] }

// Private reports whether an identifier is one that classes keep to themselves:
// it begins with two underscores and does not end with two.
func (t *Table) Private(id ID) bool { return t.private[id] }

func isPrivate(s string) bool { return strings.HasPrefix(s, "__") && !strings.HasSuffix(s, "__") }

// The factors of hashes, whose highest bits are the index of a slot.
const (
	factor     = 0x9E3779B97F4A7C15
	lastFactor = 0xD6E8FEB86659FD93
)

// slotOf returns the slot of a text, without its ID, and its hash.
func slotOf(s string) (e slot, hash uint64) {
	e.size = uint32(len(s)) + 1
	if len(s) <= 8 {
		e.first = word(s)
		return e, hashOf(e.first, 0)
	}
	e.first, e.last = load(s[:8]), load(s[len(s)-8:])
	hash = hashOf(e.first, e.last)
	for s = s[8:]; len(s) > 8; s = s[8:] {
		hash = (hash>>32 ^ hash ^ load(s[:8])) * factor
	}
	return e, hash
}

// hashOf returns the hash of a text of up to sixteen bytes.
func hashOf(first, last uint64) uint64 { return first*factor + last*lastFactor }

// load returns eight bytes as a number, the first one lowest.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// word returns up to eight bytes as a number, the first one lowest.
func word(s string) (w uint64) {
	for i := range len(s) {
		w |= uint64(s[i]) << (8 * i)
	}
	return w
}

// Intern returns the number of an identifier, and gives it one if needed. The
// table keeps s.
func (t *Table) Intern(s string) ID {
	e, hash := slotOf(s)
	i := t.find(&e, hash, s)
	if id := t.slots[i].id; id != None {
		return id
	}
	return t.add(s, e, i)
}

// InternWords is Intern of a text of up to sixteen bytes. The first of them are
// in first, the lowest first, with zeros behind the last one; if there are more
// than eight, the last eight are in last, which is 0 else.
func (t *Table) InternWords(first, last uint64, s string) ID {
	hash, size, mask := hashOf(first, last), uint32(len(s))+1, uint64(len(t.slots)-1)
	for i := hash >> t.shift; ; i++ {
		i &= mask
		e := &t.slots[i]
		if e.first == first && e.last == last && e.size == size {
			return e.id
		}
		if e.size == 0 {
			return t.add(s, slot{first: first, last: last, size: size}, i)
		}
	}
}

// Lookup returns the number of an identifier, or None if it has none.
func (t *Table) Lookup(s string) ID {
	e, hash := slotOf(s)
	return t.slots[t.find(&e, hash, s)].id
}

// find returns the index of a text's slot, or of the free one that is its place.
func (t *Table) find(want *slot, hash uint64, s string) uint64 {
	mask := uint64(len(t.slots) - 1)
	for i := hash >> t.shift; ; i++ {
		i &= mask
		e := &t.slots[i]
		if e.size == 0 || e.first == want.first && e.last == want.last && e.size == want.size && (len(s) <= 16 || t.texts[e.id] == s) {
			return i
		}
	}
}

// add gives a text its number, in the free slot with the index i.
func (t *Table) add(s string, e slot, i uint64) ID {
	e.id = ID(len(t.texts))
	t.texts = append(t.texts, s)
	t.private = append(t.private, isPrivate(s))
	t.slots[i] = e
	if len(t.texts) > len(t.slots)/2 {
		t.grow()
	}
	return e.id
}

func (t *Table) insert(e slot, hash uint64) {
	mask := uint64(len(t.slots) - 1)
	i := hash >> t.shift
	for t.slots[i&mask].size != 0 {
		i++
	}
	t.slots[i&mask] = e
}

func (t *Table) grow() {
	old := t.slots
	t.resize(2 * len(old))
	for i := range old {
		if e := &old[i]; e.size != 0 {
			_, hash := slotOf(t.texts[e.id])
			t.insert(*e, hash)
		}
	}
}
