package arith_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
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
func checkPairs(t *testing.T, a arith.Arith, r io.Reader) (count int) {
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
			got = a.Unary(arith.UnaryOp(op-firstUnary), operands[0])
		} else {
			got = a.Binary(arith.Op(op), operands[0], operands[1])
		}
		count++
		var want pyc.Object
		if f[2] != "-" {
			want = readHex(t, f[2])
		}
		switch {
		case describe(got) == describe(want):
		default:
			t.Errorf("operation %d on %v: got %s, want %s", op, describe(&pyc.Tuple{Items: operands}), describe(got), describe(want))
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return count
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

// bits tells all floats apart.
func bits(f float64) string {
	if math.IsNaN(f) {
		return fmt.Sprintf("nan %#x", math.Float64bits(f))
	}
	return strconv.FormatFloat(f, 'x', -1, 64)
}

// undefined is the argument of pairs.py for operations on NaNs.
const undefined = "undefined"

// TestArith evaluates the operations that pairs.py wrote with seed 2.
func TestArith(t *testing.T) {
	for _, name := range []string{"pairs.txt", undefined + ".txt"} {
		content, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if checkPairs(t, arith.Arith{}, bytes.NewReader(content)) == 0 {
			t.Errorf("there are no operations in %s", name)
		}
	}
}

// TestArithConfirm asks the interpreters.
func TestArithConfirm(t *testing.T) {
	count := "20000"
	if n := os.Getenv("PYC_TEST_PAIRS"); n != "" {
		count = n
	}
	for _, v := range pyver.All() {
		if !v.Has(pyver.FoldsInstructions) {
			continue
		}
		t.Run(v.String(), func(t *testing.T) {
			python := testpython.Get(t, v)
			a := arith.Arith{LengthFirst: v.Has(pyver.TakesLengthFirst)}
			for _, arguments := range [][]string{{"1", count}, {"1", count, undefined}} {
				out, err := exec.Command(python, append([]string{"-I", "-S", "testdata/pairs.py"}, arguments...)...).Output()
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%d operations", checkPairs(t, a, bytes.NewReader(out)))
			}
		})
	}
}
