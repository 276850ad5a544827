package pyc

import "math/big"

// An Object is a value in a marshal stream: one of the types below. Objects are
// compared by identity: two slots share an object when they hold the same
// pointer, and marshal writes a flagged object once and refers back to it.
type Object interface {
	// flag returns the object's FLAG_REF bit, or nil for the singletons,
	// which marshal never enters into its reference table. The pointer is
	// different for every object, so that it stands for the identity as well.
	flag() *Flag
}

// A Flag is marshal's FLAG_REF: whether the object gets a number when it is
// written, so that later slots can refer to it. CPython sets it for objects
// that are referenced from elsewhere too, even when nothing in the file refers
// back to them.
type Flag bool

func (f *Flag) flag() *Flag { return f }

// A Serial tells an object apart from all others that are written with it.
// Whoever makes the objects may number them, from 1 and without large gaps: a
// Writer finds numbered objects again faster than others. 0 is no number.
type Serial uint32

// A Singleton is one of the objects that marshal writes as a single byte.
type Singleton byte

// The singletons, by their marshal type codes.
const (
	None          Singleton = 'N'
	False         Singleton = 'F'
	True          Singleton = 'T'
	Ellipsis      Singleton = '.'
	StopIteration Singleton = 'S'
)

func (Singleton) flag() *Flag { return nil }

// String returns the object's name in Python.
func (s Singleton) String() string {
	switch s {
	case None:
		return "None"
	case False:
		return "False"
	case True:
		return "True"
	case Ellipsis:
		return "Ellipsis"
	case StopIteration:
		return "StopIteration"
	}
	return "unknown singleton"
}

// An Int is a Python int.
type Int struct {
	Flag
	Serial
	Small int64    // the value, when Big is nil
	Big   *big.Int // the value, when it does not fit in an int64; else nil
}

// A Float is a Python float. The bits of a NaN are kept.
type Float struct {
	Flag
	Serial
	Value float64
}

// A Complex is a Python complex. The signs of zeros and the bits of NaNs are
// kept.
type Complex struct {
	Flag
	Serial
	Value complex128
}

// A Bytes is a Python bytes object.
type Bytes struct {
	Flag
	Serial
	Value []byte
}

// A Str is a Python str.
type Str struct {
	Flag
	// Interned says that the string is in the interpreter's table of
	// interned strings, which marshal records.
	Interned bool
	Serial
	// Value is the text in UTF-8, in which a lone surrogate is encoded like
	// any other code point (CPython's "surrogatepass").
	Value string
}

// A Tuple is a Python tuple.
type Tuple struct {
	Flag
	Serial
	Items []Object
}

// A FrozenSet is a Python frozenset, its items in the order of the file.
type FrozenSet struct {
	Flag
	Serial
	Items []Object
}

// A Slice is a Python slice, a constant in the versions that have
// pyver.MarshalsSlices.
type Slice struct {
	Flag
	Serial
	Start, Stop, Step Object
}

// A Code is a code object. The fields are those of CPython's code objects, in
// the order of the marshal format.
type Code struct {
	Flag
	Serial
	ArgCount        int32 // positional parameters, positional-only ones included
	PosOnlyArgCount int32
	KwOnlyArgCount  int32
	StackSize       int32  // in values
	Flags           uint32 // CO_* bits
	Bytecode        *Bytes // code units of two bytes
	Consts          *Tuple
	Names           *Tuple // of *Str
	LocalsPlusNames *Tuple // of *Str: parameters, locals, cells, free variables
	LocalsPlusKinds *Bytes // a CO_FAST_* mask for each of LocalsPlusNames
	Filename        *Str
	Name            *Str
	QualName        *Str
	FirstLine       int32  // 1-based
	LineTable       *Bytes // location table. CPython: Objects/locations.md
	ExceptionTable  *Bytes // CPython: Objects/exception_handling_notes.txt
}
