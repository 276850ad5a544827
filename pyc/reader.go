package pyc

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// Read reads the marshalled code object that is all of data, as version v
// writes it. The error is a *FormatError unless v is not a supported version.
// The code object shares no memory with data.
func Read(data []byte, v pyver.Version) (*Code, error) {
	return readCode(data, 0, v)
}

// ReadObject is Read for data that may hold any object.
func ReadObject(data []byte, v pyver.Version) (Object, error) {
	return readObject(data, 0, v)
}

// readCode reads the code object that starts at offset and fills the rest of
// the data.
func readCode(data []byte, offset int, v pyver.Version) (*Code, error) {
	o, err := readObject(data, offset, v)
	if err != nil {
		return nil, err
	}
	c, ok := o.(*Code)
	if !ok {
		return nil, formatErrorf(offset, "found %s where a code object was expected", kindOf(o))
	}
	return c, nil
}

func readObject(data []byte, offset int, v pyver.Version) (Object, error) {
	if !v.Valid() {
		return nil, fmt.Errorf("reading a code object: unsupported Python version %v", v)
	}
	r := newReader(data, offset, v)
	o, err := r.object()
	if err == nil && r.pos < len(r.data) {
		err = r.errorf(r.pos, "%d bytes follow the object", len(r.data)-r.pos)
	}
	if err != nil {
		err.Path = r.joinPath()
		return nil, err
	}
	return o, nil
}

// A reader reads one stream. Its methods return a nil error rather than a nil
// interface, which is cheaper to pass up and to test for.
type reader struct {
	data   []byte
	text   string // the same bytes; strings are parts of it
	pos    int    // of the next byte to be read
	depth  int    // containers that are open
	owed   int    // items of the open containers that are not begun
	slices bool   // the version writes slices
	refs   []Object
	checks codeChecker
	mem    arena
	path   []step // to the error, the innermost slot first
}

// A step of a path is a slot of a code object or, without a name, an item of a
// container.
type step struct {
	name  string
	index int
}

func newReader(data []byte, offset int, v pyver.Version) *reader {
	// The copies keep the objects independent of the caller's buffer, and cost
	// less than one copy for each string would.
	text := string(data)
	return &reader{
		data:   []byte(text),
		text:   text,
		pos:    offset,
		slices: v.Has(pyver.MarshalsSlices),
		refs:   make([]Object, 0, (len(data)-offset)/64+1),
	}
}

func (r *reader) errorf(offset int, format string, args ...any) *FormatError {
	return formatErrorf(offset, format, args...)
}

// in adds the slot to the path of the error.
func (r *reader) in(name string, err *FormatError) *FormatError {
	r.path = append(r.path, step{name: name})
	return err
}

// inItem adds the item of a container to the path of the error.
func (r *reader) inItem(index int, err *FormatError) *FormatError {
	r.path = append(r.path, step{index: index})
	return err
}

// joinPath returns the path in Python's notation. Of a very long path it gives
// the two ends.
func (r *reader) joinPath() string {
	const end = 10 // steps
	var b strings.Builder
	for i := len(r.path) - 1; i >= 0; i-- {
		if i == len(r.path)-1-end && i > end {
			b.WriteString("…")
			i = end
		}
		switch s := r.path[i]; {
		case s.name == "":
			fmt.Fprintf(&b, "[%d]", s.index)
		case b.Len() == 0:
			b.WriteString(s.name)
		default:
			b.WriteString("." + s.name)
		}
	}
	return b.String()
}

// left returns the number of bytes that remain.
func (r *reader) left() int { return len(r.data) - r.pos }

// object reads the object at the current position.
func (r *reader) object() (Object, *FormatError) {
	start := r.pos
	if start >= len(r.data) {
		return nil, r.errorf(start, "data ends where an object was expected")
	}
	if r.depth >= maxDepth {
		return nil, r.errorf(start, "more than %d objects lie within each other", maxDepth)
	}
	r.pos++
	code := r.data[start] &^ flagRef
	flag := Flag(r.data[start]&flagRef != 0)
	switch code {
	case typeRef:
		return r.reference(flag)
	case byte(None), byte(False), byte(True), byte(Ellipsis), byte(StopIteration):
		if flag {
			return nil, r.errorf(start, "%v is flagged to be referred to", Singleton(code))
		}
		return Singleton(code), nil
	case typeShortASCII, typeShortInterned:
		return r.shortString(flag, code == typeShortInterned)
	case typeASCII, typeASCIIInterned:
		return r.longString(flag, code == typeASCIIInterned)
	case typeUnicode, typeInterned:
		return r.unicode(flag, code == typeInterned)
	case typeInt:
		return r.int32(flag)
	case typeLong:
		return r.long(flag)
	case typeFloat:
		return r.float(flag)
	case typeComplex:
		return r.complex(flag)
	case typeBytes:
		return r.bytes(flag)
	case typeSmallTuple:
		return r.smallTuple(flag)
	case typeTuple:
		return r.largeTuple(flag)
	case typeFrozenSet:
		return r.frozenSet(flag)
	case typeSlice:
		return r.slice(flag)
	case typeCode:
		return r.code(flag)
	}
	return nil, r.errorf(start, "type code %q is %s; it cannot be in a code object", code, unusedType(code))
}

// reference reads the rest of a reference.
func (r *reader) reference(flag Flag) (Object, *FormatError) {
	start := r.pos - 1
	if flag {
		return nil, r.errorf(start, "a reference is flagged to be referred to")
	}
	n, err := r.uint32()
	if err != nil {
		return nil, err
	}
	if uint64(n) >= uint64(len(r.refs)) {
		return nil, r.errorf(start, "reference to object %d, but only %d came before", n, len(r.refs))
	}
	o := r.refs[n]
	if o == nil {
		return nil, r.errorf(start, "reference to object %d, which this one is part of", n)
	}
	return o, nil
}

// number gives the object its number if it is flagged.
func (r *reader) number(o Object, flag Flag) {
	if flag {
		r.refs = append(r.refs, o)
	}
}

// reserve is number for a container that is not finished: no reference to it
// is valid until r.finish.
func (r *reader) reserve(flag Flag) int {
	r.number(nil, flag)
	return len(r.refs) - 1
}

func (r *reader) finish(n int, o Object, flag Flag) {
	if flag {
		r.refs[n] = o
	}
}

func (r *reader) uint32() (uint32, *FormatError) {
	if r.left() < 4 {
		return 0, r.errorf(len(r.data), "data ends in a number of 4 bytes")
	}
	n := binary.LittleEndian.Uint32(r.data[r.pos:])
	r.pos += 4
	return n, nil
}

// length8 reads a length of one byte.
func (r *reader) length8() (int, *FormatError) {
	if r.left() < 1 {
		return 0, r.errorf(len(r.data), "data ends where a length was expected")
	}
	r.pos++
	return int(r.data[r.pos-1]), nil
}

// length reads a length of four bytes.
func (r *reader) length() (int, *FormatError) {
	n, err := r.uint32()
	if err != nil {
		return 0, err
	}
	if n > maxLength {
		return 0, r.errorf(r.pos-4, "length %d is negative", int32(n))
	}
	return int(n), nil
}

// take returns the position of the next n bytes and passes over them.
func (r *reader) take(n int) (int, *FormatError) {
	if n > r.left() {
		return 0, r.errorf(r.pos, "%d bytes were expected and %d are left", n, r.left())
	}
	r.pos += n
	return r.pos - n, nil
}

func (r *reader) float(flag Flag) (Object, *FormatError) {
	at, err := r.take(8)
	if err != nil {
		return nil, err
	}
	f := &Float{Flag: flag, Value: r.float64(at)}
	r.number(f, flag)
	return f, nil
}

func (r *reader) complex(flag Flag) (Object, *FormatError) {
	at, err := r.take(16)
	if err != nil {
		return nil, err
	}
	c := &Complex{Flag: flag, Value: complex(r.float64(at), r.float64(at+8))}
	r.number(c, flag)
	return c, nil
}

func (r *reader) float64(at int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(r.data[at:]))
}

func (r *reader) bytes(flag Flag) (Object, *FormatError) {
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	at, err := r.take(n)
	if err != nil {
		return nil, err
	}
	b := r.mem.bytes.take(r.left())
	b.Flag, b.Value = flag, r.data[at:at+n:at+n]
	r.number(b, flag)
	return b, nil
}

func (r *reader) smallTuple(flag Flag) (Object, *FormatError) {
	n, err := r.length8()
	if err != nil {
		return nil, err
	}
	return r.tuple(n, flag)
}

func (r *reader) largeTuple(flag Flag) (Object, *FormatError) {
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	if n < shortLength {
		return nil, r.errorf(r.pos-5, "a tuple of %d items has the form of a longer one", n)
	}
	return r.tuple(n, flag)
}

func (r *reader) tuple(n int, flag Flag) (Object, *FormatError) {
	number := r.reserve(flag)
	items, err := r.items(n)
	if err != nil {
		return nil, err
	}
	t := r.mem.tuples.take(r.left())
	t.Flag, t.Items = flag, items
	r.finish(number, t, flag)
	return t, nil
}

func (r *reader) frozenSet(flag Flag) (Object, *FormatError) {
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	number := r.reserve(flag)
	items, err := r.items(n)
	if err != nil {
		return nil, err
	}
	s := &FrozenSet{Flag: flag, Items: items}
	r.finish(number, s, flag)
	return s, nil
}

// items reads n objects.
func (r *reader) items(n int) ([]Object, *FormatError) {
	// Every item takes a byte at least, those of the containers around this
	// one too. So the slots of all containers together are no more than the
	// bytes of the data, however the lengths lie.
	if n > r.left()-r.owed {
		return nil, r.errorf(r.pos, "%d items were expected and %d bytes are left for them", n, max(0, r.left()-r.owed))
	}
	r.owed += n
	r.depth++
	items := r.mem.items(n, r.left())
	for i := range items {
		r.owed--
		o, err := r.object()
		if err != nil {
			return nil, r.inItem(i, err)
		}
		items[i] = o
	}
	r.depth--
	return items, nil
}

func (r *reader) slice(flag Flag) (Object, *FormatError) {
	if !r.slices {
		return nil, r.errorf(r.pos-1, "the version writes no slices")
	}
	number := r.reserve(flag)
	parts, err := r.items(3)
	if err != nil {
		return nil, err
	}
	s := &Slice{Flag: flag, Start: parts[0], Stop: parts[1], Step: parts[2]}
	r.finish(number, s, flag)
	return s, nil
}
