package unidata

import (
	"bytes"
	_ "embed"
)

// LookupName returns the character that \N{name} stands for in a string literal
// of the version, by its name or one of its aliases. Case does not matter,
// except in some versions to the names of Hangul syllables and ideographs.
// Names of sequences name no character.
//
// CPython: unicodedata.c, _getcode.
func (t *Tables) LookupName(name string) (rune, bool) {
	if len(name) > longestName {
		return 0, false
	}
	var plain, upper [longestName]byte
	folded := foldASCII(upper[:0], name)
	if r, ok := t.listedName(folded); ok {
		return r, true
	}
	if t.foldsIdeographs {
		return t.derivedName(folded)
	}
	return t.derivedName(append(plain[:0], name...))
}

func foldASCII(dst []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// packedNames holds all names but those of Hangul syllables and ideographs, in
// the order of their bytes, in blocks of blockNames. With numbers of three
// bytes, the lowest first:
//
//	for each name: its code point<<3 | index into nameVersions;
//	for each block: where it is in what follows;
//	for each name: how many bytes it shares with the one before it in the
//	block, how many bytes follow, and these.
//
//go:embed names.bin
var packedNames string

const (
	blockNames = 16
	nameBlocks = (nameCount + blockNames - 1) / blockNames
	blocksAt   = 3 * nameCount
	textsAt    = blocksAt + 3*nameBlocks
)

func packed24(at int) int {
	return int(packedNames[at]) | int(packedNames[at+1])<<8 | int(packedNames[at+2])<<16
}

// listedName looks a name up among the packed ones.
func (t *Tables) listedName(name []byte) (rune, bool) {
	// The block is the last whose first name is not after the wanted one.
	low, high := 0, nameBlocks
	for low < high {
		middle := int(uint(low+high) / 2)
		at := textsAt + packed24(blocksAt+3*middle)
		if compareName(packedNames[at+2:at+2+int(packedNames[at+1])], name) <= 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == 0 {
		return 0, false
	}
	index, ok := searchBlock(low-1, name)
	if !ok {
		return 0, false
	}
	value := packed24(3 * index)
	if nameVersions[value&7]&t.version == 0 {
		return 0, false
	}
	return rune(value >> 3), true
}

// compareName is bytes.Compare without a conversion that would allocate.
func compareName(a string, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return len(a) - len(b)
}

// searchBlock returns the index of a name in a block.
func searchBlock(block int, name []byte) (index int, ok bool) {
	at := textsAt + packed24(blocksAt+3*block)
	var space [longestName]byte
	text := space[:0]
	for index = block * blockNames; index < min((block+1)*blockNames, nameCount); index++ {
		shared, size := int(packedNames[at]), int(packedNames[at+1])
		text = append(text[:shared], packedNames[at+2:at+2+size]...)
		if bytes.Equal(text, name) {
			return index, true
		}
		at += 2 + size
	}
	return 0, false
}
