package arith

import (
	"math"
	"math/big"
)

// Numbers with many digits, of which the tables of the C library's functions are
// made.

// precision is the number of bits that results have before they are rounded.
const precision = 144

// guard is the number of bits that are rounded away first, so that a result
// that is exact is found to be so.
const guard = 32

func newReal(f float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(f) }

// round returns the float nearest to x.
func round(x *big.Float) float64 {
	f, _ := new(big.Float).SetPrec(precision - guard).Set(x).Float64()
	return f
}

func add(x, y *big.Float) *big.Float { return new(big.Float).Add(x, y) }
func sub(x, y *big.Float) *big.Float { return new(big.Float).Sub(x, y) }
func mul(x, y *big.Float) *big.Float { return new(big.Float).Mul(x, y) }
func quo(x, y *big.Float) *big.Float { return new(big.Float).Quo(x, y) }

// scale returns x × 2ⁿ.
func scale(x *big.Float, n int) *big.Float { return new(big.Float).SetMantExp(x, n) }

// tiny reports whether a term adds nothing to a sum of about one.
func tiny(x *big.Float) bool {
	return x.Sign() == 0 || x.MantExp(nil) < -int(x.Prec())-8
}

// bigLog takes the logarithm of the mantissa by Newton's method (Halley's
// step), which triples the digits each time.
func bigLog(x *big.Float) *big.Float {
	m := new(big.Float)
	n := x.MantExp(m) // m from 0.5 to 1
	if f, _ := m.Float64(); f < math.Sqrt2/2 {
		m, n = scale(m, 1), n-1
	}
	f, _ := m.Float64()
	y := newReal(math.Log(f))
	for range 3 {
		e := bigExpSmall(y)
		y = add(y, scale(quo(sub(m, e), add(m, e)), 1))
	}
	return add(y, mul(newReal(float64(n)), ln2()))
}

// bigExpSmall is bigExp for a number below one, without ln 2.
func bigExpSmall(x *big.Float) *big.Float {
	sum, term := newReal(1), newReal(1)
	for i := 1; !tiny(term); i++ {
		term = quo(mul(term, x), newReal(float64(i)))
		sum = add(sum, term)
	}
	return sum
}

// ln2 returns the natural logarithm of two: 2 atanh(1/3).
func ln2() *big.Float {
	term := quo(newReal(1), newReal(3))
	sum, square := newReal(0), newReal(9)
	for i := 1; !tiny(term); i += 2 {
		sum = add(sum, quo(term, newReal(float64(i))))
		term = quo(term, square)
	}
	return scale(sum, 1)
}

// bigSinCos returns the sine and the cosine.
func bigSinCos(x float64) (s, c *big.Float) {
	r, n := bigReduce(x)
	s, c = trigSeries(r, 1), trigSeries(r, 0)
	switch new(big.Int).And(n, big.NewInt(3)).Int64() {
	case 1:
		s, c = c, new(big.Float).Neg(s)
	case 2:
		s, c = new(big.Float).Neg(s), new(big.Float).Neg(c)
	case 3:
		s, c = new(big.Float).Neg(c), s
	}
	return s, c
}

// bigReduce returns an angle less its quarter turns, and how many these are. It
// takes π with as many digits as the angle has before the point.
func bigReduce(x float64) (r *big.Float, quarters *big.Int) {
	_, e := math.Frexp(x)
	prec := uint(precision + max(e, 0) + 64)
	wide := new(big.Float).SetPrec(prec).SetFloat64(x)
	quarter := scale(pi(prec), -1)
	n, _ := add(quo(wide, quarter), new(big.Float).SetPrec(prec).SetFloat64(math.Copysign(0.5, x))).Int(nil)
	r = sub(wide, mul(new(big.Float).SetPrec(prec).SetInt(n), quarter))
	return new(big.Float).SetPrec(2 * precision).Set(r), n
}

// trigSeries sums xⁿ/n! with alternating signs over the n from first in steps
// of two.
func trigSeries(x *big.Float, first int) *big.Float {
	term := new(big.Float).SetPrec(x.Prec()).SetInt64(1)
	sum := new(big.Float).SetPrec(x.Prec()).Set(term)
	square := new(big.Float).Neg(mul(x, x))
	for i := first + 1; !tiny(term); i += 2 {
		term = quo(mul(term, square), new(big.Float).SetInt64(int64(i)*int64(i+1)))
		sum = add(sum, term)
	}
	if first == 1 {
		sum = mul(sum, x)
	}
	return sum
}

// bigAtan returns the arc tangent of a number from 0 to 1, which it makes
// smaller first: atan x = 2 atan(x / (1 + √(1+x²))).
func bigAtan(x *big.Float) *big.Float {
	const halvings = 12
	one := newReal(1)
	for range halvings {
		x = quo(x, add(one, new(big.Float).Sqrt(add(one, mul(x, x)))))
	}
	sum, power, square := newReal(0), newReal(1), new(big.Float).Neg(mul(x, x))
	for i := 1; !tiny(power); i += 2 {
		sum = add(sum, quo(power, newReal(float64(i))))
		power = mul(power, square)
	}
	return scale(mul(sum, x), halvings)
}

// pi returns π by Machin's formula.
func pi(prec uint) *big.Float {
	wide := prec + 32
	return new(big.Float).SetPrec(prec).Set(sub(
		scale(inverseAtan(5, wide), 4),
		scale(inverseAtan(239, wide), 2)))
}

// inverseAtan returns the arc tangent of 1/n.
func inverseAtan(n int64, prec uint) *big.Float {
	real := func(i int64) *big.Float { return new(big.Float).SetPrec(prec).SetInt64(i) }
	power, square := quo(real(1), real(n)), real(-n*n)
	sum := real(0)
	for i := int64(1); !tiny(power); i += 2 {
		sum = add(sum, quo(power, real(i)))
		power = quo(power, square)
	}
	return sum
}
