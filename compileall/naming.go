package compileall

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// A naming says which file name is stored in the code objects.
type naming struct {
	dest    *string // the folder that a file is said to lie in
	strip   *string // removed from the beginning of the path, part by part
	prepend *string // put before the rest
}

// inFolder returns the naming of what lies in a folder of the command line,
// where -d means: below that folder, instead of the folder itself.
func (n naming) inFolder(dir string) naming {
	if n.dest == nil {
		return n
	}
	return naming{strip: &dir, prepend: n.dest}
}

// name returns the file name to store for the source at path. The note is what
// there is to say of it, if anything.
//
// CPython: Lib/compileall.py, compile_file.
func (n naming) name(path string, v pyver.Version) (name, note string, err error) {
	named := ""
	if n.dest != nil {
		named = joinPath(*n.dest, filepath.Base(path))
	}
	if n.strip != nil {
		parts, strip := strings.Split(path, separator), strings.Split(*n.strip, separator)
		switch {
		case len(strip) > len(parts) || !slices.Equal(parts[:len(strip)], strip):
			note = fmt.Sprintf("The stripdir path %s is not a valid prefix for source path %s; ignoring", repr(*n.strip, v), repr(path, v))
		case len(strip) == len(parts):
			return "", "", fmt.Errorf("-s %s leaves nothing of the path of %s; give a folder above it", *n.strip, path)
		default:
			named = joinParts(parts[len(strip):])
		}
	}
	if n.prepend != nil {
		if named == "" {
			named = path
		}
		named = joinPath(*n.prepend, named)
	}
	if named == "" {
		named = path
	}
	return named, note, nil
}
