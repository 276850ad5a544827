package arith

import "math"

// invalid is the NaN that an operation on numbers gives on x86-64. Other
// processors have another sign, and Go's math another payload.
var invalid = math.Float64frombits(0xFFF8 << 48)

// nan is the constant that C calls Py_NAN.
var nan = math.Float64frombits(0x7FF8 << 48)

// exact returns the result of an operation as x86-64 gives it: of several NaNs
// the first operand, and one NaN where no operand is one.
func exact(result, x, y float64) float64 {
	switch {
	case !math.IsNaN(result):
		return result
	case math.IsNaN(x):
		return quiet(x)
	case math.IsNaN(y):
		return quiet(y)
	}
	return invalid
}

// quiet returns a NaN that signals as what operations make of it.
func quiet(nan float64) float64 { return math.Float64frombits(math.Float64bits(nan) | 1<<51) }

func plus(x, y float64) float64   { return exact(x+y, x, y) }
func minus(x, y float64) float64  { return exact(x-y, x, y) }
func times(x, y float64) float64  { return exact(float64(x*y), x, y) }
func divide(x, y float64) float64 { return exact(x/y, x, y) }
