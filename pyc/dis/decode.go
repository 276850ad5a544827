package dis

import (
	"fmt"
	"iter"

	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// An Instr is an instruction as it is encoded.
type Instr struct {
	Offset int       // of the instruction, in bytes
	Start  int       // of the first EXTENDED_ARG before it; Offset if there is none
	Op     opcode.Op // the instruction, or what it specialises; Invalid if there is none of that number
	Number byte      // the opcode
	HasArg bool      // whether Arg means something
	Arg    int32     // the operand, with those of the EXTENDED_ARGs before it
	Caches int       // number of code units of inline cache after it
}

// End returns the offset of the next instruction, in bytes.
func (i Instr) End() int { return i.Offset + 2 + 2*i.Caches }

// A TableError says where the bytes of a code object stop being what CPython
// could have written.
type TableError struct {
	Table  string // co_code, co_linetable or co_exceptiontable
	Offset int    // in bytes, from the start of the table
	Msg    string
}

func (e *TableError) Error() string { return fmt.Sprintf("%s offset %d: %s", e.Table, e.Offset, e.Msg) }

// Decode returns the instructions of bytecode, EXTENDED_ARG included, in order.
// After an error, which is a *TableError, there are no more.
func Decode(bytecode []byte, v pyver.Version) iter.Seq2[Instr, error] {
	return func(yield func(Instr, error) bool) {
		table := opcode.For(v)
		if table == nil {
			yield(Instr{}, unknownVersion(v))
			return
		}
		d := decoder{table: table, code: bytecode, start: -1}
		for d.at < len(bytecode) {
			in, err := d.next()
			if !yield(in, err) || err != nil {
				return
			}
		}
	}
}

func unknownVersion(v pyver.Version) error {
	return fmt.Errorf("disassembling: Python %v is not supported; supported are %v to %v", v, pyver.First, pyver.Last)
}

// A decoder reads instructions one after the other.
type decoder struct {
	table    *opcode.Table
	code     []byte
	at       int
	extended uint32 // what EXTENDED_ARGs give the next operand; 32 bits as in the interpreter
	start    int    // offset of the first of them, or -1
}

// next decodes the instruction at d.at, which is inside the code.
//
// CPython: Lib/dis.py, _unpack_opargs.
func (d *decoder) next() (Instr, error) {
	if d.at+1 == len(d.code) {
		return Instr{}, &TableError{"co_code", d.at, "half a code unit at the end"}
	}
	number := d.code[d.at]
	in := Instr{
		Offset: d.at,
		Start:  d.at,
		Op:     d.table.Decode(number),
		Number: number,
		HasArg: d.table.NumberFlags(number)&opcode.HasArg != 0,
		Caches: d.table.NumberCaches(number),
	}
	if in.End() > len(d.code) {
		return Instr{}, &TableError{"co_code", d.at, "the code ends within the caches of " + d.table.Name(number)}
	}
	if in.HasArg {
		in.Arg = int32(d.extended | uint32(d.code[d.at+1]))
	}
	d.extended = 0
	if in.Op == opcode.ExtendedArg {
		d.extended = uint32(in.Arg) << 8
		if d.start < 0 {
			d.start = d.at
		}
	} else if d.start >= 0 {
		in.Start, d.start = d.start, -1
	}
	d.at = in.End()
	return in, nil
}
