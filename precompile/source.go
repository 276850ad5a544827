// Package precompile turns Python source files into .pyc files: it reads a
// source, has a compiler.Compiler compile it, puts the header in front, and
// writes the file so that nobody ever sees half of one.
//
// It is what the command and the worker share. Whether the compiler behind it
// is native or a real CPython is not its concern.
package precompile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// maxSource is the size in bytes above which a source is refused: positions
// in a code object are 32-bit numbers.
const maxSource = 1 << 30

// A Source is a source file in memory, with what its .pyc needs to know of
// the file itself.
type Source struct {
	Path    string // where it was read; named in errors
	Bytes   []byte
	ModTime time.Time
	Mode    fs.FileMode // permission bits
}

// ReadSource reads the source file at path.
func ReadSource(path string) (*Source, error) {
	s, err := readSource(path)
	if err != nil {
		return nil, fmt.Errorf("reading source: %w", err)
	}
	return s, nil
}

func readSource(path string) (*Source, error) {
	// A pipe would block in open until somebody writes to it, so the check
	// comes first.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	switch {
	case info.IsDir():
		return nil, fmt.Errorf("%s is a directory, not a Python source file", path)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > maxSource:
		return nil, fmt.Errorf("%s has %d bytes; at most %d can be compiled", path, info.Size(), maxSource)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(int(info.Size()) + bytes.MinRead)
	_, err = b.ReadFrom(io.LimitReader(f, maxSource))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return &Source{Path: path, Bytes: b.Bytes(), ModTime: info.ModTime(), Mode: info.Mode().Perm()}, nil
}
