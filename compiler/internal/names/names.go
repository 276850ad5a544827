// Package names gives each identifier of a compilation a small integer, so
// that the stages compare and index by number.
//
// The identifiers that the language itself knows have constant numbers, the
// same in every table; all others are numbered as they come. A number means
// nothing outside its table, and no order of numbers may reach the output:
// sort by text.
package names

import "strings"

// An ID is the number of an identifier in a Table. The zero ID is no name.
type ID uint32

// None is the ID of no name.
const None ID = 0

type slot struct {
	hash uint32
	id   ID
}

// A Table numbers the identifiers of one compilation. The zero Table is not
// ready; call Reset first.
type Table struct {
	slots   []slot // a power of two; open addressing, linear probing
	texts   []string
	private []bool // by ID: see Private
}

const startSlots = 1 << 10

// Reset forgets all names but the constant ones.
func (t *Table) Reset() {
	if t.slots == nil {
		t.slots = make([]slot, startSlots)
		t.texts = make([]string, 0, startSlots/2)
	}
	clear(t.slots)
	clear(t.texts)
	t.texts = append(t.texts[:0], known[:]...)
	t.private = append(t.private[:0], make([]bool, len(known))...) // none is
	for id := ID(1); int(id) < len(known); id++ {
		t.insert(slot{hash(known[id]), id})
	}
}

// Len returns how many IDs there are, None included: IDs are less than Len.
func (t *Table) Len() int { return len(t.texts) }

// Text returns the identifier with the number id, "" for None.
func (t *Table) Text(id ID) string { return t.texts[id] }

// Private reports whether an identifier is one that classes keep to themselves:
// it begins with two underscores and does not end with two.
func (t *Table) Private(id ID) bool { return t.private[id] }

func isPrivate(s string) bool { return strings.HasPrefix(s, "__") && !strings.HasSuffix(s, "__") }

// hash is the hash function of tables. It takes eight bytes at a time.
func hash(s string) uint32 {
	const mul = 0x9E3779B97F4A7C15
	h := uint64(len(s)) * mul
	for ; len(s) >= 8; s = s[8:] {
		h = (h ^ uint64(low(s)) ^ uint64(low(s[4:]))<<32) * mul
		h ^= h >> 32
	}
	switch {
	case len(s) >= 4:
		h ^= uint64(low(s)) | uint64(low(s[len(s)-4:]))<<32
	case len(s) > 0:
		h ^= uint64(s[0]) | uint64(s[len(s)/2])<<8 | uint64(s[len(s)-1])<<16
	}
	h *= mul
	return uint32(h ^ h>>32)
}

// low returns the first four bytes as a number.
func low(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// Intern returns the number of an identifier, and gives it one if needed. The
// table keeps s.
func (t *Table) Intern(s string) ID {
	hash, mask := hash(s), uint32(len(t.slots)-1)
	for i := hash & mask; ; i = (i + 1) & mask {
		e := t.slots[i]
		if e.id == None {
			return t.add(s, hash)
		}
		if e.hash == hash && t.texts[e.id] == s {
			return e.id
		}
	}
}

// Lookup returns the number of an identifier, or None if it has none.
func (t *Table) Lookup(s string) ID {
	hash, mask := hash(s), uint32(len(t.slots)-1)
	for i := hash & mask; ; i = (i + 1) & mask {
		e := t.slots[i]
		if e.id == None || e.hash == hash && t.texts[e.id] == s {
			return e.id
		}
	}
}

func (t *Table) add(s string, hash uint32) ID {
	if len(t.texts) >= len(t.slots)/2 {
		t.grow()
	}
	id := ID(len(t.texts))
	t.texts = append(t.texts, s)
	t.private = append(t.private, isPrivate(s))
	t.insert(slot{hash, id})
	return id
}

func (t *Table) insert(e slot) {
	mask := uint32(len(t.slots) - 1)
	i := e.hash & mask
	for t.slots[i].id != None {
		i = (i + 1) & mask
	}
	t.slots[i] = e
}

func (t *Table) grow() {
	old := t.slots
	t.slots = make([]slot, 2*len(old))
	for _, e := range old {
		if e.id != None {
			t.insert(e)
		}
	}
}
