package compiler_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/golden"
	"github.com/rules-pyc/rules_pyc/pyver"
)

var _ compiler.Compiler = (*compiler.Native)(nil)

// constructs are the archives of sources, one construct each.
const constructs = "internal/codegen/testdata/*.txtar"

// TestNative compares the hashes of compiled modules with those that CPythons
// wrote into testdata/pycs.
func TestNative(t *testing.T) {
	native := new(compiler.Native)
	golden.Each(t, constructs, func(t *testing.T, v pyver.Version, cases []golden.Case) {
		if !native.Covers(v) {
			t.Skipf("the native compiler does not compile for %v", v)
		}
		hashes := readHashes(t, v)
		archive := strings.Split(t.Name(), "/")[1]
		for i, c := range cases {
			for level := range 3 {
				name := fmt.Sprintf("%s %d %d", archive, i, level)
				opts := compiler.Options{Version: v, Filename: "x.py", Optimize: level}
				if got := outcome(t, native, c.Source, opts); got != hashes[name] {
					t.Errorf("%s: got %s, want %s, for\n%s", name, got, hashes[name], c.Source)
				}
			}
		}
	})
}

// readHashes returns the outcomes by archive, number and level.
func readHashes(t *testing.T, v pyver.Version) map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata/pycs", v.String()+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	hashes := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		i := strings.LastIndexByte(s.Text(), ' ')
		hashes[s.Text()[:i]] = s.Text()[i+1:]
	}
	return hashes
}

// outcome compiles a source and describes the result as the generator of the
// hashes does.
func outcome(t *testing.T, c compiler.Compiler, source string, opts compiler.Options) string {
	t.Helper()
	r, err := c.Compile(context.Background(), []byte(source), opts)
	var refused *compiler.SyntaxError
	switch {
	case errors.As(err, &refused):
		return "!" + refused.Class
	case err != nil:
		t.Fatal(err)
	}
	sum := sha256.Sum256(r.Code)
	return hex.EncodeToString(sum[:])[:16]
}

// TestNativeCovers holds which versions need no interpreter: docs/command.md and
// README.md say so, too.
func TestNativeCovers(t *testing.T) {
	native := new(compiler.Native)
	var covered []string
	for _, v := range pyver.All() {
		if native.Covers(v) {
			covered = append(covered, v.String())
		}
	}
	if got := strings.Join(covered, " "); got != "3.14 3.15" {
		t.Errorf("the native compiler covers %s", got)
	}
}

// TestNativeRefusesOptions gives options that are out of range.
func TestNativeRefusesOptions(t *testing.T) {
	native := new(compiler.Native)
	for _, opts := range []compiler.Options{
		{Version: pyver.V314, Optimize: 3},
		{Version: pyver.V311},
		{},
	} {
		if r, err := native.Compile(context.Background(), nil, opts); err == nil {
			t.Errorf("%+v: got %v and no error", opts, r)
		}
	}
}

// FuzzNative looks for panics, and for bytes that depend on what was compiled
// before.
func FuzzNative(f *testing.F) {
	for _, s := range golden.Sources(f, constructs) {
		f.Add([]byte(s))
	}
	used := new(compiler.Native)
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, v := range pyver.All() {
			if !used.Covers(v) {
				continue
			}
			for level := range 3 {
				opts := compiler.Options{Version: v, Filename: "x.py", Optimize: level}
				a, b := outcome(t, used, string(src), opts), outcome(t, new(compiler.Native), string(src), opts)
				if a != b {
					t.Errorf("%v, level %d: got %s after other modules, %s before them", v, level, a, b)
				}
			}
		}
	})
}
