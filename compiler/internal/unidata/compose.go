package unidata

import (
	"cmp"
	"slices"
)

// A composition says that first and second together are the composite.
type composition struct {
	first, second, composite rune
	versions                 versions
}

// compose joins, in place, each character to the last one before it that is no
// combining character, if the two have a composite and nothing between them
// blocks it: no character that stays there has the same or a higher class.
func (t *Tables) compose(chars []char) []char {
	out := chars[:0]
	base := -1     // index in out of the last character that is no combining one
	var last uint8 // class of the character before the next one; 0 when that is the base
	for _, c := range chars {
		if base >= 0 && (last == 0 || last < c.combining) {
			if composite, ok := t.composite(out[base].r, c.r); ok {
				out[base].r = composite
				continue
			}
		}
		if c.combining == 0 {
			base = len(out)
		}
		last = c.combining
		out = append(out, c)
	}
	return out
}

// composite returns the character that the two are together.
func (t *Tables) composite(first, second rune) (rune, bool) {
	if r, ok := composeSyllable(first, second); ok {
		return r, true
	}
	wanted := composition{first: first, second: second}
	i, _ := slices.BinarySearchFunc(compositions[:], wanted, func(c, wanted composition) int {
		return cmp.Or(cmp.Compare(c.first, wanted.first), cmp.Compare(c.second, wanted.second))
	})
	for ; i < len(compositions) && compositions[i].first == first && compositions[i].second == second; i++ {
		if c := compositions[i]; c.versions&t.version != 0 {
			return c.composite, true
		}
	}
	return 0, false
}

// The Hangul syllables are in the order of their leading consonant, vowel and
// trailing consonant. The first trailing consonant is none, so that trailingBase
// is no character that composes. Unicode, section 3.12.
const (
	leadingBase   = 0x1100
	vowelBase     = 0x1161
	trailingBase  = 0x11a7
	syllableBase  = 0xac00
	leadingCount  = 19
	vowelCount    = 21
	trailingCount = 28
	syllableCount = leadingCount * vowelCount * trailingCount
)

func isSyllable(r rune) bool { return r >= syllableBase && r < syllableBase+syllableCount }

func syllable(leading, vowel, trailing int) rune {
	return syllableBase + rune((leading*vowelCount+vowel)*trailingCount+trailing)
}

func decomposeSyllable(chars []char, r rune) []char {
	n := r - syllableBase
	chars = append(chars,
		char{r: leadingBase + n/(vowelCount*trailingCount)},
		char{r: vowelBase + n/trailingCount%vowelCount})
	if trailing := n % trailingCount; trailing != 0 {
		chars = append(chars, char{r: trailingBase + trailing})
	}
	return chars
}

func composeSyllable(first, second rune) (rune, bool) {
	switch {
	case first >= leadingBase && first < leadingBase+leadingCount && second >= vowelBase && second < vowelBase+vowelCount:
		return syllable(int(first-leadingBase), int(second-vowelBase), 0), true
	case isSyllable(first) && (first-syllableBase)%trailingCount == 0 &&
		second > trailingBase && second < trailingBase+trailingCount:
		return first + second - trailingBase, true
	}
	return 0, false
}
