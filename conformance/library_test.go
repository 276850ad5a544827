package conformance

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed library.py
var libraryRunner string

const (
	// libraryTests are the modules of CPython's test suite that run by default.
	// PYC_LIBRARY_TESTS names others, with spaces between them.
	libraryTests = "test_grammar test_generators test_patma test_dataclasses"
	// libraryPatience is how long the tests of one tree may take.
	libraryPatience = 20 * time.Minute
)

// TestLibrary runs a part of CPython's own test suite on a standard library that
// has no sources, once compiled natively and once by the interpreter itself. The
// outcomes of all tests must be the same, those included that need the sources
// and fail.
func TestLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles whole standard libraries")
	}
	native := new(compiler.Native)
	names := libraryTests
	if s := os.Getenv("PYC_LIBRARY_TESTS"); s != "" {
		names = s
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		if !native.Covers(v) {
			t.Skipf("the native compiler does not compile for %v", v)
		}
		oracle := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}})
		defer oracle.Close()
		got := runLibrary(t, native, v, python, strings.Fields(names))
		want := runLibrary(t, oracle, v, python, strings.Fields(names))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("outcomes with the interpreter's own files (-) and with ours (+):\n%s", diff)
		}
		passed := strings.Count(got, " ok\n")
		t.Logf("%d tests, of which %d pass without sources, for %s", strings.Count(got, "\n"), passed, names)
		if passed == 0 {
			t.Error("no test passes")
		}
	})
}

// runLibrary compiles the standard library without its sources and returns the
// outcomes of tests that run on it, one a line.
func runLibrary(t *testing.T, c compiler.Compiler, v pyver.Version, python string, tests []string) string {
	home := t.TempDir()
	compileLibrary(t, c, v, testpython.Stdlib(t, python), filepath.Join(home, "lib", "python"+v.String()))
	ctx, cancel := context.WithTimeout(context.Background(), libraryPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, append([]string{"-B", "-c", libraryRunner}, tests...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "PYTHONHOME="+home, "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Minute
	if err := cmd.Run(); err != nil {
		t.Fatalf("running %v below %s: %v\n%s\n%.2000s", tests, home, err, stdout.String(), stderr.String())
	}
	return stdout.String()
}

// compileLibrary compiles what is in root into modules without sources below
// out, and links the files that are no sources.
func compileLibrary(t *testing.T, c compiler.Compiler, v pyver.Version, root, out string) {
	t.Helper()
	paths := make(chan string)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for rel := range paths {
				placeInLibrary(t, c, v, root, out, rel)
			}
		})
	}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err == nil && filepath.Base(filepath.Dir(path)) != "__pycache__" {
			paths <- rel
		}
		return err
	})
	close(paths)
	wait.Wait()
	if err != nil {
		t.Fatalf("listing %s: %v", root, err)
	}
}

// placeInLibrary compiles or links one file.
func placeInLibrary(t *testing.T, c compiler.Compiler, v pyver.Version, root, out, rel string) {
	source, target := filepath.Join(root, rel), filepath.Join(out, rel)
	if filepath.Ext(rel) != ".py" {
		err := errors.Join(os.MkdirAll(filepath.Dir(target), 0o777), os.Symlink(source, target))
		if err != nil {
			t.Error(err)
		}
		return
	}
	_, err := precompile.Compile(context.Background(), c, precompile.Module{
		Source: source, Name: rel, Output: target + "c", Version: v, Invalidation: pyc.UncheckedHash,
	})
	var refused *compiler.SyntaxError
	if err != nil && !errors.As(err, &refused) {
		t.Error(err)
	}
}
