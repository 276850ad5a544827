package precompile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A File is a source found under an operand of the command line.
type File struct {
	Path string // path of the file, starting as the operand does
	Root string // the folder that Rel is relative to: the operand, or the folder of an operand that is a file
	Rel  string // path below Root, with slashes
}

// Find lists the Python sources of operands, each a file or a folder, in the
// order of the operands and by name within a folder. In folders it takes the
// files named *.py, goes into all folders but __pycache__, and does not follow
// symbolic links to folders. An operand that is a file is taken whatever its
// name.
//
// What cannot be listed is part of the error; the rest is returned with it.
func Find(operands []string) ([]File, error) {
	var files []File
	var errs []error
	for _, operand := range operands {
		info, err := os.Stat(operand)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("reading source: %w", err))
		case info.IsDir():
			found, err := findIn(operand)
			files = append(files, found...)
			errs = append(errs, err)
		default:
			root, name := filepath.Split(operand)
			files = append(files, File{Path: operand, Root: filepath.Clean(root), Rel: name})
		}
	}
	return files, errors.Join(errs...)
}

func findIn(root string) ([]File, error) {
	var files []File
	var errs []error
	walk := func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("listing sources: %w", err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
			if d.Name() == "__pycache__" && path != root {
				return fs.SkipDir
			}
		case strings.HasSuffix(d.Name(), ".py") && !linksToFolder(path, d):
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			files = append(files, File{Path: path, Root: root, Rel: filepath.ToSlash(rel)})
		}
		return nil
	}
	// WalkDir does not enter a root that is itself a link, unless it ends in
	// a separator.
	start := root
	if !os.IsPathSeparator(start[len(start)-1]) {
		start += string(filepath.Separator)
	}
	err := filepath.WalkDir(start, walk)
	return files, errors.Join(append(errs, err)...)
}

func linksToFolder(path string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
