package ast

import (
	"math"
	"math/big"
	"strconv"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// Dump appends what Python prints for ast.dump(tree, include_attributes=True).
func Dump(dst []byte, m *Module, t *names.Table, v pyver.Version) []byte {
	d := dumper{
		buf: dst, names: t, version: v,
		omitsEmpty: v.Has(pyver.DumpOmitsEmptyLists), omitsLoad: v.Has(pyver.DumpOmitsLoad),
	}
	d.dumpModule(m)
	return d.buf
}

// A dumper writes a tree. CPython: Lib/ast.py, dump.
type dumper struct {
	buf        []byte
	names      *names.Table
	version    pyver.Version
	omitsEmpty bool
	omitsLoad  bool
	first      bool // nothing is written of the current node but its name
}

func (d *dumper) text(s string) { d.buf = append(d.buf, s...) }

func (d *dumper) begin(name string) {
	d.text(name)
	d.first = true
}

func (d *dumper) end() {
	d.text(")")
	d.first = false
}

func (d *dumper) key(name string) {
	if !d.first {
		d.text(", ")
	}
	d.first = false
	d.text(name)
}

// list begins a field of n items, and reports whether there are any.
func (d *dumper) list(name string, n int) bool {
	if n > 0 {
		d.key(name)
		d.text("[")
		return true
	}
	if !d.omitsEmpty {
		d.key(name)
		d.text("[]")
	}
	return false
}

func (d *dumper) item(i int) {
	if i > 0 {
		d.text(", ")
	}
}

func (d *dumper) endList() { d.text("]") }

func (d *dumper) none() { d.text("None") }

func (d *dumper) enum(name string) {
	d.text(name)
	d.text("()")
}

func (d *dumper) context(c Context) {
	if c == Load && d.omitsLoad {
		return
	}
	d.key("ctx=")
	d.enum(c.String())
}

func (d *dumper) int(i int32) { d.buf = strconv.AppendInt(d.buf, int64(i), 10) }

func (d *dumper) identifier(id names.ID) {
	d.buf = pyrepr.AppendStr(d.buf, d.names.Text(id), d.version)
}

func (d *dumper) location(s source.Span) {
	d.key("lineno=")
	d.int(s.Start.Line)
	d.key("col_offset=")
	d.int(s.Start.Col)
	d.key("end_lineno=")
	d.int(s.End.Line)
	d.key("end_col_offset=")
	d.int(s.End.Col)
}

func (d *dumper) constant(v Value) {
	switch v.Kind {
	case NoneValue:
		d.text("None")
	case FalseValue:
		d.text("False")
	case TrueValue:
		d.text("True")
	case EllipsisValue:
		d.text("Ellipsis")
	case IntValue:
		if v.Big == nil {
			d.buf = strconv.AppendInt(d.buf, int64(v.Bits), 10)
			return
		}
		d.buf = pyrepr.AppendInt(d.buf, new(big.Int).Set(v.Big))
	case FloatValue:
		d.buf = pyrepr.AppendFloat(d.buf, math.Float64frombits(v.Bits))
	case ComplexValue:
		d.buf = pyrepr.AppendComplex(d.buf, v.Complex())
	case StrValue:
		d.buf = pyrepr.AppendStr(d.buf, v.Text, d.version)
	case BytesValue:
		d.buf = pyrepr.AppendBytes(d.buf, []byte(v.Text))
	case TupleValue, FrozenSetValue:
		d.items(v)
	}
}

func (d *dumper) items(v Value) {
	open, closing := "(", ")"
	if v.Kind == FrozenSetValue {
		open, closing = "frozenset({", "})"
	} else if len(v.Items.Values) == 1 {
		closing = ",)"
	}
	d.text(open)
	for i, e := range v.Items.Values {
		d.item(i)
		d.constant(e)
	}
	d.text(closing)
}

// Complex returns the value of a complex constant.
func (v Value) Complex() complex128 {
	re := 0.0
	if v.Items != nil {
		re = math.Float64frombits(v.Items.Real)
	}
	return complex(re, math.Float64frombits(v.Bits))
}
