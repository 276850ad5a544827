package arith_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"io"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/arith"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const firstUnary = 100

// checkPairs evaluates the operations in the output of testdata/pairs.py.
func checkPairs(t *testing.T, r io.Reader) (count, ulps int) {
	t.Helper()
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		f := strings.Fields(in.Text())
		op, err := strconv.Atoi(f[0])
		if err != nil {
			t.Fatal(err)
		}
		operands := readHex(t, f[1]).(*pyc.Tuple).Items
		var got pyc.Object
		if op >= firstUnary {
			got = arith.Arith{}.Unary(arith.UnaryOp(op-firstUnary), operands[0])
		} else {
			got = arith.Arith{}.Binary(arith.Op(op), operands[0], operands[1])
		}
		count++
		var want pyc.Object
		if f[2] != "-" {
			want = readHex(t, f[2])
		}
		switch {
		case describe(got) == describe(want):
		case arith.Op(op) == arith.Power && isClose(got, want):
			ulps++
		default:
			t.Errorf("operation %d on %v: got %s, want %s", op, describe(&pyc.Tuple{Items: operands}), describe(got), describe(want))
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return count, ulps
}

func readHex(t *testing.T, s string) pyc.Object {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	o, err := pyc.ReadObject(b, pyver.V314)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// describe returns a constant as text that says all of its value.
func describe(o pyc.Object) string {
	switch o := o.(type) {
	case nil:
		return "-"
	case *pyc.Int:
		if o.Big != nil {
			return o.Big.String()
		}
		return strconv.FormatInt(o.Small, 10)
	case *pyc.Float:
		return "float " + bits(o.Value)
	case *pyc.Complex:
		return "complex " + bits(real(o.Value)) + " " + bits(imag(o.Value))
	case *pyc.Str:
		return strconv.Quote(o.Value)
	case *pyc.Bytes:
		return "b" + strconv.Quote(string(o.Value))
	case *pyc.Tuple:
		var items []string
		for _, item := range o.Items {
			items = append(items, describe(item))
		}
		return "(" + strings.Join(items, ", ") + ")"
	case pyc.Singleton:
		return o.String()
	}
	return "slice"
}

// bits tells zeros and numbers apart, but not NaNs.
func bits(f float64) string {
	if math.IsNaN(f) {
		return "nan"
	}
	return strconv.FormatFloat(f, 'x', -1, 64)
}

// isClose reports whether a power is close to CPython's: its C library does not
// always round to the nearest.
func isClose(got, want pyc.Object) bool {
	switch a := got.(type) {
	case *pyc.Float:
		b, ok := want.(*pyc.Float)
		return ok && math.Nextafter(a.Value, b.Value) == b.Value
	case *pyc.Complex:
		b, ok := want.(*pyc.Complex)
		return ok && near(real(a.Value), real(b.Value)) && near(imag(a.Value), imag(b.Value))
	}
	return false
}

// near reports whether two floats agree in all but the last bits. Complex powers
// come from several functions, of which one takes the errors of the others times
// the exponent.
func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= math.Abs(b)*0x1p-40
}

// TestArith evaluates testdata/pairs.txt, which pairs.py wrote with seed 2.
func TestArith(t *testing.T) {
	f, err := os.Open("testdata/pairs.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, _ := checkPairs(t, f); n == 0 {
		t.Error("there are no operations")
	}
}

func TestArithConfirm(t *testing.T) {
	python := testpython.Get(t, pyver.V314)
	count := "20000"
	if n := os.Getenv("PYC_TEST_PAIRS"); n != "" {
		count = n
	}
	out, err := exec.Command(python, "-I", "-S", "testdata/pairs.py", "1", count).Output()
	if err != nil {
		t.Fatal(err)
	}
	n, ulps := checkPairs(t, bytes.NewReader(out))
	t.Logf("%d operations; %d powers differ in the last bits", n, ulps)
}
