package dis

import (
	"fmt"
	"strconv"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// appendOperand appends what the operand of an instruction means: what dis
// shows in parentheses. It appends nothing where dis shows nothing. An operand
// that no compiler writes, such as an index out of range, is a *TableError.
//
// CPython: Lib/dis.py, ArgResolver.get_argval_argrepr.
func (w *view) appendOperand(dst []byte, in Instr) ([]byte, error) {
	if !in.HasArg {
		return dst, nil
	}
	flags := w.table.Flags(in.Op)
	switch {
	case w.showsConst(in):
		text, err := w.constant(in)
		return append(dst, text...), err
	case flags&opcode.HasName != 0:
		return w.appendName(dst, in)
	case flags&opcode.HasJump != 0:
		return w.appendTarget(dst, in), nil
	case flags&opcode.HasCompare != 0:
		return w.appendCompare(dst, in)
	}
	switch in.Op {
	case opcode.LoadFastLoadFast, opcode.LoadFastBorrowLoadFastBorrow, opcode.StoreFastLoadFast, opcode.StoreFastStoreFast:
		return w.appendPair(dst, in)
	}
	if flags&(opcode.HasLocal|opcode.HasFree) != 0 {
		return w.pick(dst, in, strings(w.code.LocalsPlusNames), in.Arg)
	}
	return w.appendCoded(dst, in)
}

// appendCoded appends the name of an operand that is a number with a meaning of
// its own.
func (w *view) appendCoded(dst []byte, in Instr) ([]byte, error) {
	o := w.table.Operands()
	switch in.Op {
	case opcode.BinaryOp:
		return w.pick(dst, in, list(o.Binary), in.Arg)
	case opcode.CallIntrinsic1:
		return w.pick(dst, in, list(o.Intrinsic1), in.Arg)
	case opcode.CallIntrinsic2:
		return w.pick(dst, in, list(o.Intrinsic2), in.Arg)
	case opcode.LoadCommonConstant:
		return w.pick(dst, in, list(o.CommonConstants), in.Arg)
	case opcode.LoadSpecial:
		return w.pick(dst, in, list(o.SpecialMethods), in.Arg)
	case opcode.ConvertValue:
		return w.pick(dst, in, list(conversions[:]), in.Arg)
	case opcode.FormatValue:
		return appendFormat(dst, in.Arg), nil
	case opcode.MakeFunction, opcode.SetFunctionAttribute:
		return appendBits(dst, o.FunctionAttributes, in.Arg), nil
	case opcode.IsOp:
		return w.appendWord(dst, in, "is", "is not"), nil
	case opcode.ContainsOp:
		return w.appendWord(dst, in, "in", "not in"), nil
	}
	return dst, nil
}

// conversions are the functions that f-strings apply to a value.
var conversions = [...]string{"", "str", "repr", "ascii"}

// A names gives a name by its index, and how many there are.
type names struct {
	at    func(i int) string
	count int
}

func list(s []string) names { return names{func(i int) string { return s[i] }, len(s)} }

func strings(t *pyc.Tuple) names {
	if t == nil {
		return names{}
	}
	return names{func(i int) string {
		if s, ok := t.Items[i].(*pyc.Str); ok {
			return s.Value
		}
		return ""
	}, len(t.Items)}
}

// pick appends the name with an index.
func (w *view) pick(dst []byte, in Instr, from names, index int32) ([]byte, error) {
	if index < 0 || int(index) >= from.count {
		return dst, w.outOfRange(in, int(index), from.count)
	}
	return append(dst, from.at(int(index))...), nil
}

func (w *view) outOfRange(in Instr, index, count int) error {
	return &TableError{"co_code", in.Offset, fmt.Sprintf("%s refers to number %d of %d", w.table.Name(in.Number), index, count)}
}

// showsConst reports whether the operand means a constant that dis shows.
func (w *view) showsConst(in Instr) bool {
	return in.HasArg && w.table.Flags(in.Op)&opcode.HasConst != 0 &&
		(in.Op != opcode.KwNames || w.version.Has(pyver.DisKwNames))
}

// constant returns the text of the constant that an instruction refers to,
// which is the same string each time.
func (w *view) constant(in Instr) (string, error) {
	if in.Arg < 0 || int(in.Arg) >= len(w.consts) {
		return "", w.outOfRange(in, int(in.Arg), len(w.consts))
	}
	if w.consts[in.Arg] == "" { // no text is empty
		w.consts[in.Arg] = string(pyrepr.Append(nil, w.code.Consts.Items[in.Arg], w.version, w.maxConst))
	}
	return w.consts[in.Arg], nil
}

// appendName appends a name and, where the operand's low bits say so, what else
// the instruction does.
func (w *view) appendName(dst []byte, in Instr) ([]byte, error) {
	index, extra := in.Arg, ""
	switch in.Op {
	case opcode.LoadGlobal:
		index, extra = in.Arg>>1, either(in.Arg&1 != 0, "NULL")
	case opcode.LoadAttr:
		if w.version.Has(pyver.MethodsByLoadAttr) {
			index, extra = in.Arg>>1, either(in.Arg&1 != 0, "NULL|self")
		}
	case opcode.LoadSuperAttr:
		index, extra = in.Arg>>2, either(in.Arg&1 != 0, "NULL|self")
	case opcode.ImportName:
		if w.version.Has(pyver.LazyImports) {
			index, extra = in.Arg>>2, [...]string{"", "lazy", "eager", "lazy"}[in.Arg&3]
		}
	}
	start := len(dst)
	dst, err := w.pick(dst, in, strings(w.code.Names), index)
	if err != nil || extra == "" || len(dst) == start {
		return dst, err
	}
	if w.version.Has(pyver.DisLabels) {
		return append(append(dst, " + "...), extra...), nil
	}
	name := string(dst[start:])
	return append(append(append(dst[:start], extra...), " + "...), name...), nil
}

func either(yes bool, s string) string {
	if yes {
		return s
	}
	return ""
}

func (w *view) appendTarget(dst []byte, in Instr) []byte {
	target, _ := w.target(in)
	if !w.version.Has(pyver.DisLabels) {
		return strconv.AppendInt(append(dst, "to "...), int64(target), 10)
	}
	// The end of an async for jumps nowhere: it says which SEND it belongs to.
	if in.Op == opcode.EndAsyncFor {
		dst = append(dst, "from L"...)
	} else {
		dst = append(dst, "to L"...)
	}
	return strconv.AppendInt(dst, int64(w.label(target)), 10)
}

func (w *view) appendCompare(dst []byte, in Instr) ([]byte, error) {
	operators := list(w.table.Operands().Compare)
	switch {
	case w.version.Has(pyver.CompareToBool):
		if in.Arg&16 == 0 {
			return w.pick(dst, in, operators, in.Arg>>5)
		}
		dst, err := w.pick(append(dst, "bool("...), in, operators, in.Arg>>5)
		return append(dst, ')'), err
	case w.version.Has(pyver.CompareMask):
		return w.pick(dst, in, operators, in.Arg>>4)
	}
	return w.pick(dst, in, operators, in.Arg)
}

// appendPair appends the two local variables of a superinstruction.
func (w *view) appendPair(dst []byte, in Instr) ([]byte, error) {
	locals := strings(w.code.LocalsPlusNames)
	dst, err := w.pick(dst, in, locals, in.Arg>>4)
	if err != nil {
		return dst, err
	}
	return w.pick(append(dst, ", "...), in, locals, in.Arg&15)
}

// appendFormat appends the conversion and the presence of a format spec.
func appendFormat(dst []byte, arg int32) []byte {
	conversion := conversions[arg&3]
	dst = append(dst, conversion...)
	if arg&4 == 0 {
		return dst
	}
	if conversion != "" {
		dst = append(dst, ", "...)
	}
	return append(dst, "with format"...)
}

// appendBits appends the names of the bits that are set.
func appendBits(dst []byte, names []string, arg int32) []byte {
	separator := ""
	for i, name := range names {
		if arg>>i&1 != 0 {
			dst = append(append(dst, separator...), name...)
			separator = ", "
		}
	}
	return dst
}

func (w *view) appendWord(dst []byte, in Instr, no, yes string) []byte {
	if !w.version.Has(pyver.DisOperatorWords) {
		return dst
	}
	if in.Arg != 0 {
		return append(dst, yes...)
	}
	return append(dst, no...)
}
