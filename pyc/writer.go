package pyc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// Append appends the object to b as version v marshals it. An error, which
// names the slot, says that the object could not be read back.
func Append(b []byte, o Object, v pyver.Version) ([]byte, error) {
	return NewWriter(v).Append(b, o)
}

// A Writer marshals objects, one after the other, as one version does. It keeps
// its memory from one object to the next, which makes it faster than the
// function Append. It may not be used by several goroutines at once.
//
// Objects are written with the flags that they have. A flagged object is
// written where it comes first and referred to from then on; an object without
// the flag is written again for every slot that holds it.
type Writer struct {
	slices bool // the version writes slices
	buf    []byte
	refs   references
	open   []uint32 // the numbers of the containers that are being written
	depth  int      // containers that are being written
	checks codeChecker
}

// NewWriter returns a Writer for version v.
func NewWriter(v pyver.Version) *Writer {
	return &Writer{slices: v.Has(pyver.MarshalsSlices)}
}

// Append appends the object to b. On an error it returns b.
func (w *Writer) Append(b []byte, o Object) ([]byte, error) {
	w.buf = b
	err := w.object(o)
	out := w.buf
	w.buf = nil
	w.open, w.depth = w.open[:0], 0
	w.refs.reset()
	w.checks.reset()
	if err != nil {
		return b, fmt.Errorf("writing %s: %w", kindOf(o), err)
	}
	return out, nil
}

var errEmpty = errors.New("nothing is here where an object was expected")

// A slotError is an error in a slot below the root.
type slotError struct {
	path string
	err  error
}

func (e *slotError) Error() string { return e.path + ": " + e.err.Error() }
func (e *slotError) Unwrap() error { return e.err }

// in adds a slot to the front of the error's path.
func in(name string, err error) error {
	var e *slotError
	if !errors.As(err, &e) {
		return &slotError{path: name, err: err}
	}
	if e.path[0] != '[' {
		name += "."
	}
	e.path = name + e.path
	return e
}

func (w *Writer) errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

func flagBit(f Flag) byte {
	if f {
		return flagRef
	}
	return 0
}

// reference writes a reference if the object was written before. Otherwise it
// gives the object its number, if it has the flag, and returns false.
//
// CPython: marshal.c, w_ref.
func (w *Writer) reference(f *Flag, s Serial) bool { return bool(*f) && w.again(f, s) }

// again is reference for an object that has the flag.
func (w *Writer) again(f *Flag, s Serial) bool {
	at := w.refs.at(s)
	if at == nil {
		return w.againAnywhere(f, s)
	}
	n := *at - w.refs.before - 1
	if n >= w.refs.count {
		w.refs.add(at)
		return false
	}
	w.refer(n)
	return true
}

// againAnywhere is again for an object whose number has no place yet.
func (w *Writer) againAnywhere(f *Flag, s Serial) bool {
	n, before := w.refs.number(f, s)
	if before {
		w.refer(n)
	}
	return before
}

func (w *Writer) refer(n uint32) {
	w.buf = append(w.buf, typeRef, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
}

func (w *Writer) uint32(n uint32) { w.buf = binary.LittleEndian.AppendUint32(w.buf, n) }

// typeAndLength writes the beginning of an object with a length of four bytes.
func (w *Writer) typeAndLength(code byte, n int) error {
	if n > maxLength {
		return w.errorf("a length of %d does not fit in a .pyc file", n)
	}
	w.buf = append(w.buf, code, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	return nil
}

func (w *Writer) float64(f float64) {
	w.buf = binary.LittleEndian.AppendUint64(w.buf, math.Float64bits(f))
}

// object writes any object.
func (w *Writer) object(o Object) error {
	switch o := o.(type) {
	case Singleton:
		return w.singleton(o)
	case *Str:
		return w.str(o)
	case *Int:
		return w.int(o)
	case *Code:
		return w.code(o)
	case *Tuple:
		return w.tuple(o)
	case *Bytes:
		return w.bytes(o)
	case *Float:
		w.float(o)
		return nil
	case *Complex:
		w.complex(o)
		return nil
	case *FrozenSet:
		return w.frozenSet(o)
	case *Slice:
		return w.slice(o)
	}
	return errEmpty
}

func (w *Writer) singleton(s Singleton) error {
	switch s {
	case None, False, True, Ellipsis, StopIteration:
		w.buf = append(w.buf, byte(s))
		return nil
	}
	return w.errorf("no singleton has the type code %q", byte(s))
}

func (w *Writer) bytes(b *Bytes) error {
	if w.reference(&b.Flag, b.Serial) {
		return nil
	}
	if err := w.typeAndLength(typeBytes|flagBit(b.Flag), len(b.Value)); err != nil {
		return err
	}
	w.buf = append(w.buf, b.Value...)
	return nil
}

func (w *Writer) float(f *Float) {
	if !w.reference(&f.Flag, f.Serial) {
		w.buf = append(w.buf, typeFloat|flagBit(f.Flag))
		w.float64(f.Value)
	}
}

func (w *Writer) complex(c *Complex) {
	if !w.reference(&c.Flag, c.Serial) {
		w.buf = append(w.buf, typeComplex|flagBit(c.Flag))
		w.float64(real(c.Value))
		w.float64(imag(c.Value))
	}
}

// begin is reference for a container of n objects. It checks that the container
// is not within itself, nor the objects too deep; end must follow. The result
// done says that a reference was written instead.
func (w *Writer) begin(f *Flag, s Serial, n int) (done bool, err error) {
	if w.reference(f, s) {
		// Containers get their numbers as they are begun, so that those of the
		// open ones are in order.
		number, _ := w.refs.number(f, s)
		if _, open := slices.BinarySearch(w.open, number); open {
			return true, w.errorf("the object is part of itself")
		}
		return true, nil
	}
	if *f {
		w.open = append(w.open, w.refs.count-1)
	}
	w.depth++
	if n > 0 && w.depth >= maxDepth {
		return false, ErrDepth
	}
	return false, nil
}

func (w *Writer) end(f *Flag) {
	if *f {
		w.open = w.open[:len(w.open)-1]
	}
	w.depth--
}

func (w *Writer) tuple(t *Tuple) error {
	if done, err := w.begin(&t.Flag, t.Serial, len(t.Items)); done || err != nil {
		return err
	}
	if len(t.Items) < shortLength {
		w.buf = append(w.buf, typeSmallTuple|flagBit(t.Flag), byte(len(t.Items)))
	} else {
		if err := w.typeAndLength(typeTuple|flagBit(t.Flag), len(t.Items)); err != nil {
			return err
		}
	}
	err := w.items(t.Items)
	w.end(&t.Flag)
	return err
}

func (w *Writer) frozenSet(s *FrozenSet) error {
	if done, err := w.begin(&s.Flag, s.Serial, len(s.Items)); done || err != nil {
		return err
	}
	if err := w.typeAndLength(typeFrozenSet|flagBit(s.Flag), len(s.Items)); err != nil {
		return err
	}
	err := w.items(s.Items)
	w.end(&s.Flag)
	return err
}

func (w *Writer) slice(s *Slice) error {
	if !w.slices {
		return w.errorf("the version has no slices in .pyc files")
	}
	if done, err := w.begin(&s.Flag, s.Serial, 3); done || err != nil {
		return err
	}
	w.buf = append(w.buf, typeSlice|flagBit(s.Flag))
	for _, part := range [...]struct {
		name string
		o    Object
	}{{"start", s.Start}, {"stop", s.Stop}, {"step", s.Step}} {
		if err := w.object(part.o); err != nil {
			return in(part.name, err)
		}
	}
	w.end(&s.Flag)
	return nil
}

func (w *Writer) items(items []Object) error {
	for i, o := range items {
		var err error
		if s, ok := o.(*Str); ok { // as most are
			if w.reference(&s.Flag, s.Serial) {
				continue
			}
			err = w.newStr(s)
		} else {
			err = w.object(o)
		}
		if err != nil {
			return in(fmt.Sprintf("[%d]", i), err)
		}
	}
	return nil
}

// codeSlots is the number of objects that a code object holds.
const codeSlots = 10

// code writes a code object.
func (w *Writer) code(c *Code) error {
	if c == nil {
		return errEmpty
	}
	if done, err := w.begin(&c.Flag, c.Serial, codeSlots); done || err != nil {
		return err
	}
	if name := c.emptySlot(); name != "" {
		return in(name, errEmpty)
	}
	if slot, msg := w.checks.check(c); msg != "" {
		if slot == "" {
			return errors.New(msg)
		}
		return in(slot, errors.New(msg))
	}
	w.buf = append(w.buf, typeCode|flagBit(c.Flag))
	w.uint32(uint32(c.ArgCount))
	w.uint32(uint32(c.PosOnlyArgCount))
	w.uint32(uint32(c.KwOnlyArgCount))
	w.uint32(uint32(c.StackSize))
	w.uint32(c.Flags)
	if err := w.codeSlots(c); err != nil {
		return err
	}
	w.end(&c.Flag)
	return nil
}

// codeSlots writes what follows the first five numbers.
func (w *Writer) codeSlots(c *Code) error {
	if err := w.bytes(c.Bytecode); err != nil {
		return in("bytecode", err)
	}
	if err := w.tuple(c.Consts); err != nil {
		return in("consts", err)
	}
	if err := w.tuple(c.Names); err != nil {
		return in("names", err)
	}
	if err := w.tuple(c.LocalsPlusNames); err != nil {
		return in("localsplusnames", err)
	}
	if err := w.bytes(c.LocalsPlusKinds); err != nil {
		return in("localspluskinds", err)
	}
	if err := w.str(c.Filename); err != nil {
		return in("filename", err)
	}
	if err := w.str(c.Name); err != nil {
		return in("name", err)
	}
	if err := w.str(c.QualName); err != nil {
		return in("qualname", err)
	}
	w.uint32(uint32(c.FirstLine))
	if err := w.bytes(c.LineTable); err != nil {
		return in("linetable", err)
	}
	if err := w.bytes(c.ExceptionTable); err != nil {
		return in("exceptiontable", err)
	}
	return nil
}

// emptySlot names the first slot that is not set, or is "".
func (c *Code) emptySlot() string {
	switch {
	case c.Bytecode == nil:
		return "bytecode"
	case c.Consts == nil:
		return "consts"
	case c.Names == nil:
		return "names"
	case c.LocalsPlusNames == nil:
		return "localsplusnames"
	case c.LocalsPlusKinds == nil:
		return "localspluskinds"
	case c.Filename == nil:
		return "filename"
	case c.Name == nil:
		return "name"
	case c.QualName == nil:
		return "qualname"
	case c.LineTable == nil:
		return "linetable"
	case c.ExceptionTable == nil:
		return "exceptiontable"
	}
	return ""
}
