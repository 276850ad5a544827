package pyc

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// A File is a .pyc file: a header and the code object of a module.
type File struct {
	Header
	Code *Code
}

// ParseFile reads a whole .pyc file of a supported version. Of bytes that
// cannot be such a file it says so in a *FormatError.
func ParseFile(data []byte) (*File, error) {
	h, err := ReadHeader(data)
	if err != nil {
		return nil, fmt.Errorf("reading header: %w", err)
	}
	v, ok := h.Version()
	if !ok {
		return nil, fmt.Errorf("reading header: %w", formatErrorf(0,
			"magic number %d is of no supported version; those are the final releases of %v to %v",
			h.Magic, pyver.First, pyver.Last))
	}
	c, err := readCode(data, HeaderSize, v)
	if err != nil {
		return nil, fmt.Errorf("reading code object: %w", err)
	}
	return &File{Header: h, Code: c}, nil
}

// Append appends the bytes of the file to b. On an error it returns b.
func (f *File) Append(b []byte) ([]byte, error) {
	v, ok := f.Version()
	if !ok {
		return b, fmt.Errorf("writing header: magic number %d is of no supported version", f.Magic)
	}
	if f.Code == nil {
		return b, fmt.Errorf("writing code object: %w", errEmpty)
	}
	out, err := Append(f.Header.Append(b), f.Code, v)
	if err != nil {
		return b, err
	}
	return out, nil
}
