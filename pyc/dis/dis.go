// Package dis disassembles code objects: it gives the text that a version's
// own "python -m dis" prints, without that interpreter, and the decoded
// instructions, source locations and exception handlers as values.
//
// The text is that of the version byte for byte, but for four things. Code
// objects appear without their address: <code object f, file "x.py", line 1>.
// Constants differ where package pyrepr says so: the order in a frozenset, and
// ints of more than 4300 digits. Inline caches show what the file holds, where
// CPython shows zeros. And a specialised instruction, which no compiler writes,
// shows by its own name, with the operand of the instruction it specialises.
//
// Input is not trusted. What CPython could not have written, such as a constant
// that does not exist or a table that ends within an entry, is a *TableError.
// Time is in proportion to the bytecode and to the text, and the text is
// bounded: see Options.
//
// CPython: Lib/dis.py.
package dis

import (
	"errors"
	"fmt"
	"io"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// Options say what to show, and bound the text. The zero value shows what
// "python -m dis" does.
type Options struct {
	ShowCaches    bool // inline caches; python -m dis -C
	ShowOffsets   bool // offsets where the version leaves them out; python -m dis -O
	ShowPositions bool // lines and columns in place of lines; python -m dis -P

	// MaxConst is the number of bytes after which the text of a constant is
	// cut; 0 stands for DefaultMaxConst.
	MaxConst int
	// MaxBytes is the number of bytes of text after which Fprint stops with
	// ErrTooLong; 0 stands for DefaultMaxBytes.
	MaxBytes int64
}

// The limits that Options have when they are not set.
const (
	DefaultMaxConst = 1 << 20
	DefaultMaxBytes = 1 << 30
)

// ErrTooLong says that a disassembly is longer than Options.MaxBytes.
var ErrTooLong = errors.New("the disassembly is too long")

// Fprint writes the disassembly of a code object and of the code objects in its
// constants, as "python -m dis" of version v does. A code object that is shared
// is shown once, and announced wherever it occurs.
//
// When the code object is malformed, Fprint writes what comes before the fault
// and returns the fault.
func Fprint(w io.Writer, c *pyc.Code, v pyver.Version, o Options) error {
	if o.MaxConst == 0 {
		o.MaxConst = DefaultMaxConst
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	p := printer{w: w, version: v, options: o, shown: map[*pyc.Code]bool{}}
	err := p.recursive(c)
	return errors.Join(err, p.flush())
}

// flushAt is the number of bytes of text that are written at a time.
const flushAt = 1 << 16

// A printer writes the text of code objects.
type printer struct {
	w       io.Writer
	version pyver.Version
	options Options
	shown   map[*pyc.Code]bool
	out     []byte
	written int64
	operand []byte // what an operand means; kept for its memory
	fault   error  // of w
}

func (p *printer) flush() error {
	if p.fault == nil && len(p.out) > 0 {
		_, p.fault = p.w.Write(p.out)
	}
	p.written += int64(len(p.out))
	p.out = p.out[:0]
	return p.fault
}

// checkpoint writes text when there is enough of it, and enforces the bound.
func (p *printer) checkpoint() error {
	if p.written+int64(len(p.out)) > p.options.MaxBytes {
		return fmt.Errorf("%w: more than %d bytes", ErrTooLong, p.options.MaxBytes)
	}
	if len(p.out) < flushAt {
		return nil
	}
	return p.flush()
}

// recursive shows a code object and those in its constants. Their nesting is
// that of the file's objects, which a reader bounds.
//
// CPython: Lib/dis.py, _disassemble_recursive.
func (p *printer) recursive(c *pyc.Code) error {
	p.shown[c] = true
	if err := p.codeObject(c); err != nil {
		return fmt.Errorf("disassembling %s: %w", pyrepr.Append(nil, c, p.version, p.options.MaxConst), err)
	}
	if c.Consts == nil {
		return nil
	}
	for _, item := range c.Consts.Items {
		inner, ok := item.(*pyc.Code)
		if !ok {
			continue
		}
		p.out = append(p.out, "\nDisassembly of "...)
		p.out = pyrepr.Append(p.out, inner, p.version, p.options.MaxConst)
		p.out = append(p.out, ':', '\n')
		if p.shown[inner] {
			continue
		}
		if err := p.recursive(inner); err != nil {
			return err
		}
	}
	return nil
}

// codeObject shows one code object.
func (p *printer) codeObject(c *pyc.Code) error {
	view, err := newView(c, p.version, p.options.MaxConst)
	if err != nil {
		return err
	}
	if p.options.ShowPositions {
		if err := view.readLocations(); err != nil {
			return err
		}
	}
	l := newLayout(view, p.options)
	for in, err := range Decode(view.bytecode(), p.version) {
		if err != nil {
			return err
		}
		if p.operand, err = view.appendOperand(p.operand[:0], in); err != nil {
			return err
		}
		p.out = l.instruction(p.out, in, p.operand)
		if p.options.ShowCaches {
			p.caches(&l, in)
		}
		if err := p.checkpoint(); err != nil {
			return err
		}
	}
	return p.exceptionTable(&l)
}

// caches shows the code units of inline cache after an instruction. Only the
// first unit of a field shows its value.
func (p *printer) caches(l *layout, in Instr) {
	at := in.Offset + 2
	for _, field := range l.table.CacheFields(in.Op) {
		p.operand = p.operand[:0]
		if p.version.Has(pyver.DisCacheNames) || l.table.Name(in.Number) != in.Op.String() {
			p.operand = appendCache(p.operand, field, l.bytecode()[at:])
		}
		for range field.Units {
			p.out = l.cache(p.out, in, at, p.operand)
			p.operand = p.operand[:0]
			at += 2
		}
	}
}

// exceptionTable shows the handlers.
func (p *printer) exceptionTable(l *layout) error {
	if len(l.handlers) == 0 {
		return p.checkpoint()
	}
	p.out = append(p.out, "ExceptionTable:\n"...)
	for _, h := range l.handlers {
		p.out = l.handler(p.out, h)
		if err := p.checkpoint(); err != nil {
			return err
		}
	}
	return nil
}

// cacheValue returns the value of a cache field at the start of b.
func cacheValue(field opcode.CacheField, b []byte) uint64 {
	var value uint64
	for i := 2*field.Units - 1; i >= 0; i-- {
		value = value<<8 | uint64(b[i])
	}
	return value
}
