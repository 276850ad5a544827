package source

import (
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// A codecName is a name under which CPython finds an encoding.
type codecName struct {
	name  string // as normalName leaves it
	codec string // the module that decodes it
	kind  codecKind
	// noDots says that the name has no other spelling with dots.
	noDots   bool
	versions uint8 // a bit for each version, the oldest lowest
}

// A codecKind says how an encoding is decoded.
type codecKind uint8

const (
	unsupportedCodec codecKind = iota // only CPython can
	otherCodec                        // CPython decodes no text with it
	utf8Codec
	bytewiseCodec
	multibyteCodec
)

// lookup finds an encoding by a name that a file declares.
// CPython: Lib/encodings/__init__.py, search_function.
func lookup(declared string, v pyver.Version) (codecName, bool) {
	name := codecSpelling(declared)
	for _, s := range []string{name, strings.ReplaceAll(name, ".", "_")} {
		i, _ := slices.BinarySearchFunc(codecNames[:], s, func(c codecName, s string) int { return strings.Compare(c.name, s) })
		for ; i < len(codecNames) && codecNames[i].name == s; i++ {
			if c := codecNames[i]; c.versions&versionBit(v) != 0 && (s == name || !c.noDots) {
				return c, true
			}
		}
	}
	return codecName{}, false
}

func versionBit(v pyver.Version) uint8 { return 1 << (v - pyver.First) }

// codecSpelling gives the spellings of an encoding's name that differ in case
// and punctuation one name. CPython: Lib/encodings/__init__.py,
// normalize_encoding.
func codecSpelling(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' })
	return strings.Join(words, "_")
}

// findBytewise returns the table of an encoding of one byte a character.
func findBytewise(codec string, v pyver.Version) *bytewiseTable {
	for i := range bytewiseTables {
		if t := &bytewiseTables[i]; t.codec == codec && t.versions&versionBit(v) != 0 {
			return t
		}
	}
	return nil
}
