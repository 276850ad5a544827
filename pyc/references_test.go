package pyc_test

import (
	"bytes"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// Objects that have numbers of their own are written like those without.
func TestSerial(t *testing.T) {
	strs := func(serials ...pyc.Serial) *pyc.Tuple {
		root := new(pyc.Tuple)
		for i, n := range serials {
			s := &pyc.Str{Flag: true, Serial: n, Value: string(rune('a' + i))}
			in := &pyc.Tuple{Flag: true, Items: []pyc.Object{s, s}}
			if n > 0 {
				in.Serial = n + 1
			}
			root.Items = append(root.Items, in, s, in)
		}
		return root
	}
	w := pyc.NewWriter(pyver.Default)
	want, err := w.Append(nil, strs(0, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, serials := range [][]pyc.Serial{{1, 3, 5}, {5, 1, 3}, {1, 0, 100_000}, {7, 1<<32 - 2, 1}, {1, 3, 5}} {
		for range 2 { // the second time with the memory of the first
			got, err := w.Append(nil, strs(serials...))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("with the numbers %v: got %q, want %q", serials, got, want)
			}
		}
	}
}
