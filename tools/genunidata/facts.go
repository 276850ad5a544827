package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// A versions is a set of versions: bit n is the nth of pyver.All.
type versions uint8

func (s versions) has(v pyver.Version) bool { return s>>(v-pyver.First)&1 != 0 }

// everyVersion is the set of all versions.
const everyVersion = versions(1<<(pyver.Last-pyver.First+1) - 1)

// A Fact is one line of a dump, with the versions whose dumps have it.
type Fact struct {
	versions versions
	kind     string
	value    string
}

// Line returns the fact as dump.py prints it.
func (f Fact) Line() string { return f.kind + " " + f.value }

// names.txt holds the facts of the kinds name and alias, facts.txt all others.
const (
	namesFile = "names.txt"
	factsFile = "facts.txt"
	header    = "# Written by tools/genunidata from real interpreters. The first column is the set of\n" +
		"# versions for which a line holds, in hexadecimal: bit 0 is 3.11, bit 1 is 3.12 ...\n"
)

// Merge returns the files of facts, by name, for a folder of dumps.
func Merge(folder string) (map[string][]byte, error) {
	sets := map[string]versions{}
	for _, v := range pyver.All() {
		dump, err := os.ReadFile(filepath.Join(folder, v.String()+".txt"))
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(dump)) {
			sets[line] |= 1 << (v - pyver.First)
		}
	}
	lines := make([]string, 0, len(sets))
	for line := range sets {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	var names, facts bytes.Buffer
	names.WriteString(header)
	facts.WriteString(header)
	for _, line := range lines {
		file := &facts
		if isName(line) {
			file = &names
		}
		fmt.Fprintf(file, "%02x %s", sets[line], line)
	}
	return map[string][]byte{namesFile: names.Bytes(), factsFile: facts.Bytes()}, nil
}

func isName(line string) bool {
	return strings.HasPrefix(line, "name ") || strings.HasPrefix(line, "alias ")
}

// Read returns the facts in a folder, in the order of the dumps.
func Read(folder string) ([]Fact, error) {
	var all []Fact
	for _, name := range []string{factsFile, namesFile} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(content)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			f, err := parseFact(strings.TrimSuffix(line, "\n"))
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", name, err)
			}
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b Fact) int { return cmp.Compare(a.Line(), b.Line()) })
	return all, nil
}

func parseFact(line string) (Fact, error) {
	set, rest, _ := strings.Cut(line, " ")
	kind, value, ok := strings.Cut(rest, " ")
	bits, err := strconv.ParseUint(set, 16, 8)
	if !ok || err != nil {
		return Fact{}, fmt.Errorf("line %q is not a set of versions, a kind and a value", line)
	}
	return Fact{versions(bits), kind, value}, nil
}

// codeRange splits a value such as "000041..00005A REST".
func codeRange(value string) (first, last rune, rest string, err error) {
	bounds, rest, _ := strings.Cut(value, " ")
	lo, hi, _ := strings.Cut(bounds, "..")
	if first, err = code(lo); err == nil {
		last, err = code(hi)
	}
	return first, last, rest, err
}

func code(digits string) (rune, error) {
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, fmt.Errorf("%q is no code point", digits)
	}
	return rune(n), nil
}

func codes(value string) ([]rune, error) {
	var all []rune
	for field := range strings.FieldsSeq(value) {
		r, err := code(field)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}
