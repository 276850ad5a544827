package arith

import "math"

// The functions of the C library that folded constants need. Every bit has to
// be what CPython's C library gives, which is not always the nearest float.
// These are the algorithms of glibc 2.43 on processors with fused multiply-add,
// in its order of operations; what their tables hold is computed from what it
// means, when it is first needed.
//
// Products are converted to float64 where Go could fuse them with a sum and C
// does not.

// fma is named as in C, for short.
func fma(x, y, z float64) float64 { return math.FMA(x, y, z) }

// cPow is C's pow for a number that is not negative, but may be a NaN of any
// sign: that is lost in odd powers.
func cPow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case math.IsNaN(x) && math.Signbit(x) && math.Abs(math.Mod(y, 2)) == 1:
		return -quiet(x)
	case math.IsNaN(x) || math.IsNaN(y):
		return plus(x, y)
	case x == 0 || !isFinite(x) || !isFinite(y):
		return math.Pow(x, y)
	}
	return pow(x, y)
}

// exp is C's exp.
func exp(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return plus(1, x)
	case isInf(x):
		return math.Exp(x)
	}
	return powExp(x, 0)
}

// hypot is C's hypot. It is not compiled for fused multiply-add.
//
// glibc: sysdeps/ieee754/dbl-64/e_hypot.c.
func hypot(x, y float64) float64 {
	const (
		tiny  = 0x1p-459
		large = 0x1p+511
		scale = 0x1p-600
		eps   = 0x1p-54
	)
	switch {
	case isInf(x) || isInf(y):
		return math.Inf(1)
	case math.IsNaN(x) || math.IsNaN(y):
		return plus(x, y)
	}
	x, y = math.Abs(x), math.Abs(y)
	a, b := max(x, y), min(x, y)
	switch {
	case a > large && b > a*eps:
		return hypotKernel(a*scale, b*scale) / scale
	case a <= large && b < tiny && a < b/eps:
		return hypotKernel(a/scale, b/scale) * scale
	case b <= a*eps || b < tiny:
		return a + b
	}
	return hypotKernel(a, b)
}

// hypotKernel is hypot for a ≥ b whose squares are in range: the square root of
// their sum, corrected.
func hypotKernel(a, b float64) float64 {
	h := math.Sqrt(float64(a*a) + float64(b*b))
	var t1, t2 float64
	if h <= 2*b {
		delta := h - b
		t1 = a * (2*delta - a)
		t2 = (delta - 2*(a-b)) * delta
	} else {
		delta := h - a
		t1 = 2 * delta * (a - 2*b)
		t2 = float64((4*delta-b)*b) + float64(delta*delta)
	}
	return h - (t1+t2)/(2*h)
}
