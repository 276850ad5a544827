package conformance

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/golden"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// constructs are the archives of sources, one construct each.
const constructs = "../compiler/internal/codegen/testdata/*.txtar"

// shells are statements to put others into, in the place of the lines "%".
var shells = []string{
	"def f(a, *b, c=1):\n%",
	"async def f(a):\n%",
	"class A(B):\n%",
	"class A:\n    x: int\n    def f(self):\n%%",
	"def f[T](a: T):\n%",
	"class A[T]:\n%",
	"if a:\n%\nelse:\n%",
	"for a in b:\n%\nelse:\n%",
	"while a:\n%",
	"try:\n%\nexcept b as c:\n%",
	"try:\n%\nexcept* b as c:\n%\nelse:\n%",
	"try:\n%\nfinally:\n%",
	"with a as b, c:\n%",
	"match a:\n    case [b, *c] if d:\n%%\n    case _:\n%%",
	"def f():\n    x = y = 1\n    def g():\n        nonlocal x\n%%",
	"%\n%",
	"async def f():\n    async with a:\n%%\n    async for b in c:\n%%",
	"def f():\n    yield a\n%",
	"global_ = [\n  x for x in y]\n%",
}

// TestNesting compares random nestings of constructs with a fresh interpreter.
// PYC_NESTINGS is how many, and PYC_SEED the seed.
func TestNesting(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles many modules")
	}
	native := new(compiler.Native)
	parts := golden.Sources(t, constructs)
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		if !native.Covers(v) {
			t.Skipf("the native compiler does not compile for %v", v)
		}
		oracle := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}})
		defer oracle.Close()
		r := rand.New(rand.NewPCG(uint64(setting("PYC_SEED", 1)), 0))
		n := setting("PYC_NESTINGS", 300)
		equal, refused, shown := 0, 0, 0
		for range n {
			src := nest(r, parts, r.IntN(4))
			opts := compiler.Options{Version: v, Filename: "x.py", Optimize: r.IntN(3)}
			want, wantErr := oracle.Compile(context.Background(), []byte(src), opts)
			got, gotErr := native.Compile(context.Background(), []byte(src), opts)
			msg := resultDifference(got, want, gotErr, wantErr, v)
			switch {
			case msg != "":
				if shown++; shown <= maxShown {
					t.Errorf("%s\n%s", msg, src)
				}
			case wantErr != nil:
				refused++
			default:
				equal++
			}
		}
		t.Logf("%d nestings: %d equal, %d refused by both, %d different", n, equal, refused, shown)
	})
}

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// nest returns one of the parts within shells.
func nest(r *rand.Rand, parts []string, depth int) string {
	if depth == 0 {
		return strings.TrimSuffix(parts[r.IntN(len(parts))], "\n")
	}
	var b strings.Builder
	shell := shells[r.IntN(len(shells))]
	for line := range strings.SplitSeq(shell, "\n") {
		if !strings.HasPrefix(line, "%") {
			b.WriteString(line + "\n")
			continue
		}
		indent := strings.Repeat("    ", len(line))
		if strings.HasPrefix(shell, "%") || strings.HasPrefix(shell, "global_") {
			indent = ""
		}
		for inner := range strings.SplitSeq(nest(r, parts, depth-1), "\n") {
			b.WriteString(indent + inner + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
