package main

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// blockSize is the number of code points in a block of the class trie.
const blockSize = 256

// A class is what a version knows of the code points of one class.
type class struct {
	properties uint8 // a bit for each of propertyNames
	combining  uint8 // canonical combining class
}

// propertyNames lists the properties in the order of their bits. Each is a kind
// of fact and, in package unidata, the name of the bit.
var propertyNames = []string{"start", "continue", "unsettled"}

// A profile is what all versions know of a code point. Code points with the same
// profile share a class.
type profile [pyver.Last - pyver.First + 1]class

type classTables struct {
	// trie is the number of the block for each blockSize code points, then
	// the blocks: a class for each code point.
	trie    []byte
	classes []profile // by class
}

func packClasses(all []Fact) (classTables, error) {
	profiles, err := readProfiles(all)
	if err != nil {
		return classTables{}, err
	}
	var t classTables
	classOf := map[profile]byte{}
	byCode := make([]byte, len(profiles))
	for i, p := range profiles {
		c, ok := classOf[p]
		if !ok {
			if len(t.classes) == 256 {
				return t, fmt.Errorf("there are more than 256 classes; they do not fit a byte")
			}
			c = byte(len(t.classes))
			classOf[p] = c
			t.classes = append(t.classes, p)
		}
		byCode[i] = c
	}
	t.trie, err = packTrie(byCode)
	return t, err
}

func packTrie(byCode []byte) ([]byte, error) {
	var index, blocks []byte
	blockOf := map[string]int{}
	for i := 0; i < len(byCode); i += blockSize {
		block := string(byCode[i : i+blockSize])
		n, ok := blockOf[block]
		if !ok {
			n = len(blockOf)
			blockOf[block] = n
			blocks = append(blocks, block...)
		}
		if n > 255 {
			return nil, fmt.Errorf("there are more than 256 blocks; their numbers do not fit a byte")
		}
		index = append(index, byte(n))
	}
	return append(index, blocks...), nil
}

func readProfiles(all []Fact) ([]profile, error) {
	profiles := make([]profile, utf8.MaxRune+1)
	set := func(f Fact, change func(*class, string) error) error {
		first, last, rest, err := codeRange(f.value)
		if err != nil {
			return err
		}
		for r := first; r <= last; r++ {
			for i := range profiles[r] {
				if !f.versions.has(pyver.First + pyver.Version(i)) {
					continue
				}
				if err := change(&profiles[r][i], rest); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, f := range all {
		for bit, name := range propertyNames {
			if f.kind != name {
				continue
			}
			if err := set(f, func(c *class, _ string) error { c.properties |= 1 << bit; return nil }); err != nil {
				return nil, err
			}
		}
		if f.kind == "combining" {
			if err := set(f, setCombining); err != nil {
				return nil, err
			}
		}
	}
	return profiles, nil
}

func setCombining(c *class, value string) error {
	n, err := strconv.ParseUint(value, 10, 8)
	if err != nil {
		return fmt.Errorf("reading a combining class: %w", err)
	}
	c.combining = uint8(n)
	return nil
}
