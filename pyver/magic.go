package pyver

import "fmt"

// magics holds the magic number that the final releases of each version write
// into the first two bytes of a .pyc file. CPython: pycore_magic_number.h,
// PYC_MAGIC_NUMBER.
var magics = [...]uint16{
	V311: 3495,
	V312: 3531,
	V313: 3571,
	V314: 3627,
	V315: 3666,
}

// Magic returns the version's magic number, as in the first two bytes
// (little-endian) of its .pyc files.
func (v Version) Magic() uint16 { return magics[v] }

// FromMagic returns the version whose final releases write the magic number.
// Alphas, betas and release candidates have magic numbers of their own, which
// belong to no supported version.
func FromMagic(magic uint16) (Version, bool) {
	for _, v := range All() {
		if v.Magic() == magic {
			return v, true
		}
	}
	return 0, false
}

// CacheTag returns the tag in the names of the version's cached .pyc files,
// for example "cpython-314". Source: PEP 3147, sys.implementation.cache_tag.
func (v Version) CacheTag() string { return fmt.Sprintf("cpython-3%d", uint8(v)) }

// FromCacheTag is the inverse of CacheTag.
func FromCacheTag(tag string) (Version, bool) {
	for _, v := range All() {
		if v.CacheTag() == tag {
			return v, true
		}
	}
	return 0, false
}
