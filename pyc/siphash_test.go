package pyc_test

import (
	"encoding/hex"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func TestSourceHash(t *testing.T) {
	eachVersion(t, func(t *testing.T, v pyver.Version) {
		var golden []struct {
			Length int
			Hash   string
		}
		readGolden(t, v, "sourcehash.json", &golden)
		if len(golden) < 65 {
			t.Fatalf("sourcehash.json has %d hashes", len(golden))
		}
		for _, g := range golden {
			if got := pyc.SourceHash(v, content(g.Length)); hex.EncodeToString(got[:]) != g.Hash {
				t.Errorf("SourceHash of %d bytes = %x, want %s", g.Length, got, g.Hash)
			}
		}
	})
}

func TestConfirmSourceHash(t *testing.T) {
	const script = `import sys, importlib.util
data = sys.stdin.buffer.read()
for n in range(0, len(data) + 1, 37):
    print(importlib.util.source_hash(data[:n]).hex())
`
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		data := content(5000)
		cmd := exec.Command(python, "-I", "-S", "-c", script)
		cmd.Stdin = strings.NewReader(string(data))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for n := 0; n <= len(data); n += 37 {
			fmt.Fprintf(&got, "%x\n", pyc.SourceHash(v, data[:n]))
		}
		if got.String() != string(out) {
			t.Errorf("got hashes\n%s\nwant\n%s", got.String(), out)
		}
	})
}

func BenchmarkSourceHash(b *testing.B) {
	for _, size := range []int{64, 8 << 10, 1 << 20} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			data := content(size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				pyc.SourceHash(pyver.V314, data)
			}
		})
	}
}
