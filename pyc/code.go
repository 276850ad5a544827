package pyc

import (
	"encoding/binary"
	"fmt"
)

// The bits of Code.Flags and LocalsPlusKinds that decide how many locals are
// parameters. CPython: code.h, CO_VARARGS; pycore_code.h, CO_FAST_LOCAL.
const (
	flagVarArgs     = 0x04
	flagVarKeywords = 0x08
	kindLocal       = 0x20
)

// code reads the rest of a code object.
func (r *reader) code(flag Flag) (Object, *FormatError) {
	start := r.pos - 1
	number := r.reserve(flag)
	at, err := r.take(20)
	if err != nil {
		return nil, err
	}
	c := &Code{
		Flag:            flag,
		ArgCount:        r.int32At(at),
		PosOnlyArgCount: r.int32At(at + 4),
		KwOnlyArgCount:  r.int32At(at + 8),
		StackSize:       r.int32At(at + 12),
		Flags:           uint32(r.int32At(at + 16)),
	}
	r.depth++
	if err := r.codeSlots(c); err != nil {
		return nil, err
	}
	r.depth--
	if slot, msg := r.checks.check(c); msg != "" {
		err := r.errorf(start, "%s", msg)
		if slot != "" {
			err = r.in(slot, err)
		}
		return nil, err
	}
	r.finish(number, c, flag)
	return c, nil
}

func (r *reader) int32At(at int) int32 { return int32(binary.LittleEndian.Uint32(r.data[at:])) }

// codeSlots reads what follows the first five numbers.
func (r *reader) codeSlots(c *Code) (err *FormatError) {
	if c.Bytecode, err = slot[*Bytes](r, "bytecode"); err != nil {
		return err
	}
	if c.Consts, err = slot[*Tuple](r, "consts"); err != nil {
		return err
	}
	if c.Names, err = slot[*Tuple](r, "names"); err != nil {
		return err
	}
	if c.LocalsPlusNames, err = slot[*Tuple](r, "localsplusnames"); err != nil {
		return err
	}
	if c.LocalsPlusKinds, err = slot[*Bytes](r, "localspluskinds"); err != nil {
		return err
	}
	if c.Filename, err = slot[*Str](r, "filename"); err != nil {
		return err
	}
	if c.Name, err = slot[*Str](r, "name"); err != nil {
		return err
	}
	if c.QualName, err = slot[*Str](r, "qualname"); err != nil {
		return err
	}
	line, err := r.uint32()
	if err != nil {
		return r.in("firstlineno", err)
	}
	c.FirstLine = int32(line)
	if c.LineTable, err = slot[*Bytes](r, "linetable"); err != nil {
		return err
	}
	c.ExceptionTable, err = slot[*Bytes](r, "exceptiontable")
	return err
}

// slot reads an object that must be of type T.
func slot[T Object](r *reader, name string) (T, *FormatError) {
	var none T
	start := r.pos
	o, err := r.object()
	if err != nil {
		return none, r.in(name, err)
	}
	t, ok := o.(T)
	if !ok {
		return none, r.in(name, r.errorf(start, "found %s where %s was expected", kindOf(o), kindOf(none)))
	}
	return t, nil
}

// A codeChecker finds what would make CPython refuse a code object. The zero
// value is ready for use, with the code objects of one file.
type codeChecker struct {
	// Code objects share tables. Those of the long ones that were gone through
	// are kept, so that a file that refers to one many times takes no longer.
	names  map[*Tuple]bool // whether all items are strings
	locals map[*Bytes]int  // the number of locals
}

// longTable is the number of entries from which it pays to keep the result.
const longTable = 64

// check says what is wrong with the code object and in which slot, "" for
// something about several slots. All slots must be set.
//
// CPython: codeobject.c, _PyCode_Validate, intern_strings.
func (k *codeChecker) check(c *Code) (slot, msg string) {
	switch {
	case c.PosOnlyArgCount < 0 || c.ArgCount < c.PosOnlyArgCount || c.KwOnlyArgCount < 0:
		return "", fmt.Sprintf("%d positional-only, %d positional and %d keyword-only arguments are impossible",
			c.PosOnlyArgCount, c.ArgCount, c.KwOnlyArgCount)
	case c.StackSize < 0:
		return "stacksize", fmt.Sprintf("%d is negative", c.StackSize)
	case int32(c.Flags) < 0:
		return "flags", fmt.Sprintf("%#x does not fit in 31 bits", c.Flags)
	case len(c.Bytecode.Value)%2 != 0:
		return "bytecode", fmt.Sprintf("length %d is odd", len(c.Bytecode.Value))
	case !k.allStrings(c.Names):
		return "names", firstOther(c.Names)
	case !k.allStrings(c.LocalsPlusNames):
		return "localsplusnames", firstOther(c.LocalsPlusNames)
	case len(c.LocalsPlusNames.Items) != len(c.LocalsPlusKinds.Value):
		return "", fmt.Sprintf("%d local variables have names and %d have kinds",
			len(c.LocalsPlusNames.Items), len(c.LocalsPlusKinds.Value))
	}
	locals := k.countLocals(c.LocalsPlusKinds)
	if params := parameters(c); params > int64(locals) {
		return "", fmt.Sprintf("%d parameters do not fit in %d local variables", params, locals)
	}
	return "", ""
}

func parameters(c *Code) int64 {
	n := int64(c.ArgCount) + int64(c.KwOnlyArgCount)
	if c.Flags&flagVarArgs != 0 {
		n++
	}
	if c.Flags&flagVarKeywords != 0 {
		n++
	}
	return n
}

func (k *codeChecker) allStrings(t *Tuple) bool {
	if len(t.Items) < longTable {
		return allStrings(t)
	}
	if k.names == nil {
		k.names = map[*Tuple]bool{}
	}
	ok, known := k.names[t]
	if !known {
		ok = allStrings(t)
		k.names[t] = ok
	}
	return ok
}

func allStrings(t *Tuple) bool {
	for _, o := range t.Items {
		if _, ok := o.(*Str); !ok {
			return false
		}
	}
	return true
}

// firstOther describes the first item that is not a string.
func firstOther(t *Tuple) string {
	for i, o := range t.Items {
		if _, ok := o.(*Str); !ok {
			return fmt.Sprintf("item %d is %s where str was expected", i, kindOf(o))
		}
	}
	return ""
}

func (k *codeChecker) countLocals(kinds *Bytes) int {
	if len(kinds.Value) < longTable {
		return countLocals(kinds)
	}
	if k.locals == nil {
		k.locals = map[*Bytes]int{}
	}
	n, known := k.locals[kinds]
	if !known {
		n = countLocals(kinds)
		k.locals[kinds] = n
	}
	return n
}

func countLocals(kinds *Bytes) int {
	n := 0
	for _, kind := range kinds.Value {
		if kind&kindLocal != 0 {
			n++
		}
	}
	return n
}

// reset forgets the code objects of the last file.
func (k *codeChecker) reset() {
	clear(k.names)
	clear(k.locals)
}
