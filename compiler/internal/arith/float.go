package arith

import (
	"math"

	"github.com/rules-pyc/rules_pyc/pyc"
)

func newFloat(f float64) pyc.Object { return &pyc.Float{Value: f} }

// floatBinary evaluates an operation on a float and a real number.
//
// CPython: floatobject.c.
func floatBinary(op Op, x, y num) pyc.Object {
	v, ok1 := x.float()
	w, ok2 := y.float()
	if !ok1 || !ok2 {
		return nil
	}
	switch op {
	case Add:
		return newFloat(plus(v, w))
	case Subtract:
		return newFloat(minus(v, w))
	case Multiply:
		return newFloat(times(v, w))
	case Power:
		return floatPower(v, w)
	}
	if w == 0 {
		return nil
	}
	switch op {
	case TrueDivide:
		return newFloat(divide(v, w))
	case FloorDivide:
		return newFloat(floatFloorDivide(v, w))
	case Remainder:
		return newFloat(floatRemainder(v, w))
	}
	return nil
}

// CPython: floatobject.c, float_rem.
func floatRemainder(v, w float64) float64 {
	mod := fmod(v, w)
	if mod == 0 {
		return math.Copysign(0, w)
	}
	if (w < 0) != (mod < 0) {
		mod = plus(mod, w)
	}
	return mod
}

// fmod is C's fmod for a divisor that is not zero.
func fmod(v, w float64) float64 {
	if math.IsNaN(v) || math.IsNaN(w) || isInf(v) {
		return exact(math.NaN(), v, w)
	}
	return math.Mod(v, w)
}

// CPython: floatobject.c, _float_div_mod.
func floatFloorDivide(v, w float64) float64 {
	mod := fmod(v, w)
	div := divide(minus(v, mod), w)
	if mod != 0 && (w < 0) != (mod < 0) {
		div--
	}
	if div == 0 {
		return math.Copysign(0, v/w)
	}
	floor := math.Floor(div)
	if div-floor > 0.5 {
		floor++
	}
	return floor
}

// floatPower evaluates ** of floats. A negative number to a fractional power is
// complex.
//
// CPython: floatobject.c, float_pow.
func floatPower(v, w float64) pyc.Object {
	switch {
	case w == 0:
		return newFloat(1)
	case math.IsNaN(v):
		return newFloat(v)
	case math.IsNaN(w):
		if v == 1 {
			return newFloat(1)
		}
		return newFloat(w)
	case math.IsInf(w, 0):
		return newFloat(powerOfInfinity(math.Abs(v), w))
	case math.IsInf(v, 0):
		return newFloat(infinityToPower(v, w))
	case v == 0 && w < 0:
		return nil
	case v == 0 && isOdd(w):
		return newFloat(v)
	case v == 0:
		return newFloat(0)
	case v < 0 && w != math.Floor(w):
		return complexPower(complex(v, 0), complex(w, 0), false)
	}
	negate := v < 0 && isOdd(w)
	r := 1.0
	if v = math.Abs(v); v != 1 {
		if r = pow(v, w); math.IsInf(r, 0) {
			return nil
		}
	}
	if negate {
		r = -r
	}
	return newFloat(r)
}

// powerOfInfinity returns a number that is not negative to an infinite power.
func powerOfInfinity(v, w float64) float64 {
	switch {
	case v == 1:
		return 1
	case (w > 0) == (v > 1):
		return math.Inf(1)
	}
	return 0
}

func infinityToPower(v, w float64) float64 {
	r := math.Abs(v)
	if w < 0 {
		r = 0
	}
	if isOdd(w) {
		return math.Copysign(r, v)
	}
	return r
}

// isOdd reports whether a float is an odd integer.
//
// CPython: floatobject.c, DOUBLE_IS_ODD_INTEGER.
func isOdd(f float64) bool { return math.Mod(math.Abs(f), 2) == 1 }
