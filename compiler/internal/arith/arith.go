// Package arith evaluates Python's operators on constants, as CPython's
// compiler does when it folds them: with the interpreter's results to the bit,
// and with the compiler's limits on the size of results.
//
// It takes and gives objects of package pyc, and never changes them. Where
// Python raises an exception, or the result is too large, there is no result,
// and the compiler leaves the operation to the program.
//
// Floating-point expressions are written so that Go rounds after every
// operation on every machine, as CPython's build for x86-64 does.
//
// CPython: flowgraph.c, eval_const_binop, eval_const_unaryop; Objects/.
package arith

import (
	"math/big"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// An Op is a binary operator, by its number in BINARY_OP's operand.
type Op int32

// The operators. CPython: opcode.h, NB_ADD.
const (
	Add Op = iota
	And
	FloorDivide
	Lshift
	MatrixMultiply
	Multiply
	Remainder
	Or
	Power
	Rshift
	Subtract
	TrueDivide
	Xor

	Subscr Op = 26
)

// A UnaryOp is a unary operator.
type UnaryOp uint8

// The unary operators.
const (
	Negative UnaryOp = iota
	Invert
	Not
	Positive
)

// The limits of results. CPython: flowgraph.c, MAX_INT_SIZE.
const (
	maxIntSize        = 128  // bits
	maxCollectionSize = 256  // items
	maxStrSize        = 4096 // characters
	maxTotalItems     = 1024 // nested collections included
)

// Arith evaluates as one version does. The zero Arith is ready for use.
type Arith struct {
	// LengthFirst: the length of a complex power is the first factor of its
	// real part. It decides which of two NaNs the product is.
	LengthFirst bool
}

// Binary returns the result of an operation on two constants, or nil.
//
// CPython: flowgraph.c, eval_const_binop.
func (a Arith) Binary(op Op, v, w pyc.Object) pyc.Object {
	if op == Subscr {
		return subscript(v, w)
	}
	x, y := number(v), number(w)
	switch {
	case x.kind == notNumber || y.kind == notNumber:
		return sequences(op, v, w, x, y)
	case x.kind == isComplex || y.kind == isComplex:
		return a.complexBinary(op, x, y)
	case x.kind == isFloat || y.kind == isFloat:
		return floatBinary(op, x, y)
	case x.kind == isBool && y.kind == isBool && (op == And || op == Or || op == Xor):
		return boolBinary(op, x.i, y.i)
	}
	return intBinary(op, x, y)
}

// Unary returns the result of an operation on a constant, or nil.
//
// CPython: flowgraph.c, eval_const_unaryop.
func (a Arith) Unary(op UnaryOp, v pyc.Object) pyc.Object {
	if op == Not {
		if IsTrue(v) {
			return pyc.False
		}
		return pyc.True
	}
	x := number(v)
	switch {
	case op == Positive && x.kind == isBool:
		return newInt(x.i)
	case op == Positive && x.kind != notNumber:
		return v
	case x.isInteger():
		return intUnary(op, x)
	case op == Negative && x.kind == isFloat:
		return &pyc.Float{Value: -x.f}
	case op == Negative && x.kind == isComplex:
		return &pyc.Complex{Value: -x.c}
	}
	return nil
}

// IsTrue returns a constant's truth value.
//
// CPython: object.c, PyObject_IsTrue.
func IsTrue(v pyc.Object) bool {
	switch v := v.(type) {
	case pyc.Singleton:
		return v != pyc.None && v != pyc.False
	case *pyc.Int:
		return v.Big != nil || v.Small != 0
	case *pyc.Float:
		return v.Value != 0
	case *pyc.Complex:
		return v.Value != 0
	case *pyc.Str:
		return v.Value != ""
	case *pyc.Bytes:
		return len(v.Value) > 0
	case *pyc.Tuple:
		return len(v.Items) > 0
	case *pyc.FrozenSet:
		return len(v.Items) > 0
	}
	return true
}

// A kind of number.
type kind uint8

const (
	notNumber kind = iota
	isBool
	isInt
	isFloat
	isComplex
)

// A num is a number of any kind.
type num struct {
	kind kind
	i    int64    // of a bool, and of an int without big
	big  *big.Int // of an int that does not fit in i
	f    float64
	c    complex128
}

func number(v pyc.Object) num {
	switch v := v.(type) {
	case pyc.Singleton:
		switch v {
		case pyc.True:
			return num{kind: isBool, i: 1}
		case pyc.False:
			return num{kind: isBool}
		}
	case *pyc.Int:
		if v.Big != nil && v.Big.IsInt64() {
			return num{kind: isInt, i: v.Big.Int64()}
		}
		return num{kind: isInt, i: v.Small, big: v.Big}
	case *pyc.Float:
		return num{kind: isFloat, f: v.Value}
	case *pyc.Complex:
		return num{kind: isComplex, c: v.Value}
	}
	return num{}
}

// isInteger reports whether x is an int or a bool.
func (x num) isInteger() bool { return x.kind == isInt || x.kind == isBool }

// bigInt returns an integer of any size.
func (x num) bigInt() *big.Int {
	if x.big != nil {
		return x.big
	}
	return big.NewInt(x.i)
}

func (x num) isZero() bool { return x.big == nil && x.i == 0 }

// sign returns the sign of an integer.
func (x num) sign() int {
	switch {
	case x.big != nil:
		return x.big.Sign()
	case x.i < 0:
		return -1
	case x.i > 0:
		return 1
	}
	return 0
}
