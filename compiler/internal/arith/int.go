package arith

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/rules-pyc/rules_pyc/pyc"
)

func newInt(i int64) pyc.Object { return &pyc.Int{Small: i} }

func newBig(i *big.Int) pyc.Object {
	if i.IsInt64() {
		return newInt(i.Int64())
	}
	return &pyc.Int{Big: i}
}

func boolBinary(op Op, x, y int64) pyc.Object {
	var r int64
	switch op {
	case And:
		r = x & y
	case Or:
		r = x | y
	case Xor:
		r = x ^ y
	}
	if r != 0 {
		return pyc.True
	}
	return pyc.False
}

// intBinary evaluates an operation on two integers.
//
// CPython: longobject.c.
func intBinary(op Op, x, y num) pyc.Object {
	switch op {
	case Multiply:
		if !x.isZero() && !y.isZero() && bitLen(x)+bitLen(y) > maxIntSize {
			return nil
		}
	case TrueDivide:
		return trueDivide(x, y)
	case Power:
		return intPower(x, y)
	case Lshift, Rshift:
		return shift(op, x, y)
	case FloorDivide, Remainder:
		if y.isZero() {
			return nil
		}
	}
	if x.big == nil && y.big == nil {
		if r, ok := smallBinary(op, x.i, y.i); ok {
			return newInt(r)
		}
	}
	return bigBinary(op, x.bigInt(), y.bigInt())
}

// smallBinary evaluates an operation whose result may fit in an int64.
func smallBinary(op Op, x, y int64) (r int64, ok bool) {
	switch op {
	case Add:
		r = x + y
		return r, (x^r)&(y^r) >= 0
	case Subtract:
		r = x - y
		return r, (x^y)&(x^r) >= 0
	case Multiply:
		if int64(int32(x)) == x && int64(int32(y)) == y {
			return x * y, true
		}
	case FloorDivide, Remainder:
		if y == -1 {
			return 0, false // the smallest int64 has no negative
		}
		q, m := x/y, x%y
		if m != 0 && (m < 0) != (y < 0) {
			q, m = q-1, m+y
		}
		if op == FloorDivide {
			return q, true
		}
		return m, true
	case And:
		return x & y, true
	case Or:
		return x | y, true
	case Xor:
		return x ^ y, true
	}
	return 0, false
}

func bigBinary(op Op, x, y *big.Int) pyc.Object {
	r := new(big.Int)
	switch op {
	case Add:
		r.Add(x, y)
	case Subtract:
		r.Sub(x, y)
	case Multiply:
		r.Mul(x, y)
	case And:
		r.And(x, y)
	case Or:
		r.Or(x, y)
	case Xor:
		r.Xor(x, y)
	case FloorDivide, Remainder:
		m := new(big.Int)
		r.QuoRem(x, y, m)
		if m.Sign() != 0 && m.Sign() != y.Sign() {
			r.Sub(r, big.NewInt(1))
			m.Add(m, y)
		}
		if op == Remainder {
			r = m
		}
	default:
		return nil
	}
	return newBig(r)
}

func intUnary(op UnaryOp, x num) pyc.Object {
	switch op {
	case Negative:
		if x.big == nil && x.i != math.MinInt64 {
			return newInt(-x.i)
		}
		return newBig(new(big.Int).Neg(x.bigInt()))
	case Invert:
		if x.kind == isBool {
			return nil
		}
		if x.big == nil {
			return newInt(^x.i)
		}
		return newBig(new(big.Int).Not(x.big))
	}
	return nil
}

// bitLen returns the number of bits of the absolute value.
func bitLen(x num) int {
	if x.big != nil {
		return x.big.BitLen()
	}
	if x.i < 0 {
		return bits.Len64(-uint64(x.i))
	}
	return bits.Len64(uint64(x.i))
}

// shift evaluates << and >>.
//
// CPython: flowgraph.c, const_folding_safe_lshift.
func shift(op Op, x, y num) pyc.Object {
	if y.sign() < 0 {
		return nil
	}
	if op == Lshift {
		if x.isZero() || y.isZero() {
			return newBig(x.bigInt())
		}
		if y.big != nil || y.i > maxIntSize || bitLen(x) > maxIntSize-int(y.i) {
			return nil
		}
		return newBig(new(big.Int).Lsh(x.bigInt(), uint(y.i)))
	}
	if y.big != nil || y.i > int64(bitLen(x)) {
		if x.sign() < 0 {
			return newInt(-1)
		}
		return newInt(0)
	}
	return newBig(new(big.Int).Rsh(x.bigInt(), uint(y.i)))
}

// intPower evaluates ** of integers.
//
// CPython: flowgraph.c, const_folding_safe_power; longobject.c, long_pow.
func intPower(x, y num) pyc.Object {
	if y.sign() < 0 {
		return floatBinary(Power, x, y)
	}
	if !x.isZero() && y.sign() > 0 {
		if y.big != nil || y.i > maxIntSize || bitLen(x) > maxIntSize/int(y.i) {
			return nil
		}
	}
	if x.isZero() {
		if y.isZero() {
			return newInt(1)
		}
		return newInt(0)
	}
	return newBig(new(big.Int).Exp(x.bigInt(), big.NewInt(y.i), nil))
}

// trueDivide returns the float nearest to the quotient of two integers.
//
// CPython: longobject.c, long_true_divide.
func trueDivide(x, y num) pyc.Object {
	if y.isZero() {
		return nil
	}
	negative := (x.sign() < 0) != (y.sign() < 0)
	var f float64
	if !x.isZero() {
		q := new(big.Rat).SetFrac(new(big.Int).Abs(x.bigInt()), new(big.Int).Abs(y.bigInt()))
		if f, _ = q.Float64(); math.IsInf(f, 0) {
			return nil
		}
	}
	if negative {
		f = -f
	}
	return &pyc.Float{Value: f}
}

// float returns the float nearest to a number that is not complex, if it is in
// range.
//
// CPython: longobject.c, PyLong_AsDouble.
func (x num) float() (float64, bool) {
	switch {
	case x.kind == isFloat:
		return x.f, true
	case x.big == nil:
		return float64(x.i), true
	}
	f, _ := new(big.Float).SetInt(x.big).Float64()
	return f, !math.IsInf(f, 0)
}
