package conformance

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// maxShown bounds how many files that differ are described.
const maxShown = 10

// TestAST compares the syntax trees of an interpreter's standard library, its
// tests included, with the interpreter's own.
func TestAST(t *testing.T) {
	if testing.Short() {
		t.Skip("parses whole standard libraries")
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		o := newOracle(t, python)
		var equal, rejected, shown int
		files := sources(t, testpython.Stdlib(t, python))
		for _, path := range files {
			got, refused := dump(t, path, v)
			want := o.ask(t, "H", path)
			if !refused && hash(got) == want {
				equal++
				continue
			}
			want = o.ask(t, "F", path)
			if refused && strings.HasPrefix(want, "!") {
				rejected++
				continue
			}
			if shown++; shown <= maxShown {
				t.Errorf("%s:\n%s", path, difference(got, want))
			}
		}
		t.Logf("%d files: %d trees equal, %d refused by both, %d different", len(files), equal, rejected, len(files)-equal-rejected)
		if equal == 0 || equal+rejected != len(files) {
			t.Fail()
		}
	})
}

// dump returns our dump of a file, or our error and true.
func dump(t *testing.T, path string, v pyver.Version) (string, bool) {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := compiler.Dump(nil, src, compiler.Options{Version: v, Filename: path}, compiler.StageAST)
	if err == nil {
		return string(out), false
	}
	var refused *compiler.SyntaxError
	if !errors.As(err, &refused) {
		t.Fatalf("%s: %v", path, err)
	}
	return "!" + refused.Class + ": " + refused.Message, true
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// difference shows the first place where two long lines differ.
func difference(got, want string) string {
	const before, after = 200, 200
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	start := max(0, i-before)
	return "got  …" + got[start:min(len(got), i+after)] + "\nwant …" + want[start:min(len(want), i+after)]
}
