package typo

import (
	"math"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
)

// What it costs to make one word of another: to put in, take away or change a
// letter, and to change its case.
const (
	moveCost = 2
	caseCost = 1
)

// maxLength bounds the words that are compared, in bytes.
const maxLength = 40

// nearestKeyword returns the keyword that is the least effort to make of a
// name, or "" if all are too much.
// CPython: Python/suggestions.c, _Py_CalculateSuggestions.
func nearestKeyword(name string) string {
	nearest, least := "", math.MaxInt
	for _, word := range names.Keywords() {
		limit := min((len(name)+len(word)+3)*moveCost/6, least-1)
		if d := distance(name, word); d <= limit {
			nearest, least = word, d
		}
	}
	return nearest
}

// distance returns what it costs to make one word of the other, or more than
// anything if they are too long.
// CPython: Python/suggestions.c, levenshtein_distance.
func distance(a, b string) int {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if a == "" || b == "" {
		return (len(a) + len(b)) * moveCost
	}
	if len(a) > maxLength || len(b) > maxLength {
		return math.MaxInt
	}
	row := make([]int, len(a)+1) // costs of the beginnings of a
	for i := range row {
		row[i] = i * moveCost
	}
	for j := range len(b) {
		diagonal := row[0]
		row[0] = (j + 1) * moveCost
		for i := range len(a) {
			change := diagonal + changeCost(a[i], b[j])
			diagonal = row[i+1]
			row[i+1] = min(change, diagonal+moveCost, row[i]+moveCost)
		}
	}
	return row[len(a)]
}

// changeCost returns what it costs to make one byte of the other.
func changeCost(a, b byte) int {
	switch {
	case a == b:
		return 0
	case lower(a) == lower(b):
		return caseCost
	}
	return moveCost
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
