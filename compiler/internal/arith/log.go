package arith

import (
	"math"
	"sync"
)

// Constants of log: the coefficients of log(1+r) far from one and near it, and
// where its first interval starts.
const (
	logStart = 0x3fe6000000000000

	logA0 = -0x1.0000000000001p-1
	logA1 = 0x1.555555551305bp-2
	logA2 = -0x1.fffffffeb459p-3
	logA3 = 0x1.999b324f10111p-3
	logA4 = -0x1.55575e506c89fp-3

	logB1  = 0x1.5555555555577p-2
	logB2  = -0x1.ffffffffffdcbp-3
	logB3  = 0x1.999999995dd0cp-3
	logB4  = -0x1.55555556745a7p-3
	logB5  = 0x1.24924a344de3p-3
	logB6  = -0x1.fffffa4423d65p-4
	logB7  = 0x1.c7184282ad6cap-4
	logB8  = -0x1.999eb43b068ffp-4
	logB9  = 0x1.78182f7afd085p-4
	logB10 = -0x1.5521375d145cdp-4
)

// logTable returns the logarithms of the inverses of logInverses, rounded to a
// multiple of 2⁻⁴³.
var logTable = sync.OnceValue(func() *[128]float64 {
	var t [128]float64
	for i, inverse := range logInverses {
		t[i] = -math.RoundToEven(round(scale(bigLog(newReal(inverse)), 43))) / 0x1p43
	}
	return &t
})

// log is C's log.
//
// glibc: sysdeps/ieee754/dbl-64/e_log.c.
func log(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return quiet(x)
	case x <= 0 || isInf(x):
		return math.Log(x)
	case x == 1:
		return 0
	case x >= 1-0x1p-4 && x < 1+0x1.09p-4:
		return logNearOne(x - 1)
	}
	ix := math.Float64bits(x)
	if ix>>52 == 0 { // subnormal
		ix = math.Float64bits(x*0x1p52) - 52<<52
	}
	tmp := ix - logStart
	i := tmp >> 45 & 127
	k := float64(int64(tmp) >> 52)
	z := math.Float64frombits(ix - tmp&(0xFFF<<52))
	r := fma(z, logInverses[i], -1)
	w := fma(k, ln2High, logTable()[i])
	hi := w + r
	lo := fma(k, ln2Low, w-hi+r)
	r2 := float64(r * r)
	p := fma(r2, fma(r, logA4, logA3), fma(r, logA2, logA1))
	return fma(float64(r*r2), p, fma(r2, logA0, lo)) + hi
}

// logNearOne returns the logarithm of 1+r.
func logNearOne(r float64) float64 {
	r2 := float64(r * r)
	r3 := float64(r * r2)
	p := fma(r3, logB10, fma(r2, logB9, fma(r, logB8, logB7)))
	p = fma(r3, p, fma(r2, logB6, fma(r, logB5, logB4)))
	p = fma(r3, p, fma(r2, logB3, fma(r, logB2, logB1)))
	w := r * 0x1p27
	high := r + w - w
	low := r - high
	w = high * high * -0.5
	hi := r + w
	lo := fma(-0.5*low, high+r, r-hi+w)
	return fma(r3, p, lo) + hi
}
