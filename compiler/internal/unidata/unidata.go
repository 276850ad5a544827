// Package unidata answers, for each CPython version, the questions about Unicode
// that compiling asks: which characters start and continue an identifier, what
// an identifier normalizes to, which character \N{...} names, and which
// characters repr() shows as they are.
//
// The answers are those of the interpreter, for every code point of its Unicode
// database: 14.0 (3.11), 15.0 (3.12), 15.1 (3.13), 16.0 (3.14), 17.0 (3.15).
// They come from the interpreters themselves: tools/genunidata asks them and
// merges what they say into data/, from which `go generate` makes the tables
// without an interpreter.
//
// All versions share their tables, since they differ in little: about 600 KB,
// of which names.bin is 470 KB, decompositions and compositions 75 KB,
// classes.bin 47 KB and what belongs to single versions 5 KB. All of it is
// read-only data that is looked up in place: nothing is decoded or allocated
// when the program starts.
//
//   - classes.bin leads from a code point, over a block of 256, to a class: a
//     byte for the code points of which every version knows the same. What a
//     version knows of a class is in its Tables.
//   - decompositions and compositions carry the set of versions that have them,
//     and are searched by halves.
//   - names.bin holds the names in order, in blocks that say of each name only
//     where it leaves the one before.
package unidata

import (
	_ "embed"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:generate go run ../../../tools/genunidata -data data -out .

// Tables is the Unicode database of one CPython version. It is never written to,
// so that goroutines may share it.
type Tables struct {
	unicode          string
	version          versions // the one
	foldsIdeographs  bool     // \N{} takes the names of Hangul syllables and ideographs in lower case
	takesLeadingZero bool     // \N{} takes an ideograph's number with a zero before it
	ideographs       []ideographs
	classes          [256]class
}

// versions is a set of versions: bit n is the nth that is supported.
type versions uint8

// A class is what a version knows of the code points of one class.
type class struct {
	properties properties
	combining  uint8 // canonical combining class
}

type properties uint8

// The properties, in the order of the kinds of facts in tools/genunidata.
const (
	start properties = 1 << iota
	continues
	// unsettled: normalization to NFKC changes the character, moves it, or may
	// join it to the one before. Text without such characters is normal.
	unsettled
)

// For returns the tables of a version, and nil for a version that is not
// supported.
func For(v pyver.Version) *Tables {
	if !v.Valid() {
		return nil
	}
	return &tables[v-pyver.First]
}

// Unicode returns the version of the Unicode database, such as "16.0.0".
func (t *Tables) Unicode() string { return t.unicode }

// IsStart reports whether an identifier may start with the character: it has the
// property XID_Start or is the underscore. CPython: unicodeobject.c,
// PyUnicode_IsIdentifier.
func (t *Tables) IsStart(r rune) bool { return t.class(r).properties&start != 0 }

// IsContinue reports whether the character may follow in an identifier.
// CPython: unicodeobject.c, PyUnicode_IsIdentifier.
func (t *Tables) IsContinue(r rune) bool { return t.class(r).properties&continues != 0 }

// classNumbers holds for each 256 code points the number of their block, then
// the blocks: a class number for each code point.
//
//go:embed classes.bin
var classNumbers string

const (
	blockSize = 256
	numBlocks = (utf8.MaxRune + 1) / blockSize
)

// class returns what the version knows of a character, which is nothing when it
// is no code point.
func (t *Tables) class(r rune) class {
	if uint32(r) > utf8.MaxRune {
		return class{}
	}
	block := int(classNumbers[r/blockSize])
	return t.classes[classNumbers[numBlocks+block*blockSize+int(r%blockSize)]]
}
