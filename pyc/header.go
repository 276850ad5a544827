package pyc

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// HeaderSize is the length of a .pyc header in bytes.
const HeaderSize = 16

// The flag bits in bytes 4 to 8 of a header. Source: PEP 552.
const (
	flagHashBased   = 1 << 0
	flagCheckSource = 1 << 1
)

// An Invalidation says how an interpreter finds out whether a .pyc file is out
// of date.
type Invalidation uint8

const (
	// UncheckedHash trusts the file; whoever built it keeps it up to date. It
	// is the default, because its header depends on the source alone.
	UncheckedHash Invalidation = iota
	// CheckedHash compares the hash of the source on each import.
	CheckedHash
	// Timestamp compares the time and size of the source on each import.
	Timestamp
)

// String returns the mode as "python -m compileall --invalidation-mode" spells
// it.
func (i Invalidation) String() string {
	switch i {
	case UncheckedHash:
		return "unchecked-hash"
	case CheckedHash:
		return "checked-hash"
	case Timestamp:
		return "timestamp"
	}
	return fmt.Sprintf("Invalidation(%d)", uint8(i))
}

// ParseInvalidation is the inverse of String. Underscores may stand for the
// dashes, as they do in rules_python.
func ParseInvalidation(s string) (Invalidation, error) {
	for i := UncheckedHash; i <= Timestamp; i++ {
		if strings.ReplaceAll(s, "_", "-") == i.String() {
			return i, nil
		}
	}
	return 0, fmt.Errorf("invalidation mode %q is none of %v, %v, %v", s, UncheckedHash, CheckedHash, Timestamp)
}

// A Header is what precedes the code object in a .pyc file: which version may
// load the file and which source it was made from.
type Header struct {
	Magic        uint16
	Invalidation Invalidation
	SourceHash   [8]byte // of the source; zero under Timestamp
	MTime        uint32  // the source's, in seconds since 1970 modulo 2³²; zero unless Timestamp
	Size         uint32  // the source's, in bytes modulo 2³²; zero unless Timestamp
}

// HashHeader returns the header of a file that version v makes from the
// source, under CheckedHash or UncheckedHash.
func HashHeader(v pyver.Version, source []byte, checked bool) Header {
	h := Header{Magic: v.Magic(), SourceHash: SourceHash(v, source)}
	if checked {
		h.Invalidation = CheckedHash
	}
	return h
}

// TimestampHeader returns the header of a file that version v makes from a
// source of size bytes that was last changed mtime seconds after 1970. Both
// numbers lose what does not fit in 32 bits, as they do in CPython. A time with
// a fraction is rounded toward zero.
func TimestampHeader(v pyver.Version, mtime, size int64) Header {
	return Header{Magic: v.Magic(), Invalidation: Timestamp, MTime: uint32(mtime), Size: uint32(size)}
}

// Version returns the version that loads the file. It is false for the magic
// numbers of unsupported versions, among which are those of alphas, betas and
// release candidates.
func (h Header) Version() (pyver.Version, bool) { return pyver.FromMagic(h.Magic) }

// Append appends the HeaderSize bytes of the header to b.
func (h Header) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, h.Magic)
	b = append(b, '\r', '\n')
	b = binary.LittleEndian.AppendUint32(b, h.flags())
	if h.Invalidation == Timestamp {
		b = binary.LittleEndian.AppendUint32(b, h.MTime)
		return binary.LittleEndian.AppendUint32(b, h.Size)
	}
	return append(b, h.SourceHash[:]...)
}

func (h Header) flags() uint32 {
	switch h.Invalidation {
	case Timestamp:
		return 0
	case CheckedHash:
		return flagHashBased | flagCheckSource
	default:
		return flagHashBased
	}
}

// ReadHeader reads the header at the start of data, whatever its version:
// callers that support only some ask Version. A *FormatError says what is wrong
// with it.
//
// CPython: importlib/_bootstrap_external.py, _classify_pyc.
func ReadHeader(data []byte) (Header, error) {
	switch {
	case len(data) == 0:
		return Header{}, formatErrorf(0, "the file is empty; a .pyc file starts with a header of %d bytes", HeaderSize)
	case len(data) >= 4 && (data[2] != '\r' || data[3] != '\n'):
		return Header{}, formatErrorf(2, `magic number is followed by %q, expected "\r\n": not a .pyc file`, data[2:4])
	case len(data) < HeaderSize:
		return Header{}, formatErrorf(len(data), "file ends in the header, which is %d bytes long", HeaderSize)
	}
	h := Header{Magic: binary.LittleEndian.Uint16(data)}
	switch flags := binary.LittleEndian.Uint32(data[4:]); flags {
	case 0:
		h.Invalidation = Timestamp
	case flagHashBased:
		h.Invalidation = UncheckedHash
	case flagHashBased | flagCheckSource:
		h.Invalidation = CheckedHash
	case flagCheckSource:
		return Header{}, formatErrorf(4, "flags %#x ask for a source check without a source hash", flags)
	default:
		return Header{}, formatErrorf(4, "flags %#x have bits that no version from 3.7 on sets (magic number %d)", flags, h.Magic)
	}
	if h.Invalidation == Timestamp {
		h.MTime = binary.LittleEndian.Uint32(data[8:])
		h.Size = binary.LittleEndian.Uint32(data[12:])
	} else {
		h.SourceHash = [8]byte(data[8:])
	}
	return h, nil
}
