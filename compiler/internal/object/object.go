// Package object makes the constants of a compilation with the identities that
// CPython's have: which equal values are one object, and which strings are
// interned. From these follows marshal's FLAG_REF (see Share), and so the bytes
// of a .pyc file.
//
// CPython shares constants in three ways, all of them here:
//
//   - Small ints, one-character strings, and empty strings, bytes and tuples are
//     single objects of the interpreter. Pool's constructors return them.
//   - The constant cache, one for each compilation, merges equal constants of
//     all code objects: Pool.Merge.
//   - When a code object is made, its names and those constants that look like
//     names are interned, that is, replaced by the interpreter's one string of
//     that value, if it has one: Pool.NewCode.
//
// Constants are values of package pyc, whose identity is the pointer. An object
// that was given to Merge or NewCode belongs to the pool: both change tuples in
// place, as CPython does.
//
// CPython: compile.c, const_cache_insert; codeobject.c, _PyCode_ConstantKey,
// intern_constants, _PyCode_New.
package object

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// Facts are what the interpreter of one version shares by itself.
type Facts struct {
	// MinSmallInt and MaxSmallInt bound the ints that are single objects.
	MinSmallInt, MaxSmallInt int64
	// InternsLatin1: the strings of one character below U+0100 are interned
	// from the start.
	InternsLatin1 bool
	// InternsCodeNames: making a code object interns its file name, name and
	// qualified name.
	InternsCodeNames bool
	// PinsSetItems: marshal holds the items of a frozenset while it sorts
	// them, so that all are sorted, and written, as shared objects.
	PinsSetItems bool
	// Interned lists the strings that are interned in a fresh process, in
	// byte order, each followed by a newline.
	Interned string
}

// A Pool makes and shares the constants of one compilation after another. It
// may not be used by several goroutines at once.
type Pool struct {
	facts Facts
	names *names.Table

	small     []pyc.Int
	smallIDs  []EntryID // of the small ints, 0 for those that were not merged yet
	latin1    [256]pyc.Str
	atStart   [256]bool // which of latin1 are interned from the start
	byteObjs  [256]pyc.Bytes
	emptyStr  pyc.Str
	emptyByte pyc.Bytes
	emptyTup  pyc.Tuple

	idents      []*pyc.Str // by names.ID: the interned string, if it was asked for
	identHashes []uint64   // by names.ID: the hashKey of that string
	known       names.ID   // identifiers below it had their numbers before the first string was interned
	interned    *lineIndex // of facts.Interned
	others      cache      // interned strings that are no identifiers
	cache       cache
	mem         arena
	share       sharer
	dumper      *pyc.Writer // of the items of sets
}

// NewPool returns a pool for a version with the facts. Reset must be called
// before each compilation.
func NewPool(facts Facts) *Pool {
	p := &Pool{
		facts: facts,
		small: make([]pyc.Int, facts.MaxSmallInt-facts.MinSmallInt+1),
	}
	p.smallIDs = make([]EntryID, len(p.small))
	p.mem.next = 1
	for i := range p.small {
		p.small[i] = pyc.Int{Flag: true, Serial: p.mem.serial(), Small: facts.MinSmallInt + int64(i)}
	}
	bytes := make([]byte, 256)
	for i := range p.latin1 {
		bytes[i] = byte(i)
		p.byteObjs[i] = pyc.Bytes{Flag: true, Serial: p.mem.serial(), Value: bytes[i : i+1 : i+1]}
		p.latin1[i] = pyc.Str{Flag: true, Serial: p.mem.serial(), Value: string(rune(i))}
		p.atStart[i] = facts.InternsLatin1 || p.internedAtStart(hashStr(p.latin1[i].Value), p.latin1[i].Value)
	}
	p.emptyStr = pyc.Str{Flag: true, Serial: p.mem.serial(), Interned: true}
	p.emptyByte = pyc.Bytes{Flag: true, Serial: p.mem.serial()}
	p.emptyTup = pyc.Tuple{Flag: true, Serial: p.mem.serial()}
	p.mem.first = p.mem.next
	return p
}

// Reset begins a compilation whose identifiers are in the table, which must
// hold nothing else. Objects of the last compilation are no longer valid: their
// memory is used again.
func (p *Pool) Reset(table *names.Table) {
	p.names, p.known = table, names.ID(table.Len())
	clear(p.idents)
	p.idents, p.identHashes = p.idents[:0], p.identHashes[:0] // their memory is in proportion to the names table's
	p.growIdents()
	p.others.reset()
	for i := range p.latin1 {
		p.latin1[i].Interned = p.atStart[i]
	}
	p.cache.reset()
	clear(p.smallIDs)
	p.mem.reset()
}
