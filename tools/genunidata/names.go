package main

import (
	"fmt"
	"slices"
	"strings"
)

// blockNames is the number of names that are read one after the other from
// where a search by halves has led.
const blockNames = 16

type nameTables struct {
	// packed holds, with numbers of three bytes, the lowest first:
	//   for each name, in order: code point<<3 | index of its set of versions;
	//   for each block of blockNames names: where it is in what follows;
	//   for each name: how many bytes it shares with the one before it in the
	//   block, how many follow, and these.
	packed  []byte
	count   int
	longest int
	sets    []versions
}

func packNames(all []Fact) (nameTables, error) {
	type name struct {
		text  string
		value int
	}
	var t nameTables
	var names []name
	for _, f := range all {
		if f.kind != "name" && f.kind != "alias" {
			continue
		}
		digits, text, _ := strings.Cut(f.value, " ")
		r, err := code(digits)
		if err != nil {
			return t, err
		}
		set := slices.Index(t.sets, f.versions)
		if set < 0 {
			set = len(t.sets)
			t.sets = append(t.sets, f.versions)
		}
		names = append(names, name{text, int(r)<<3 | set})
		t.longest = max(t.longest, len(text))
	}
	slices.SortFunc(names, func(a, b name) int { return strings.Compare(a.text, b.text) })
	if len(t.sets) > 8 || t.longest > 255 {
		return t, fmt.Errorf("%d sets of versions and %d bytes in a name do not fit the format", len(t.sets), t.longest)
	}
	t.count = len(names)
	var values, blocks, texts []byte
	last := ""
	for i, n := range names {
		if i > 0 && n.text == last {
			return t, fmt.Errorf("the name %q is that of two characters", n.text)
		}
		shared := 0
		if i%blockNames == 0 {
			blocks = append24(blocks, len(texts))
		} else {
			shared = sharedPrefix(last, n.text)
		}
		values = append24(values, n.value)
		texts = append(texts, byte(shared), byte(len(n.text)-shared))
		texts = append(texts, n.text[shared:]...)
		last = n.text
	}
	t.packed = slices.Concat(values, blocks, texts)
	return t, nil
}

func append24(b []byte, n int) []byte { return append(b, byte(n), byte(n>>8), byte(n>>16)) }

func sharedPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
