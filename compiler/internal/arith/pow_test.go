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
