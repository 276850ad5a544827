package arith

import "math"

// Constants of pow: ln 2 in two parts, the coefficients of log(1+r) beyond
// the first, 128/ln 2 and its inverse in two parts, and those of exp(r).
const (
	ln2High = 0x1.62e42fefa3800p-1
	ln2Low  = 0x1.ef35793c76730p-45

	log2 = -0.5
	log3 = -0x1.5555555555560p-1
	log4 = 0x1.0000000000006p-1
	log5 = 0x1.999999959554ep-1
	log6 = -0x1.555555529a47ap-1
	log7 = -0x1.2495b9b4845e9p+0
	log8 = 0x1.0002b8b263fc3p+0

	inverseLn2N = 0x1.71547652b82fep+7
	minusLn2NHi = -0x1.62e42fefa0000p-8
	minusLn2NLo = -0x1.cf79abc9e3b3ap-47

	exp2 = 0x1.ffffffffffdbdp-2
	exp3 = 0x1.555555555543cp-3
	exp4 = 0x1.55555cf172b91p-5
	exp5 = 0x1.1111167a4d017p-7

	roundToInt = 0x1.8p52 // adding it leaves a number's integer in the low bits

	powLogStart = 0x3fe6955500000000 // bits of the first interval's start
)

// pow returns a positive number other than one to a power that is not zero,
// both finite.
//
// A folded power has to have every bit that CPython's has, which are those of
// the C library. This is the algorithm of glibc since 2.28 on processors with
// fused multiply-add, in its order of operations: log x as a sum of two floats,
// times y, and exp of that. It is wrong by half a unit in the last place and a
// little, so that rounding to the nearest would differ now and then.
//
// glibc: sysdeps/ieee754/dbl-64/e_pow.c.
func pow(x, y float64) float64 {
	ix, iy := math.Float64bits(x), math.Float64bits(y)
	topY := uint32(iy>>52) & 0x7FF
	if topY-0x3BE >= 0x80 {
		return powExtreme(x, y, topY)
	}
	if ix>>52 == 0 { // subnormal
		ix = math.Float64bits(x*0x1p52) - 52<<52
	}
	hi, lo := powLog(ix)
	high := float64(y * hi)
	low := math.FMA(y, lo, math.FMA(y, hi, -high))
	return powExp(high, low)
}

// powExtreme is pow where y is so small that the result is one, nearly, or so
// large that it is out of range.
func powExtreme(x, y float64, topY uint32) float64 {
	if topY < 0x3BE {
		if x > 1 {
			return 1 + y
		}
		return 1 - y
	}
	if (x > 1) == (y > 0) {
		return math.Inf(1)
	}
	return 0
}

// powLog returns the logarithm of a positive number, as a float and the rest.
func powLog(ix uint64) (hi, lo float64) {
	tmp := ix - powLogStart
	row := &powLogTable[tmp>>45&127]
	k := float64(int64(tmp) >> 52)
	z := math.Float64frombits(ix - tmp&(0xFFF<<52))
	r := math.FMA(z, float64(row.inverse)/256, -1)
	t1 := math.FMA(k, ln2High, row.logc)
	t2 := t1 + r
	lo1 := math.FMA(k, ln2Low, row.tail)
	lo2 := t1 - t2 + r
	ar := float64(log2 * r)
	ar2 := float64(r * ar)
	ar3 := float64(r * ar2)
	sum := t2 + ar2
	lo3 := math.FMA(r, ar, -ar2)
	lo4 := t2 - sum + ar2
	p := math.FMA(r, log8, log7)
	p = math.FMA(ar2, p, math.FMA(r, log6, log5))
	p = math.FMA(ar2, p, math.FMA(r, log4, log3))
	rest := math.FMA(ar3, p, lo1+lo2+lo3+lo4)
	hi = sum + rest
	return hi, sum - hi + rest
}

// powExp returns exp(x + tail).
func powExp(x, tail float64) float64 {
	top := uint32(math.Float64bits(x)>>52) & 0x7FF
	extreme := top-0x3C9 >= 0x3F
	if extreme {
		switch {
		case top < 0x3C9:
			return 1 + x
		case top >= 0x409 && x < 0:
			return 0
		case top >= 0x409:
			return math.Inf(1)
		}
	}
	shifted := math.FMA(x, inverseLn2N, roundToInt)
	ki := math.Float64bits(shifted)
	k := shifted - roundToInt
	r := math.FMA(k, minusLn2NLo, math.FMA(k, minusLn2NHi, x))
	r += tail
	row := &powExpTable[ki&127]
	bits := row.bits + ki<<45
	r2 := float64(r * r)
	tmp := math.FMA(r2, math.FMA(r, exp3, exp2), r+row.tail)
	tmp = math.FMA(float64(r2*r2), math.FMA(r, exp5, exp4), tmp)
	if extreme {
		return powExpScaled(tmp, bits, ki)
	}
	scale := math.Float64frombits(bits)
	return math.FMA(tmp, scale, scale)
}

// powExpScaled returns scale + scale × tmp where the scale, 2^(k/128), or the
// result may be out of the range of normal numbers.
func powExpScaled(tmp float64, bits, ki uint64) float64 {
	if ki&0x80000000 == 0 {
		scale := math.Float64frombits(bits - 1009<<52)
		return 0x1p1009 * math.FMA(tmp, scale, scale)
	}
	scale := math.Float64frombits(bits + 1022<<52)
	product := float64(tmp * scale)
	y := scale + product
	if y < 1 {
		// Round to the precision of a subnormal number only once.
		lo := scale - y + product
		hi := 1 + y
		lo = 1 - hi + y + lo
		y = hi + lo - 1
	}
	return 0x1p-1022 * y
}
