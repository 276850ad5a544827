// Package pyver names the CPython minor versions this project writes and reads
// bytecode for, and the facts of a version that every package needs: its magic
// number, its cache tag, and the behaviours in which it differs from the
// others. It is the only package that compares versions.
package pyver

import (
	"fmt"
	"strings"
)

// A Version is a CPython 3.x minor version, such as V314 for 3.14. The zero
// value is no version.
type Version uint8

// The versions, named as CPython numbers them.
const (
	V311 Version = 11 + iota
	V312
	V313
	V314
	V315
)

// First and Last bound the supported versions.
const (
	First = V311
	Last  = V315
)

// Default is the version that commands take when none is named.
const Default = V314

// All lists the supported versions, oldest first.
func All() []Version {
	all := make([]Version, 0, Last-First+1)
	for v := First; v <= Last; v++ {
		all = append(all, v)
	}
	return all
}

// String returns the version as CPython spells it, for example "3.14".
func (v Version) String() string { return fmt.Sprintf("3.%d", uint8(v)) }

// Valid reports whether v is one of the supported versions.
func (v Version) Valid() bool { return v >= First && v <= Last }

// Parse reads a version such as "3.14". A patch release ("3.14.2") names its
// minor version: bytecode is a matter of the minor version alone.
func Parse(s string) (Version, error) {
	for _, v := range All() {
		if s == v.String() || strings.HasPrefix(s, v.String()+".") {
			return v, nil
		}
	}
	return 0, fmt.Errorf("unsupported Python version %q; supported are %s", s, supported())
}

func supported() string {
	names := make([]string, 0, len(All()))
	for _, v := range All() {
		names = append(names, v.String())
	}
	return strings.Join(names, ", ")
}
