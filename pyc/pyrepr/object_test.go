package pyrepr_test

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const noLimit = 1 << 30

func TestScalars(t *testing.T) {
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", v.String()+".json"))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, v, data)
		})
	}
}

func TestConfirmScalars(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		data, err := exec.Command(python, "-I", "-S", "testdata/generate.py", "5000").Output()
		if err != nil {
			t.Fatalf("running generate.py: %v", err)
		}
		compare(t, v, data)
	})
}

// compare checks Append against rows of kind, encoded value and repr.
func compare(t *testing.T, v pyver.Version, data []byte) {
	t.Helper()
	var rows [][3]string
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		o := decode(t, row[0], row[1])
		if got := string(pyrepr.Append(nil, o, v, noLimit)); got != row[2] {
			t.Errorf("%s %s: got %s, want %s", row[0], row[1], got, row[2])
		}
	}
}

func decode(t *testing.T, kind, encoded string) pyc.Object {
	t.Helper()
	if kind == "int" {
		value, ok := new(big.Int).SetString(encoded, 10)
		if !ok {
			t.Fatalf("no int: %s", encoded)
		}
		if value.IsInt64() {
			return &pyc.Int{Small: value.Int64()}
		}
		return &pyc.Int{Big: value}
	}
	raw, err := hex.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	float := func(at int) float64 { return math.Float64frombits(binary.BigEndian.Uint64(raw[at:])) }
	switch kind {
	case "float":
		return &pyc.Float{Value: float(0)}
	case "complex":
		return &pyc.Complex{Value: complex(float(0), float(8))}
	case "str":
		return &pyc.Str{Value: string(raw)}
	case "bytes":
		return &pyc.Bytes{Value: raw}
	}
	t.Fatalf("no kind: %s", kind)
	return nil
}

// TestLimit writes a constant that is exponentially long when written out.
func TestLimit(t *testing.T) {
	var o pyc.Object = &pyc.Str{Value: "é"}
	for range 100 {
		o = &pyc.Tuple{Items: []pyc.Object{o, o}}
	}
	for limit := range 130 {
		got := string(pyrepr.Append([]byte("x"), o, pyver.Default, limit))
		if len(got) > 1+limit+len(pyrepr.Ellipsis) || !strings.HasSuffix(got, pyrepr.Ellipsis) || !utf8.ValidString(got) {
			t.Errorf("limit %d: %d bytes: %q", limit, len(got), got)
		}
	}
}

func TestDepth(t *testing.T) {
	var o pyc.Object = pyc.None
	for range 1_000_000 {
		o = &pyc.Tuple{Items: []pyc.Object{o}}
	}
	if got := pyrepr.Append(nil, o, pyver.Default, noLimit); len(got) > 10_000 {
		t.Errorf("%d bytes for a depth that cannot be marshalled", len(got))
	}
}

func TestHugeInt(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 400_000)
	got := string(pyrepr.AppendInt(nil, new(big.Int).Neg(huge)))
	if want := "-0x1" + strings.Repeat("0", 100_000); got != want {
		t.Errorf("got %d bytes, starting %.10s", len(got), got)
	}
}

func FuzzAppend(f *testing.F) {
	f.Add("it's", []byte{0, 255}, 1.5)
	f.Add("\xed\xa0\x80\xff", []byte("'\""), math.Inf(-1))
	f.Fuzz(func(t *testing.T, s string, b []byte, x float64) {
		o := &pyc.Tuple{Items: []pyc.Object{&pyc.Str{Value: s}, &pyc.Bytes{Value: b}, &pyc.Float{Value: x}}}
		for limit := range 20 {
			if got := pyrepr.Append(nil, o, pyver.Last, limit); len(got) > limit+len(pyrepr.Ellipsis) {
				t.Fatalf("limit %d: %q", limit, got)
			}
		}
		if got := pyrepr.AppendBytes(nil, b); len(got) < len(b)+3 {
			t.Fatalf("bytes %q became %s", b, got)
		}
	})
}
