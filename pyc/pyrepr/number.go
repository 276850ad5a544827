package pyrepr

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
)

// maxDigits is the number of decimal digits that CPython converts an int to.
// CPython: pycore_long.h, _PY_LONG_DEFAULT_MAX_STR_DIGITS.
const maxDigits = 4300

// AppendInt appends the repr of an int. One of more than 4300 decimal digits,
// for which CPython raises ValueError, is given in hexadecimal.
func AppendInt(dst []byte, i *big.Int) []byte {
	// 10^4300 has 14285 bits: below that no conversion is long.
	if i.BitLen() <= 14285 {
		start := len(dst)
		dst = i.Append(dst, 10)
		if len(bytes.TrimPrefix(dst[start:], []byte("-"))) <= maxDigits {
			return dst
		}
		dst = dst[:start]
	}
	if i.Sign() < 0 {
		dst = append(dst, '-')
	}
	return new(big.Int).Abs(i).Append(append(dst, "0x"...), 16)
}

// AppendFloat appends the repr of a float: the shortest digits that give the
// same value, in exponent form below 1e-4 and from 1e16 on.
//
// CPython: Objects/floatobject.c, float_repr.
func AppendFloat(dst []byte, f float64) []byte {
	start := len(dst)
	dst = appendDigits(dst, f)
	if bytes.ContainsAny(dst[start:], ".en") {
		return dst // it has a point or an exponent, or is inf or nan
	}
	return append(dst, ".0"...)
}

// AppendComplex appends the repr of a complex.
//
// CPython: Objects/complexobject.c, complex_repr.
func AppendComplex(dst []byte, c complex128) []byte {
	re, im := real(c), imag(c)
	if re == 0 && !math.Signbit(re) {
		return append(appendDigits(dst, im), 'j')
	}
	dst = appendDigits(append(dst, '('), re)
	if math.IsNaN(im) || !math.Signbit(im) {
		dst = append(dst, '+')
	}
	return append(appendDigits(dst, im), "j)"...)
}

// appendDigits is AppendFloat without the ".0" of a whole number.
//
// CPython: Python/pystrtod.c, format_float_short with code 'r'.
func appendDigits(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	e := bytes.LastIndexByte(dst[start:], 'e')
	exponent, err := strconv.Atoi(string(dst[start+e+1:]))
	if err != nil || exponent < -4 || exponent >= 16 {
		return dst
	}
	return strconv.AppendFloat(dst[:start], f, 'f', -1, 64)
}
