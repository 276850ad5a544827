package arith

import (
	"math"

	"github.com/rules-pyc/rules_pyc/pyc"
)

func newComplex(re, im float64) pyc.Object { return &pyc.Complex{Value: complex(re, im)} }

// complexBinary evaluates an operation of which one operand at least is
// complex. A real operand is not made complex for + - * and /, so that the
// imaginary part of the other keeps its sign.
//
// What a sum or a product of two NaNs is depends on the order of the operands,
// which compilers of C choose; here it is that of the instructions in CPython's
// builds.
//
// CPython: complexobject.c, COMPLEX_BINOP, complex_pow.
func (a Arith) complexBinary(op Op, x, y num) pyc.Object {
	if op == Power {
		v, ok1 := x.complex()
		w, ok2 := y.complex()
		if !ok1 || !ok2 {
			return nil
		}
		return complexPower(v, w, a.LengthFirst)
	}
	switch {
	case x.kind == isComplex && y.kind == isComplex:
		return bothComplex(op, x.c, y.c)
	case x.kind == isComplex:
		if w, ok := y.float(); ok {
			return complexReal(op, x.c, w)
		}
	default:
		if v, ok := x.float(); ok {
			return realComplex(op, v, y.c)
		}
	}
	return nil
}

func (x num) complex() (complex128, bool) {
	if x.kind == isComplex {
		return x.c, true
	}
	f, ok := x.float()
	return complex(f, 0), ok
}

func bothComplex(op Op, a, b complex128) pyc.Object {
	switch op {
	case Add:
		return newComplex(plus(real(b), real(a)), plus(imag(b), imag(a)))
	case Subtract:
		return newComplex(minus(real(a), real(b)), minus(imag(a), imag(b)))
	case Multiply:
		return &pyc.Complex{Value: product(a, b)}
	case TrueDivide:
		if b == 0 {
			return nil
		}
		return &pyc.Complex{Value: quotient(a, b)}
	}
	return nil
}

func complexReal(op Op, a complex128, b float64) pyc.Object {
	switch op {
	case Add:
		return newComplex(plus(real(a), b), imag(a))
	case Subtract:
		return newComplex(minus(real(a), b), imag(a))
	case Multiply:
		return newComplex(times(b, real(a)), times(b, imag(a)))
	case TrueDivide:
		if b == 0 {
			return nil
		}
		return newComplex(divide(real(a), b), divide(imag(a), b))
	}
	return nil
}

func realComplex(op Op, a float64, b complex128) pyc.Object {
	switch op {
	case Add:
		return newComplex(plus(real(b), a), imag(b))
	case Subtract:
		return newComplex(minus(a, real(b)), -imag(b))
	case Multiply:
		return newComplex(times(real(b), a), times(a, imag(b)))
	case TrueDivide:
		if b == 0 {
			return nil
		}
		return &pyc.Complex{Value: realQuotient(a, b)}
	}
	return nil
}

// product multiplies, and recovers infinities that came out as NaN.
//
// CPython: complexobject.c, _Py_c_prod.
func product(z, w complex128) complex128 {
	a, b, c, d := real(z), imag(z), real(w), imag(w)
	ac, bd, ad, bc := times(c, a), times(d, b), times(d, a), times(c, b)
	re, im := minus(ac, bd), plus(ad, bc)
	if !math.IsNaN(re) || !math.IsNaN(im) {
		return complex(re, im)
	}
	again := false
	if isInf(a) || isInf(b) {
		a, b, c, d = box(a), box(b), unNaN(c), unNaN(d)
		again = true
	}
	if isInf(c) || isInf(d) {
		c, d, a, b = box(c), box(d), unNaN(a), unNaN(b)
		again = true
	}
	if !again && (isInf(ac) || isInf(bd) || isInf(ad) || isInf(bc)) {
		a, b, c, d = unNaN(a), unNaN(b), unNaN(c), unNaN(d)
		again = true
	}
	if again {
		inf := math.Inf(1)
		re = times(inf, minus(times(a, c), times(b, d)))
		im = times(inf, plus(times(a, d), times(b, c)))
	}
	return complex(re, im)
}

func isInf(f float64) bool { return math.IsInf(f, 0) }

func isFinite(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }

// box returns one for an infinity and zero for anything else, with its sign.
func box(f float64) float64 {
	if isInf(f) {
		return math.Copysign(1, f)
	}
	return math.Copysign(0, f)
}

// unNaN returns zero with its sign for a NaN.
func unNaN(f float64) float64 {
	if math.IsNaN(f) {
		return math.Copysign(0, f)
	}
	return f
}

// quotient divides; b is not zero.
//
// CPython: complexobject.c, _Py_c_quot.
func quotient(a, b complex128) complex128 {
	ar, ai, br, bi := real(a), imag(a), real(b), imag(b)
	var re, im float64
	switch absR, absI := math.Abs(br), math.Abs(bi); {
	case absR >= absI:
		ratio := divide(bi, br)
		denom := plus(br, times(bi, ratio))
		re = divide(plus(times(ratio, ai), ar), denom)
		im = divide(minus(ai, times(ratio, ar)), denom)
	case absI >= absR:
		ratio := divide(br, bi)
		denom := plus(times(br, ratio), bi)
		re = divide(plus(times(ar, ratio), ai), denom)
		im = divide(minus(times(ai, ratio), ar), denom)
	default:
		re, im = nan, nan
	}
	if math.IsNaN(re) && math.IsNaN(im) {
		return recoverQuotient(a, b, complex(re, im))
	}
	return complex(re, im)
}

// recoverQuotient recovers infinities and zeros that came out as NaN.
func recoverQuotient(a, b, r complex128) complex128 {
	ar, ai, br, bi := real(a), imag(a), real(b), imag(b)
	switch {
	case (isInf(ar) || isInf(ai)) && isFinite(br) && isFinite(bi):
		x, y, inf := box(ar), box(ai), math.Inf(1)
		return complex(times(inf, plus(times(x, br), times(y, bi))), times(inf, minus(times(y, br), times(x, bi))))
	case (isInf(br) || isInf(bi)) && isFinite(ar) && isFinite(ai):
		x, y := box(br), box(bi)
		return complex(times(0, plus(times(ar, x), times(ai, y))), times(0, minus(times(ai, x), times(ar, y))))
	}
	return r
}

// realQuotient divides a real number; b is not zero.
//
// CPython: complexobject.c, _Py_rc_quot.
func realQuotient(a float64, b complex128) complex128 {
	br, bi := real(b), imag(b)
	var re, im float64
	switch absR, absI := math.Abs(br), math.Abs(bi); {
	case absR >= absI:
		ratio := divide(bi, br)
		denom := plus(br, times(bi, ratio))
		re, im = divide(a, denom), divide(times(ratio, -a), denom)
	case absI >= absR:
		ratio := divide(br, bi)
		denom := plus(times(br, ratio), bi)
		re, im = divide(times(a, ratio), denom), divide(-a, denom)
	default:
		re, im = nan, nan
	}
	if math.IsNaN(re) && math.IsNaN(im) && isFinite(a) && (isInf(br) || isInf(bi)) {
		x, y := box(br), box(bi)
		return complex(times(0, times(a, x)), times(0, times(-a, y)))
	}
	return complex(re, im)
}

// maxSmallPower is the largest exponent for which a power is a product.
const maxSmallPower = 100

// complexPower evaluates ** of complex numbers.
//
// CPython: complexobject.c, complex_pow.
func complexPower(a, b complex128, lengthFirst bool) pyc.Object {
	var r complex128
	n := real(b)
	if imag(b) == 0 && n == math.Floor(n) && math.Abs(n) <= maxSmallPower {
		p := powerOfProducts(a, int(math.Abs(n)))
		if n <= 0 {
			if p == 0 {
				return nil
			}
			p = quotient(1, p)
		}
		r = p
	} else {
		var ok bool
		if r, ok = polarPower(a, b, lengthFirst); !ok {
			return nil
		}
	}
	if isInf(real(r)) || isInf(imag(r)) {
		return nil
	}
	return &pyc.Complex{Value: r}
}

// CPython: complexobject.c, c_powu.
func powerOfProducts(x complex128, n int) complex128 {
	r, p := complex(1, 0), x
	for mask := 1; n >= mask; mask <<= 1 {
		if n&mask != 0 {
			r = product(r, p)
		}
		p = product(p, p)
	}
	return r
}

// CPython: complexobject.c, _Py_c_pow.
func polarPower(a, b complex128, lengthFirst bool) (complex128, bool) {
	if b == 0 {
		return 1, true
	}
	if a == 0 {
		return 0, imag(b) == 0 && !(real(b) < 0)
	}
	abs := hypot(real(a), imag(a))
	length := cPow(abs, real(b))
	at := atan2(imag(a), real(a))
	phase := times(real(b), at)
	if imag(b) != 0 {
		length = times(exp(times(-at, imag(b))), length)
		phase = plus(phase, times(imag(b), log(abs)))
	}
	if isInf(phase) {
		return 0, false // C's cos reports an error
	}
	s, cos := sincos(phase)
	if lengthFirst {
		return complex(times(length, cos), times(length, s)), true
	}
	return complex(times(cos, length), times(length, s)), true
}
