package precompile

import (
	"fmt"
	"path/filepath"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Layout says where the .pyc of a source goes.
type Layout uint8

const (
	// PyCache is the layout of PEP 3147: __pycache__/name.cpython-314.pyc
	// beside the source, for programs that ship their sources too. Python
	// reads it only if the source is there.
	PyCache Layout = iota
	// Sourceless puts name.pyc where the source would be, for programs that
	// ship without their sources.
	Sourceless
)

// ParseLayout reads the name of a layout: "pycache" or "sourceless".
func ParseLayout(s string) (Layout, error) {
	switch s {
	case "pycache":
		return PyCache, nil
	case "sourceless":
		return Sourceless, nil
	}
	return 0, fmt.Errorf("layout %q is not pycache or sourceless", s)
}

// String returns the name that ParseLayout reads.
func (l Layout) String() string {
	if l == Sourceless {
		return "sourceless"
	}
	return "pycache"
}

// Output returns the path of the .pyc of a source in the layout. The path of
// the source is the one that the .pyc is to lie beside. In the sourceless
// layout the source must be named *.py.
func (l Layout) Output(source string, v pyver.Version, optimize int) (string, error) {
	dir, name := filepath.Dir(source), filepath.Base(source)
	if l == PyCache {
		return filepath.Join(dir, filepath.FromSlash(pyc.CachePath(name, v, optimize))), nil
	}
	name, err := pyc.SourcelessPath(name)
	if err != nil {
		return "", fmt.Errorf("%s has no sourceless file: %w", source, err)
	}
	return filepath.Join(dir, name), nil
}
