package object

import (
	"math/bits"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// Intern returns the interned string with the value of s: another object that
// was interned before, or s itself, which is interned from then on.
//
// CPython: unicodeobject.c, intern_common.
func (p *Pool) Intern(s *pyc.Str) *pyc.Str {
	if s.Interned {
		return s
	}
	if one := p.singleStr(s.Value); one != nil {
		one.Interned = true
		return one
	}
	if id := p.names.Lookup(s.Value); id != names.None {
		return p.Ident(id)
	}
	hash := hashStr(s.Value)
	t, _, place := p.others.findStr(hash, s.Value)
	if t != nil {
		return t
	}
	t = s
	if p.internedAtStart(hash, s.Value) {
		t = p.OwnStr(s.Value)
	}
	t.Interned, t.Flag = true, true
	p.others.add(place, hash, t)
	return t
}

// internedAtStart reports whether a fresh process has interned the string, whose
// hash is given.
func (p *Pool) internedAtStart(hash uint64, s string) bool {
	if p.interned == nil {
		p.interned = indexLines(p.facts.Interned)
	}
	return p.interned.has(p.facts.Interned, hash, s)
}

// A lineIndex finds lines of a text: a hash table with linear probing, whose
// slots are the offset of a line plus one, or 0. The filter has a bit for each
// value of 16 bits of the hashes; few strings that are no lines have theirs set.
type lineIndex struct {
	filter [1 << 10]uint64
	slots  []uint32
}

// indexLines returns the index of a text whose lines all end in a newline.
func indexLines(text string) *lineIndex {
	x := &lineIndex{slots: make([]uint32, 2<<bits.Len(uint(strings.Count(text, "\n"))))}
	mask := uint64(len(x.slots) - 1)
	for start := 0; start < len(text); {
		end := start + strings.IndexByte(text[start:], '\n')
		hash := hashStr(text[start:end])
		x.filter[hash>>48>>6] |= 1 << (hash >> 48 & 63)
		i := hash & mask
		for x.slots[i] != 0 {
			i = (i + 1) & mask
		}
		x.slots[i] = uint32(start + 1)
		start = end + 1
	}
	return x
}

// has reports whether s, whose hash is given, is a line of the text.
func (x *lineIndex) has(text string, hash uint64, s string) bool {
	mask := uint64(len(x.slots) - 1)
	if x.filter[hash>>48>>6]>>(hash>>48&63)&1 == 0 {
		return false
	}
	for i := hash & mask; x.slots[i] != 0; i = (i + 1) & mask {
		line := text[x.slots[i]-1:]
		if strings.HasPrefix(line, s) && line[len(s)] == '\n' {
			return true
		}
	}
	return false
}

// isNameLike reports whether a string constant is interned when it becomes
// part of a code object.
//
// CPython: codeobject.c, should_intern_string.
func isNameLike(s string) bool {
	for i := range len(s) {
		if !inNames[s[i]] {
			return false
		}
	}
	return true
}

// inNames is true for the letters and digits of ASCII, and the underscore.
var inNames = func() (in [256]bool) {
	for c := range in {
		in[c] = c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
	}
	return in
}()

// internConstants interns the name-like strings among the constants in place,
// and in tuples and frozensets among them. It reports whether a slot of items
// itself changed. A frozenset with an item that is another object afterwards
// is replaced by a new frozenset.
//
// CPython: codeobject.c, intern_constants.
func (p *Pool) internConstants(items []pyc.Object) (modified bool) {
	for i := len(items) - 1; i >= 0; i-- {
		switch o := items[i].(type) {
		case *pyc.Str:
			if o.Interned || !isNameLike(o.Value) {
				continue
			}
			if s := p.Intern(o); s != o {
				items[i] = s
				modified = true
			}
		case *pyc.Tuple:
			p.internConstants(o.Items)
		case *pyc.FrozenSet:
			if s := p.internSet(o); s != o {
				items[i] = s
				modified = true
			}
		}
	}
	return modified
}

func (p *Pool) internSet(set *pyc.FrozenSet) *pyc.FrozenSet {
	items := p.Slots(len(set.Items))
	copy(items, set.Items)
	if !p.internConstants(items) {
		return set
	}
	return &pyc.FrozenSet{Items: items}
}
