package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// An entry is one file of the archive.
type entry struct {
	name string // its place, with slashes
	path string // where its contents are
}

// A placement turns destinations into places in the archive.
type placement struct {
	prefix string
	roots  []string
}

// place returns the place of a destination: without the longest root that it
// lies below, and below the prefix.
func (p placement) place(dest string) string {
	longest := ""
	for _, root := range p.roots {
		if strings.HasPrefix(dest, root+"/") && len(root) > len(longest) {
			longest = root
		}
	}
	if longest != "" {
		dest = dest[len(longest)+1:]
	}
	return path.Join(p.prefix, dest)
}

// collect returns the entries of pairs of a destination and a path, sorted by
// place and without duplicates. Two files of different contents at one place
// are an error.
func collect(pairs []string, p placement) ([]entry, error) {
	var entries []entry
	for pair := range slices.Chunk(pairs, 2) {
		found, err := filesOf(p.place(pair[0]), pair[1])
		if err != nil {
			return nil, fmt.Errorf("listing files: %w", err)
		}
		entries = append(entries, found...)
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.path, b.path))
	})
	return unique(entries)
}

// filesOf returns the file at path, or all files below the folder at path.
func filesOf(place, root string) ([]entry, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []entry{{name: place, path: root}}, nil
	}
	var entries []entry
	// The separator makes WalkDir enter a root that is a link.
	err = filepath.WalkDir(root+string(filepath.Separator), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		entries = append(entries, entry{name: path.Join(place, filepath.ToSlash(rel)), path: name})
		return nil
	})
	return entries, err
}

// unique drops an entry whose place and contents are those of the one before.
func unique(entries []entry) ([]entry, error) {
	var kept []entry
	for _, e := range entries {
		if len(kept) == 0 || kept[len(kept)-1].name != e.name {
			kept = append(kept, e)
			continue
		}
		first := kept[len(kept)-1]
		same, err := sameContents(first.path, e.path)
		if err != nil {
			return nil, fmt.Errorf("comparing files: %w", err)
		}
		if !same {
			return nil, fmt.Errorf("%s and %s differ, and both belong at %s", first.path, e.path, e.name)
		}
	}
	return kept, nil
}

func sameContents(a, b string) (bool, error) {
	if a == b {
		return true, nil
	}
	first, err := os.ReadFile(a)
	if err != nil {
		return false, err
	}
	second, err := os.ReadFile(b)
	return bytes.Equal(first, second), err
}
