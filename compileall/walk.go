package compileall

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// An entry is what comes up while a folder is walked: a folder, or a file.
type entry struct {
	path     string
	isFolder bool
	unlisted bool // a folder that cannot be listed
}

// walk lists a folder: itself, and what is in it by name, each folder followed
// by what is in it, down to maxLevels of them. Links to folders are left out,
// and __pycache__. Whether a file is one to compile is not looked at.
//
// CPython: Lib/compileall.py, _walk_dir.
func walk(dir string, maxLevels int) []entry {
	entries := []entry{{path: dir, isFolder: true}}
	names, err := list(dir)
	if err != nil {
		return append(entries, entry{path: dir, isFolder: true, unlisted: true})
	}
	for _, name := range names {
		path := joinPath(dir, name)
		info, err := os.Stat(path)
		switch {
		case name == "__pycache__":
		case err != nil || !info.IsDir():
			entries = append(entries, entry{path: path})
		case maxLevels > 0 && !isLink(path):
			entries = append(entries, walk(path, maxLevels-1)...)
		}
	}
	return entries
}

// list returns the names in a folder in Python's order.
func list(dir string) ([]string, error) {
	if dir == "" {
		return nil, fs.ErrNotExist
	}
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	names, err := f.Readdirnames(-1)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	slices.SortFunc(names, comparePython)
	return names, nil
}

// comparePython compares file names as Python's strings: by code point, where a
// byte that is no UTF-8 is the lone surrogate that it is escaped to.
func comparePython(a, b string) int {
	for a != "" && b != "" {
		x, xn := escapedRune(a)
		y, yn := escapedRune(b)
		if x != y {
			return int(x - y)
		}
		a, b = a[xn:], b[yn:]
	}
	return strings.Compare(a, b)
}

// escapedRune decodes the first character with Python's error handler
// "surrogateescape".
func escapedRune(s string) (rune, int) {
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 {
		return 0xDC00 + rune(s[0]), 1
	}
	return r, size
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

func isRegular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
