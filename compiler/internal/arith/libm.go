package arith

import (
	"math"
	"math/big"
)

// The functions of the C library that constants can need. Go's own differ from
// it in the last bit now and then. These are computed with more digits and
// rounded to the nearest float, which is what a good C library nearly always
// gives. They are slow, and rarely called.

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

// cPow is C's pow for a number that is not negative.
func cPow(x, y float64) float64 {
	if x == 0 || x == 1 || y == 0 || !isFinite(x) || !isFinite(y) {
		return math.Pow(x, y)
	}
	return pow(x, y)
}

func exp(x float64) float64 {
	if !isFinite(x) || math.Abs(x) > 800 {
		return math.Exp(x)
	}
	return round(bigExp(newReal(x)))
}

func log(x float64) float64 {
	if x <= 0 || x == 1 || !isFinite(x) {
		return math.Log(x)
	}
	return round(bigLog(newReal(x)))
}

func hypot(x, y float64) float64 {
	if !isFinite(x) || !isFinite(y) {
		return math.Hypot(x, y)
	}
	a, b := newReal(x), newReal(y)
	return round(new(big.Float).Sqrt(add(mul(a, a), mul(b, b))))
}

// bigExp sums the series for x / 2ᵏ and squares.
func bigExp(x *big.Float) *big.Float {
	const halvings = 16
	f, _ := x.Float64()
	n := int(math.Round(f / math.Ln2))
	r := scale(sub(x, mul(newReal(float64(n)), ln2())), -halvings)
	sum, term := newReal(1), newReal(1)
	for i := 1; !tiny(term); i++ {
		term = quo(mul(term, r), newReal(float64(i)))
		sum = add(sum, term)
	}
	for range halvings {
		sum = mul(sum, sum)
	}
	return scale(sum, n)
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
