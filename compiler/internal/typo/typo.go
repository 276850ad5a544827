// Package typo finds the keywords that a name may be a misspelling of: those
// that CPython's traceback module tries in its place.
package typo

import (
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

const (
	maxMatches = 3
	cutoff     = 0.5 // of the similarity
)

// Keywords returns up to three keywords, what is likeliest first. One may be
// there twice.
// CPython: Lib/traceback.py, TracebackException._find_keyword_typos.
func Keywords(name string) []string {
	var list []string
	if nearest := nearestKeyword(name); nearest != "" {
		list = append(list, nearest)
	}
	list = append(list, similarKeywords(name)...)
	return list[:min(len(list), maxMatches)]
}

// similarKeywords returns the keywords that have much in common with a name.
// CPython: Lib/difflib.py, get_close_matches.
func similarKeywords(name string) []string {
	type match struct {
		ratio float64
		word  string
	}
	var found []match
	for _, word := range names.Keywords() {
		if r := ratio([]rune(word), []rune(name)); r >= cutoff {
			found = append(found, match{r, word})
		}
	}
	slices.SortFunc(found, func(a, b match) int {
		switch {
		case a.ratio > b.ratio:
			return -1
		case a.ratio < b.ratio:
			return 1
		}
		return -strings.Compare(a.word, b.word)
	})
	var words []string
	for _, m := range found[:min(len(found), maxMatches)] {
		words = append(words, m.word)
	}
	return words
}

// ratio returns how much two words have in common, from 0 to 1.
// CPython: Lib/difflib.py, SequenceMatcher.ratio.
func ratio(a, b []rune) float64 {
	if len(a)+len(b) == 0 {
		return 1
	}
	return 2 * float64(common(a, b)) / float64(len(a)+len(b))
}

// common returns how many characters are in the longest run that both words
// have, and in those on both sides of it.
// CPython: Lib/difflib.py, SequenceMatcher.get_matching_blocks.
func common(a, b []rune) int {
	bestA, bestB, size := 0, 0, 0
	ends := make([]int, len(b)+1) // lengths of the runs that end at each character of b
	for i := range a {
		last := 0
		for j := range b {
			length := 0
			if a[i] == b[j] {
				length = last + 1
			}
			last, ends[j+1] = ends[j+1], length
			if length > size {
				bestA, bestB, size = i-length+1, j-length+1, length
			}
		}
	}
	if size == 0 {
		return 0
	}
	return size + common(a[:bestA], b[:bestB]) + common(a[bestA+size:], b[bestB+size:])
}
