package pyc

import "fmt"

// The marshal format, as far as .pyc files need it.
//
// A stream is one object. An object is a type code of one byte and, depending
// on the code, what follows in the table. Numbers are little-endian; n is a
// signed 32-bit length that is never negative, n8 a length of one byte.
//
//	N F T . S   None, False, True, Ellipsis, StopIteration: nothing follows
//	i           int that fits in 32 bits: those 32 bits
//	l           any other int: a signed 32-bit count of digits, negative when
//	            the int is, then the digits, 16 bits each but below 2¹⁵, the
//	            least significant first and the last one not zero
//	g           float: IEEE 754, 64 bits
//	y           complex: two such, real and imaginary
//	s           bytes: n, the bytes
//	z a         str of ASCII characters: n8 or (256 or more) n, the characters
//	Z A         the same, interned
//	u t         any other str, not interned or interned: n, UTF-8 in which lone
//	            surrogates are encoded too; n counts bytes
//	) (         tuple: n8 or (256 or more) n, the objects
//	>           frozenset: n, the objects
//	:           slice: the objects start, stop, step
//	c           code: argument counts (all positional ones, positional-only,
//	            keyword-only), stack size and flags, 32 bits each; the objects
//	            bytecode, consts, names, localsplusnames, localspluskinds,
//	            filename, name, qualname; the first line, 32 bits; the objects
//	            line table and exception table
//	r           an object that came before: its number, 32 bits
//
// A type code with FLAG_REF, its highest bit, gives its object the next number,
// from 0, when the code is read: a container has a lower number than what it
// holds. The singletons never have the flag. Objects without it have no number
// and cannot be referred to. A reference to a container from within itself has
// no meaning.
//
// There is one way to write an object, given its flag and which of its parts
// were written before. The reader refuses every other, although CPython's
// reader accepts many, so that what was read is written back unchanged. It also
// refuses what marshal knows but no code object holds: lists, dicts, sets,
// numbers as text.
//
// CPython: marshal.c, w_object, w_complex_object, r_object.
const (
	typeInt           = 'i'
	typeLong          = 'l'
	typeFloat         = 'g'
	typeComplex       = 'y'
	typeBytes         = 's'
	typeShortASCII    = 'z'
	typeShortInterned = 'Z'
	typeASCII         = 'a'
	typeASCIIInterned = 'A'
	typeUnicode       = 'u'
	typeInterned      = 't'
	typeSmallTuple    = ')'
	typeTuple         = '('
	typeFrozenSet     = '>'
	typeSlice         = ':'
	typeCode          = 'c'
	typeRef           = 'r'

	flagRef = 0x80
)

// ErrDepth says that objects lie so deep within each other that CPython's marshal
// neither writes nor reads them.
var ErrDepth = fmt.Errorf("more than %d objects lie within each other", maxDepth)

// maxDepth is the number of objects that may lie within each other, the
// outermost included. CPython: marshal.c, MAX_MARSHAL_STACK_DEPTH.
const maxDepth = 2000

// shortLength is the length from which strings and tuples have the long form.
const shortLength = 256

// maxLength is the largest length that the format has room for.
const maxLength = 1<<31 - 1

// kindOf names the object's type in Python.
func kindOf(o Object) string {
	switch o := o.(type) {
	case nil:
		return "nothing"
	case Singleton:
		return o.String()
	case *Int:
		return "int"
	case *Float:
		return "float"
	case *Complex:
		return "complex"
	case *Bytes:
		return "bytes"
	case *Str:
		return "str"
	case *Tuple:
		return "tuple"
	case *FrozenSet:
		return "frozenset"
	case *Slice:
		return "slice"
	case *Code:
		return "code"
	}
	return "unknown object"
}

// unusedTypes names the type codes that marshal knows and no code object needs.
func unusedType(code byte) string {
	switch code {
	case '0':
		return "the end of a dict"
	case 'I':
		return "an int of 64 bits, which CPython no longer writes"
	case 'f', 'x':
		return "a number as text, which CPython no longer writes"
	case '[':
		return "a list"
	case '{':
		return "a dict"
	case '}':
		return "a frozendict"
	case '<':
		return "a set"
	case '?':
		return "an object that marshal cannot write"
	}
	return "unknown"
}
