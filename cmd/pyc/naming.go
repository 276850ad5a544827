package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rules-pyc/rules_pyc/precompile"
)

// naming decides the file name that is stored in the code objects, with the
// options of python -m compileall. Without any of them it is the path below
// the operand, which does not depend on where the tree lies.
type naming struct {
	strip   string // -s
	prepend string // -p
	dest    string // -d
}

func (n naming) check() error {
	if n.dest != "" && (n.strip != "" || n.prepend != "") {
		return errors.New("--destdir cannot be combined with --stripdir or --prependdir")
	}
	return nil
}

// name returns the file name to store for a source. CPython:
// Lib/compileall.py, compile_file.
func (n naming) name(f precompile.File) (string, error) {
	switch {
	case n.dest != "":
		return join(n.dest, f.Rel), nil
	case n.strip == "" && n.prepend == "":
		return f.Rel, nil
	}
	name := filepath.ToSlash(f.Path)
	if n.strip != "" {
		rest, ok := cutParts(name, filepath.ToSlash(n.strip))
		if !ok {
			return "", fmt.Errorf("--stripdir %s is not the beginning of %s", n.strip, f.Path)
		}
		name = rest
	}
	if n.prepend != "" {
		name = join(n.prepend, name)
	}
	return name, nil
}

// cutParts removes the path parts of prefix from the beginning of path. A
// separator at the end of the prefix does not count.
func cutParts(path, prefix string) (string, bool) {
	prefix = strings.TrimRight(prefix, "/")
	rest, ok := strings.CutPrefix(path, prefix+"/")
	return rest, ok && rest != ""
}

// join joins as os.path.join does: an absolute second path replaces the first.
func join(dir, path string) string {
	dir = filepath.ToSlash(dir)
	if strings.HasPrefix(path, "/") || dir == "" {
		return path
	}
	return strings.TrimRight(dir, "/") + "/" + path
}
