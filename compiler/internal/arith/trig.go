package arith

import (
	"math"
	"math/big"
	"sync"
)

// Constants of sincos: π/2 in two parts, in three that are short, its inverse,
// and the coefficients of sine and cosine, for angles up to 0.126 and to 1/128.
const (
	halfPiHigh = 0x1.921fb54442d18p0
	halfPiLow  = 0x1.1a62633145c07p-54

	halfPi1 = 0x1.921fb58000000p0
	halfPi2 = -0x1.dde973c000000p-27
	halfPi3 = -0x1.cb3b398000000p-55
	halfPi4 = -0x1.d747f23e32ed7p-83

	inverseHalfPi = 0x1.45f306dc9c883p-1

	sin3  = -0x1.5555555555555p-3
	sin5  = 0x1.1111111110ecep-7
	sin7  = -0x1.a01a019db08b8p-13
	sin9  = 0x1.71de27b9a7ed9p-19
	sin11 = -0x1.addffc2fcdf59p-26

	sn3 = -1.66666666666664880952546298448555e-01
	sn5 = 8.33333214285722277379541354343671e-03
	cs2 = 4.99999999999999999999950396842453e-01
	cs4 = -4.16666666666664434524222570944589e-02
	cs6 = 1.38888874007937613028114285595617e-03

	// to128ths leaves a number in 128ths in the low bits.
	to128ths = 0x1.8p45
)

// sineTable returns the sines and cosines of the first 110 128ths, each as a
// float and what is left of it.
var sineTable = sync.OnceValue(func() *[110][4]float64 {
	var t [110][4]float64
	for i := range t {
		s, c := bigSinCos(float64(i) / 128)
		for j, x := range []*big.Float{s, c} {
			high := round(x)
			t[i][2*j] = high
			t[i][2*j+1] = round(sub(x, newReal(high)))
		}
	}
	return &t
})

// sincos is the sine and cosine that C compilers call when both are needed.
//
// glibc: sysdeps/ieee754/dbl-64/s_sincos.c, s_sin.c.
func sincos(x float64) (s, c float64) {
	switch abs := math.Abs(x); {
	case math.IsNaN(x):
		return quiet(x), quiet(x)
	case isInf(x):
		return invalid, invalid
	case abs < 0x1p-27:
		return x, 1
	case abs < 0x1.b6p-1:
		return sinNear(x, 0), cosNear(x, 0)
	case abs < 0x1.368fdp1:
		y := halfPiHigh - abs
		a := y + halfPiLow
		da := y - a + halfPiLow
		return math.Copysign(cosNear(a, da), x), sinNear(a, da)
	}
	a, da, n := reduce(x)
	if n == 1 || n == 2 {
		a, da = -a, -da
	}
	s, c = sinNear(a, da), cosNear(a, da)
	if n&2 != 0 {
		c = -c
	}
	if n&1 != 0 {
		s, c = c, s
	}
	return s, c
}

// sinNear returns the sine of x + dx, below π/4.
func sinNear(x, dx float64) float64 {
	if math.Abs(x) < 0.126 {
		xx := float64(x * x)
		p := fma(fma(fma(fma(fma(sin11, xx, sin9), xx, sin7), xx, sin5), xx, sin3), x, -0.5*dx)
		return x + fma(p, xx, dx)
	}
	if x <= 0 {
		dx = -dx
	}
	u := to128ths + math.Abs(x)
	r := math.Abs(x) - (u - to128ths)
	rr := float64(r * r)
	s := r + fma(float64(r*rr), fma(rr, sn5, sn3), dx)
	c := fma(r, dx, float64(rr*fma(rr, fma(rr, cs6, cs4), cs2)))
	row := &sineTable()[uint32(math.Float64bits(u))]
	correction := fma(row[2], s, fma(-row[0], c, fma(s, row[3], row[1])))
	return math.Copysign(row[0]+correction, x)
}

// cosNear returns the cosine of x + dx, below π/4.
func cosNear(x, dx float64) float64 {
	if x < 0 {
		dx = -dx
	}
	u := to128ths + math.Abs(x)
	r := math.Abs(x) - (u - to128ths) + dx
	rr := float64(r * r)
	s := fma(float64(r*rr), fma(rr, sn5, sn3), r)
	c := float64(rr * fma(rr, fma(rr, cs6, cs4), cs2))
	row := &sineTable()[uint32(math.Float64bits(u))]
	correction := fma(-row[0], s, fma(-row[2], c, fma(-s, row[1], row[3])))
	return row[2] + correction
}

// reduce returns an angle less its quarter turns, as a sum of two floats, and how
// many turns these were, modulo four.
func reduce(x float64) (a, da float64, n uint64) {
	if math.Abs(x) >= 0x1.921fbp26 {
		return reduceLarge(x)
	}
	t := fma(x, inverseHalfPi, roundToInt)
	k := t - roundToInt
	y := fma(-k, halfPi2, fma(-k, halfPi1, x))
	t2 := fma(-k, halfPi3, y)
	da = fma(-k, halfPi3, y-t2)
	a = fma(-k, halfPi4, t2)
	da += fma(-k, halfPi4, t2-a)
	return a, da, math.Float64bits(t) & 3
}

// reduceLarge is reduce with as many digits of π as it takes.
//
// glibc: sysdeps/ieee754/dbl-64/branred.c.
func reduceLarge(x float64) (a, da float64, n uint64) {
	r, quarters := bigReduce(x)
	a = round(r)
	da = round(sub(r, newReal(a)))
	return a, da, new(big.Int).And(quarters, big.NewInt(3)).Uint64()
}
