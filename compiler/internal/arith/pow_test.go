package arith

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// powNearest is pow rounded to the nearest.
func powNearest(x, y float64) float64 {
	if e := y * math.Log2(x); e > 1100 {
		return math.Inf(1)
	} else if e < -1200 {
		return 0
	}
	return round(bigExp(mul(newReal(y), bigLog(newReal(x)))))
}

// TestPow compares with the nearest float, from which the C library's result
// differs now and then by one unit.
func TestPow(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	different := 0
	const count = 3000
	for range count {
		x, y := rng.ExpFloat64()*10, rng.NormFloat64()*40
		if x == 1 || y == 0 {
			continue
		}
		got, want := pow(x, y), powNearest(x, y)
		if got == want {
			continue
		}
		different++
		if math.Nextafter(got, want) != want {
			t.Errorf("pow(%v, %v) = %v, want %v", x, y, got, want)
		}
	}
	if different > count/100 {
		t.Errorf("%d of %d results are not the nearest", different, count)
	}
}

func TestPowExtremes(t *testing.T) {
	for _, test := range []struct{ x, y, want float64 }{
		{2, 1023, 0x1p1023},
		{2, 1024, math.Inf(1)},
		{2, -1022, 0x1p-1022},
		{2, -1074, 0x1p-1074},
		{2, -1075, 0},
		{2, -1e300, 0},
		{2, 1e300, math.Inf(1)},
		{0.5, 1e300, 0},
		{0.5, -1e300, math.Inf(1)},
		{0x1p-1074, 1, 0x1p-1074},
		{0x1p-1074, 0.5, 0x1p-537},
		{3, 1e-300, 1},
		{math.MaxFloat64, 1, math.MaxFloat64},
	} {
		if got := pow(test.x, test.y); got != test.want {
			t.Errorf("pow(%v, %v) = %v, want %v", test.x, test.y, got, test.want)
		}
	}
}

func TestPowTables(t *testing.T) {
	for i, row := range powLogTable {
		logc := bigLog(quo(newReal(256), newReal(float64(row.inverse))))
		high := math.RoundToEven(round(scale(logc, 43))) / 0x1p43
		if tail := round(sub(logc, newReal(high))); row.logc != high || row.tail != tail {
			t.Errorf("powLogTable[%d] = %x, %x; want %x, %x", i, row.logc, row.tail, high, tail)
		}
	}
	for i, row := range powExpTable {
		power := bigExp(mul(ln2(), newReal(float64(i)/128)))
		nearest := round(power)
		bits := math.Float64bits(nearest) - uint64(i)<<45
		tail := round(quo(sub(power, newReal(nearest)), new(big.Float).Set(power)))
		if row.bits != bits || math.Abs(row.tail-tail) > math.Abs(tail)*0x1p-40 {
			t.Errorf("powExpTable[%d] = %x, %#x; want %x, %#x", i, row.tail, row.bits, tail, bits)
		}
	}
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

// TestTables holds what the tables of points are about: that the functions of
// the points need no more digits than a float has.
func TestTables(t *testing.T) {
	for i, row := range atanRows {
		exact := bigAtan(newReal(row.point))
		rest, _ := sub(exact, newReal(round(exact))).Float64()
		if math.Abs(row.point*256-float64(i+16)) > 0.26 || math.Abs(rest) > 0x1p-61 {
			t.Errorf("atanRows[%d]: %v is not near %d/256, or %v is left of its arc tangent", i, row.point, i+16, rest)
		}
		for n, want := range atanSeries(row.point) {
			if got := row.c[n]; math.Abs(got-want) > 0x1p-15*math.Abs(want)+0x1p-18 {
				t.Errorf("atanRows[%d]: factor %d is %v, and Taylor's %v", i, n+2, got, want)
			}
		}
	}
	for i, inverse := range logInverses {
		exact := scale(bigLog(newReal(inverse)), 43)
		rest, _ := sub(exact, newReal(math.RoundToEven(round(exact)))).Float64()
		if math.Abs(rest) > 0x1p-20 {
			t.Errorf("logInverses[%d]: %v is left of the logarithm of %v", i, rest, inverse)
		}
	}
}

// atanSeries returns the second to fifth factors of Taylor's series around a
// point. The derivative 1/(1+(x+h)²) is a series in h whose factors follow from
// (1+x² + 2xh + h²) × series = 1.
func atanSeries(p float64) (s [4]float64) {
	x := newReal(p)
	z := quo(newReal(1), add(newReal(1), mul(x, x)))
	d := []*big.Float{z}
	for n := 1; n < 5; n++ {
		sum := mul(scale(x, 1), d[n-1])
		if n > 1 {
			sum = add(sum, d[n-2])
		}
		d = append(d, new(big.Float).Neg(mul(sum, z)))
		s[n-1] = round(quo(d[n], newReal(float64(n+1))))
	}
	return s
}
