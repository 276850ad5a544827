package arith

import (
	"math"
	"math/big"
)

func sin(x float64) float64 {
	if x == 0 || !isFinite(x) {
		return math.Sin(x)
	}
	s, _ := bigSinCos(x)
	return round(s)
}

func cos(x float64) float64 {
	if x == 0 || !isFinite(x) {
		return math.Cos(x)
	}
	_, c := bigSinCos(x)
	return round(c)
}

// bigSinCos returns the sine and the cosine. The angle is reduced by multiples
// of a quarter turn with as many digits as it has before the point.
func bigSinCos(x float64) (s, c *big.Float) {
	_, e := math.Frexp(x)
	prec := uint(precision + max(e, 0) + 64)
	wide := new(big.Float).SetPrec(prec).SetFloat64(x)
	quarter := scale(pi(prec), -1)
	n, _ := add(quo(wide, quarter), new(big.Float).SetPrec(prec).SetFloat64(math.Copysign(0.5, x))).Int(nil)
	r := sub(wide, mul(new(big.Float).SetPrec(prec).SetInt(n), quarter))
	r = new(big.Float).SetPrec(2 * precision).Set(r)
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

// atan2 is C's atan2.
func atan2(y, x float64) float64 {
	if x == 0 || y == 0 || !isFinite(x) || !isFinite(y) {
		return math.Atan2(y, x)
	}
	a, b := newReal(math.Abs(y)), newReal(math.Abs(x))
	var angle *big.Float
	if a.Cmp(b) <= 0 {
		angle = bigAtan(quo(a, b))
	} else {
		angle = sub(scale(pi(precision), -1), bigAtan(quo(b, a)))
	}
	if x < 0 {
		angle = sub(pi(precision), angle)
	}
	return math.Copysign(round(angle), y)
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
