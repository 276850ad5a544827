package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// treesVariable names more folders, separated as in PATH, whose Python files
// are compared.
const treesVariable = "PYC_CONFORMANCE_TREES"

// knownDifferent lists files that differ for a known reason. A file that is
// equal may not be listed.
var knownDifferent []string

// TestPyc compares whole compiled modules with those of a fresh interpreter, at
// every level of optimization: over the standard library, its tests included.
// Sources that the interpreter refuses must be refused with the same error.
func TestPyc(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles whole standard libraries")
	}
	native := new(compiler.Native)
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		if !native.Covers(v) {
			t.Skipf("the native compiler does not compile for %v", v)
		}
		oracle := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}})
		defer oracle.Close()
		roots := append([]string{testpython.Stdlib(t, python)}, filepath.SplitList(os.Getenv(treesVariable))...)
		for _, root := range roots {
			for level := range 3 {
				t.Run(fmt.Sprintf("%s/%d", filepath.Base(root), level), func(t *testing.T) {
					compareTree(t, native, oracle, root, compiler.Options{Version: v, Optimize: level})
				})
			}
		}
	})
}

// A tally counts the outcomes of comparisons.
type tally struct {
	mu                     sync.Mutex
	equal, refused, differ int
	known                  int // different as listed
	shown                  int
}

func compareTree(t *testing.T, ours, theirs compiler.Compiler, root string, opts compiler.Options) {
	files := sources(t, root)
	var counts tally
	var wait sync.WaitGroup
	next := make(chan string)
	for range runtime.NumCPU() {
		wait.Go(func() {
			for path := range next {
				comparePyc(t, &counts, ours, theirs, path, root, opts)
			}
		})
	}
	for _, path := range files {
		next <- path
	}
	close(next)
	wait.Wait()
	t.Logf("%d files: %d equal, %d refused by both, %d different, %d as listed", len(files), counts.equal, counts.refused, counts.differ, counts.known)
	if counts.equal == 0 {
		t.Error("no file is equal")
	}
}

func comparePyc(t *testing.T, counts *tally, ours, theirs compiler.Compiler, path, root string, opts compiler.Options) {
	src, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return
	}
	if opts.Filename, err = filepath.Rel(root, path); err != nil {
		t.Error(err)
		return
	}
	ctx := context.Background()
	want, wantErr := theirs.Compile(ctx, src, opts)
	got, gotErr := ours.Compile(ctx, src, opts)
	msg := resultDifference(got, want, gotErr, wantErr, opts.Version)
	counts.mu.Lock()
	defer counts.mu.Unlock()
	known := slices.Contains(knownDifferent, opts.Filename)
	switch {
	case known && msg != "":
		counts.known++
	case known:
		t.Errorf("%s is equal but listed in knownDifferent", path)
	case msg != "":
		counts.differ++
		if counts.shown++; counts.shown <= maxShown {
			t.Errorf("%s:\n%s", path, msg)
		} else {
			t.Errorf("%s differs", path)
		}
	case wantErr != nil:
		counts.refused++
	default:
		counts.equal++
	}
}

// resultDifference says how two results differ, "" if they do not.
func resultDifference(got, want *compiler.Result, gotErr, wantErr error, v pyver.Version) string {
	switch {
	case wantErr != nil || gotErr != nil:
		return errorDifference(gotErr, wantErr)
	case !bytes.Equal(got.Code, want.Code):
		return codeDifference(got.Code, want.Code, v)
	case warningText(got) != warningText(want):
		return fmt.Sprintf("warnings: got  %s\nwarnings: want %s", warningText(got), warningText(want))
	}
	return ""
}

func warningText(r *compiler.Result) string {
	var b strings.Builder
	for _, w := range r.Warnings {
		b.WriteString(w.String() + "\n")
	}
	return b.String()
}

// errorDifference says how two errors differ, "" if they do not.
func errorDifference(got, want error) string {
	var g, w *compiler.SyntaxError
	if errors.As(got, &g) && errors.As(want, &w) {
		a, b := *g, *w
		a.Rendered, b.Rendered = "", ""
		if a == b {
			return ""
		}
		return fmt.Sprintf("error: got  %+v\nerror: want %+v", a, b)
	}
	return fmt.Sprintf("error: got  %v\nerror: want %v", got, want)
}
