package main

import (
	"fmt"
	"slices"
	"strings"
)

// A decomposition is text[at:at+size], in UTF-8, of a code point.
type decomposition struct {
	code     rune
	versions versions
	at, size int
}

type composition struct {
	first, second, composite rune
	versions                 versions
}

type normalizationTables struct {
	decompositions []decomposition // by code point
	text           string
	compositions   []composition // by first, then second
}

func packNormalization(all []Fact) (normalizationTables, error) {
	var t normalizationTables
	var texts []string // of t.decompositions
	for _, f := range all {
		if f.kind != "nfkd" && f.kind != "compose" {
			continue
		}
		c, err := codes(f.value)
		if err != nil {
			return t, err
		}
		if f.kind == "compose" {
			if len(c) != 3 {
				return t, fmt.Errorf("%q is not two code points and their composite", f.value)
			}
			t.compositions = append(t.compositions, composition{c[0], c[1], c[2], f.versions})
			continue
		}
		text := string(c[1:])
		t.decompositions = append(t.decompositions, decomposition{code: c[0], versions: f.versions, size: len(text)})
		texts = append(texts, text)
	}
	t.text = overlay(texts)
	for i, text := range texts {
		t.decompositions[i].at = strings.Index(t.text, text)
	}
	return t, nil
}

// overlay returns a string in which each of the texts occurs. Long texts come
// first, since they often contain short ones.
func overlay(texts []string) string {
	sorted := slices.Clone(texts)
	slices.SortStableFunc(sorted, func(a, b string) int { return len(b) - len(a) })
	var all string
	for _, text := range sorted {
		if !strings.Contains(all, text) {
			all += text
		}
	}
	return all
}
