package codegen

import (
	"math"
	"strconv"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// constant loads a constant.
func (c *Compiler) constant(e *ast.Constant) {
	if e.Value.Text == percent && e.Loc == instr.NoLoc() {
		// Faithful: preprocessing turned %% in a format into a string of its
		// own, not the interpreter's one object for the character, and marshal
		// tells them apart.
		c.addConst(e.Loc, &pyc.Str{Value: percent})
		return
	}
	c.seq.Emit(opcode.LoadConst, c.constIndex(&e.Value), e.Loc)
}

const percent = "%"

// object returns the object of a constant of the source.
func (c *Compiler) object(v *ast.Value) pyc.Object {
	switch v.Kind {
	case ast.NoneValue:
		return pyc.None
	case ast.FalseValue:
		return pyc.False
	case ast.TrueValue:
		return pyc.True
	case ast.EllipsisValue:
		return pyc.Ellipsis
	case ast.IntValue:
		if v.Big != nil {
			return c.pool.BigInt(v.Big)
		}
		return c.pool.Int(int64(v.Bits))
	case ast.FloatValue:
		return c.pool.Float(math.Float64frombits(v.Bits))
	case ast.ComplexValue:
		return &pyc.Complex{Value: complexOf(v)}
	case ast.StrValue:
		return c.pool.Str(v.Text)
	case ast.BytesValue:
		return c.pool.Bytes([]byte(v.Text))
	case ast.TupleValue:
		return c.pool.Tuple(c.objects(v.Items.Values))
	case ast.FrozenSetValue:
		return &pyc.FrozenSet{Items: c.objects(v.Items.Values)}
	}
	return pyc.None
}

func (c *Compiler) objects(values []ast.Value) []pyc.Object {
	items := c.pool.Slots(len(values))
	for i := range values {
		items[i] = c.object(&values[i])
	}
	return items
}

func complexOf(v *ast.Value) complex128 {
	re := 0.0
	if v.Items != nil {
		re = math.Float64frombits(v.Items.Real)
	}
	return complex(re, math.Float64frombits(v.Bits))
}

// surrogateByte starts each surrogate, and some other characters, in the text
// of constants.
const surrogateByte = 0xED

// refuseSurrogates fails if the text has a surrogate, which UTF-8 cannot
// encode.
func (c *Compiler) refuseSurrogates(s string) {
	place := 0 // in characters
	for i := 0; i < len(s); place++ {
		n := 0
		for isSurrogate(s[i+3*n:]) {
			n++
		}
		if n > 0 {
			panic(bailout{&diag.Error{Class: "UnicodeEncodeError", Msg: encodeError(s[i:], place, n)}})
		}
		for i++; i < len(s) && s[i]&0xC0 == 0x80; i++ {
		}
	}
}

func isSurrogate(s string) bool { return len(s) >= 3 && s[0] == surrogateByte && s[1] >= 0xA0 }

// encodeError is what CPython says of n surrogates at a place, counted in
// characters, that s starts with.
func encodeError(s string, place, n int) string {
	const prefix, suffix = "'utf-8' codec can't encode character", ": surrogates not allowed"
	if n > 1 {
		return prefix + "s in position " + strconv.Itoa(place) + "-" + strconv.Itoa(place+n-1) + suffix
	}
	unit := uint64(s[0]&0xF)<<12 | uint64(s[1]&0x3F)<<6 | uint64(s[2]&0x3F)
	return prefix + ` '\u` + strconv.FormatUint(unit, 16) + "' in position " + strconv.Itoa(place) + suffix
}
