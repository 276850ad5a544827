package arith

import (
	"math"
	"sync"
)

// The coefficients of the arc tangent of a number below 1/16.
const (
	atan3  = -0x1.5555555555555p-2
	atan5  = 0x1.99999999997fdp-3
	atan7  = -0x1.24924923f7603p-3
	atan9  = 0x1.c71c6e5129a3bp-4
	atan11 = -0x1.7458022b13c25p-4
	atan13 = 0x1.375f08b31cbcep-4

	piHigh = 2 * halfPiHigh
	piLow  = 2 * halfPiLow

	two52 = 0x1p52
)

// An atanRow is the series of the arc tangent around a point: the point, and the
// factors of the powers of what is added to it.
type atanRow struct {
	point  float64
	series [6]float64
}

// atanTable returns the series around the points of atanRows.
var atanTable = sync.OnceValue(func() *[241]atanRow {
	var t [241]atanRow
	for i, row := range atanRows {
		x := newReal(row.point)
		slope := quo(newReal(1), add(newReal(1), mul(x, x)))
		t[i] = atanRow{row.point, [6]float64{round(bigAtan(x)), round(slope), row.c[0], row.c[1], row.c[2], row.c[3]}}
	}
	return &t
})

// tail returns the series but for its first two terms, divided by the square of v.
func (r *atanRow) tail(v float64) float64 {
	return fma(v, fma(v, fma(v, r.series[5], r.series[4]), r.series[3]), r.series[2])
}

// atan2 is C's atan2.
//
// glibc: sysdeps/ieee754/dbl-64/e_atan2.c.
func atan2(y, x float64) float64 {
	switch {
	case math.IsNaN(x):
		return plus(x, y)
	case math.IsNaN(y):
		return quiet(y)
	case x == 0 || y == 0 || isInf(x) || isInf(y):
		return math.Atan2(y, x)
	}
	const far = 57 // binary digits between numbers of which only one counts
	exponents := int(math.Float64bits(y)>>52&0x7FF) - int(math.Float64bits(x)>>52&0x7FF)
	ax, ay := math.Abs(x), math.Abs(y)
	switch {
	case exponents >= far:
		return math.Copysign(halfPiHigh, y)
	case exponents <= -far && x > 0:
		return math.Copysign(ay/ax, y)
	case exponents <= -far:
		return math.Copysign(piHigh, y)
	}
	if ax < 0x1p-500 || ay < 0x1p-500 {
		ax, ay = ax*0x1p500, ay*0x1p500
	}
	if ax > 0x1p500 || ay > 0x1p500 {
		ax, ay = ax*0x1p-500, ay*0x1p-500
	}
	swapped := ay >= ax
	if swapped {
		ax, ay = ay, ax
	}
	// u + du is the quotient.
	u := ay / ax
	v := float64(ax * u)
	du := (ay - v - fma(ax, u, -v)) / ax
	var angle float64
	switch {
	case x > 0 && !swapped:
		angle = atanSmall(u, du)
	case x > 0:
		angle = atanFrom(halfPiHigh, halfPiLow, -1, u, du)
	case swapped && math.Abs(x) < math.Abs(y):
		angle = atanFrom(halfPiHigh, halfPiLow, 1, u, du)
	default:
		angle = atanFrom(piHigh, piLow, -1, u, du)
	}
	return math.Copysign(angle, y)
}

// atanRowOf returns the series around a point near u, which is from 1/16 to 1.
func atanRowOf(u float64) *atanRow {
	return &atanTable()[int(fma(256, u, two52)-two52)-16]
}

// atanSmall returns the arc tangent of u + du, from 0 to 1.
func atanSmall(u, du float64) float64 {
	if u < 1.0/16 {
		p, v := atanPolynomial(u)
		return u + fma(v, p, du)
	}
	r := atanRowOf(u)
	t := u - r.point
	v := t + du
	var dv float64
	if math.Abs(t) > math.Abs(du) {
		dv = t - v + du
	} else {
		dv = du - v + t
	}
	square := float64(v * v)
	rest := fma(dv, r.series[1], float64(square*r.tail(v)))
	return r.series[0] + fma(v, r.series[1], rest)
}

// atanPolynomial returns a polynomial of u < 1/16 and what it is to be
// multiplied with.
func atanPolynomial(u float64) (p, factor float64) {
	v := float64(u * u)
	p = fma(v, fma(v, fma(v, fma(v, fma(v, atan13, atan11), atan9), atan7), atan5), atan3)
	return p, float64(u * v)
}

// atanFrom returns a number, given in two parts, plus or minus the arc tangent of
// u + du.
func atanFrom(high, low, sign, u, du float64) float64 {
	if u < 1.0/16 {
		p, factor := atanPolynomial(u)
		t := high + sign*u
		correction := high - t + sign*u
		return t + fma(sign*factor, p, low+correction+sign*du)
	}
	r := atanRowOf(u)
	v := u - r.point + du
	rest := fma(sign*v, fma(v, r.tail(v), r.series[1]), low)
	return high + sign*r.series[0] + rest
}
