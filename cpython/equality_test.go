package cpython_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// sensitive are the modules of the standard library whose bytes are known to
// depend on what a process has done before, in some version.
var sensitive = []string{
	"_py_warnings.py", "argparse.py", "ast.py", "asyncio/events.py", "difflib.py", "enum.py", "ftplib.py", "functools.py",
	"html/entities.py", "importlib/_bootstrap_external.py", "inspect.py", "json/__init__.py", "json/decoder.py",
	"json/encoder.py", "json/scanner.py", "linecache.py", "logging/__init__.py", "logging/config.py", "ntpath.py", "os.py",
	"posixpath.py", "py_compile.py", "reprlib.py", "test/test_types.py", "token.py", "tokenize.py", "traceback.py", "typing.py",
	"warnings.py", "weakref.py", "xml/etree/ElementTree.py",
}

// sampleSize is about how many modules of the standard library are compiled
// unless PYC_TEST_FULL=1 asks for all of them. Short tests take few beside the
// sensitive ones.
const sampleSize = 250

// A module is a source with the options that it is compiled with.
type module struct {
	source []byte
	opts   compiler.Options
}

// stdlib returns modules of the interpreter's standard library: the sensitive
// ones and an even sample of the others at rotating levels of optimisation, or
// all of them without optimisation.
func stdlib(tb testing.TB, v pyver.Version, python string) []module {
	tb.Helper()
	root := testpython.Stdlib(tb, python)
	var names []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "site-packages" {
			return fs.SkipDir
		}
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".py") {
			name, _ := filepath.Rel(root, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		tb.Fatalf("reading the standard library: %v", err)
	}
	full := os.Getenv("PYC_TEST_FULL") == "1"
	step := max(1, len(names)/(sampleSize-len(sensitive)))
	if testing.Short() {
		step *= 10
	}
	var modules []module
	for i, name := range names {
		if !full && i%step != 0 && !slices.Contains(sensitive, name) {
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			tb.Fatal(err)
		}
		opts := compiler.Options{Version: v, Filename: name}
		if !full {
			opts.Optimize = len(modules) % 3
		}
		modules = append(modules, module{source, opts})
	}
	if len(modules) < len(sensitive)/2 {
		tb.Fatalf("only %d modules in %s", len(modules), root)
	}
	return modules
}

// An outcome is what compiling a module gives: code or an error.
type outcome struct {
	code []byte
	err  *compiler.SyntaxError
}

// compileAll compiles modules in a random order.
func compileAll(t *testing.T, pool *cpython.Pool, modules []module, workers int, seed uint64) []outcome {
	t.Helper()
	outcomes := make([]outcome, len(modules))
	order := rand.New(rand.NewPCG(seed, 0)).Perm(len(modules))
	inParallel(workers, len(order), func(n int) {
		i := order[n]
		res, err := pool.Compile(t.Context(), modules[i].source, modules[i].opts)
		if err == nil {
			outcomes[i].code = res.Code
		} else if !errors.As(err, &outcomes[i].err) {
			t.Errorf("%s: %v", modules[i].opts.Filename, err)
		}
	})
	return outcomes
}

// inParallel calls f with the numbers below n.
func inParallel(workers, n int, f func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// The bytes are those of a fresh process for each file, whatever was compiled
// before.
func TestStandardLibrary(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		modules := stdlib(t, v, python)
		pool := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}, Processes: 2})
		defer pool.Close()
		one := compileAll(t, pool, modules, 4, 1)
		other := compileAll(t, newPool(t, v, python), modules, 1, 2)
		var refused, different atomic.Int64
		inParallel(2, len(modules), func(i int) {
			name := modules[i].opts.Filename
			want, printed := fresh(t, python, modules[i].source, name, modules[i].opts.Optimize)
			switch {
			case t.Failed() && one[i].code == nil && one[i].err == nil:
			case want == nil && (one[i].err == nil || other[i].err == nil || *one[i].err != *other[i].err ||
				!strings.Contains(printed, one[i].err.Message)):
				t.Errorf("%s: got errors %v and %v, want\n%s", name, one[i].err, other[i].err, printed)
			case want == nil:
				refused.Add(1)
			case !bytes.Equal(one[i].code, want) || !bytes.Equal(other[i].code, want):
				different.Add(1)
				t.Errorf("%s at level %d: equal to a fresh process in one order: %v, in another: %v", name, modules[i].opts.Optimize,
					bytes.Equal(one[i].code, want), bytes.Equal(other[i].code, want))
			}
		})
		t.Logf("%d modules, of which CPython refuses %d; %d differ from a fresh process", len(modules), refused.Load(), different.Load())
	})
}

// sharing are programs whose bytes depend on what has been interned before:
// in each, the last is compiled before and after the others.
var sharing = []struct {
	name    string
	modules []string
}{
	{"set of names in two functions", []string{
		"import lantern\n",
		"a = {'lantern', 2, 3}\ndef f():\n    b = {'lantern', 2, 3}\n",
	}},
	{"set of names and tuples", []string{
		"def lantern(harbour): pass\n",
		"def f(x): return x in {'lantern', ('harbour', 1)}\ndef g(x): return x in {'lantern', ('harbour', 1)}\n",
	}},
	{"qualified name of a nested class", []string{
		"class Lantern:\n    def light(self):\n        class Flame: pass\n        class Wick: pass\n",
		"class Lantern:\n    def light(self):\n        class Flame: pass\n",
	}},
	{"single characters", []string{
		"import _; {'{': 1}; '{}'.format(x); getattr(x, '}')\n",
		"x = '{', '}', '_', 'a', 'é', '\\n', '*'\nx in {'{', '}'}\n",
	}},
	{"braces", []string{
		"x = '{'\ny = '}'\n",
	}},
	{"names of the interpreter's own errors", []string{
		"imprt codeop\n",
		"def f(x): return x in {'codeop', 'imprt', 'import'}\ndef g(x): return x in {'codeop', 'imprt', 'import'}\n",
	}},
	{"names of the driver", []string{
		"\x00",
		"def f(x): return x in {'blames_source', 'position', 'rendered', 'lines', 'reader', 'i', 'e', 'kind'}\n" +
			"def g(x): return x in {'blames_source', 'position', 'rendered', 'lines', 'reader', 'i', 'e', 'kind'}\n",
	}},
	{"codecs", []string{
		"# coding: shift_jis\nx = 1\n",
		"def f(x): return x in {'getregentry', 'shift_jis', 'IncrementalDecoder'}\ndef g(x): return x in {'getregentry', 'shift_jis', 'IncrementalDecoder'}\n",
	}},
	{"own codec", []string{
		"x = 1\n",
		"# coding: shift_jis\ndef f(x): return x in {'getregentry', 'mbstreamreader', 'codec'}\ndef g(x): return x in {'getregentry', 'mbstreamreader', 'codec'}\n",
	}},
	{"warning", []string{
		"x is 1\ny = '\\d'\n",
		"x is 1\ndef f(x): return x in {'TextIOWrapper', 'detect_encoding'}\ndef g(x): return x in {'TextIOWrapper', 'detect_encoding'}\n",
	}},
}

func TestSharing(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		for _, s := range sharing {
			t.Run(s.name, func(t *testing.T) {
				pool := newPool(t, v, python)
				last := s.modules[len(s.modules)-1]
				for _, filename := range []string{"b.py", "lantern", "a"} {
					want, printed := fresh(t, python, []byte(last), filename, 0)
					if want == nil {
						t.Fatal(printed)
					}
					for round, source := range slices.Concat([]string{last, last}, s.modules, []string{last}) {
						res, err := pool.Compile(t.Context(), []byte(source), compiler.Options{Version: v, Filename: filename})
						var serr *compiler.SyntaxError
						switch {
						case err != nil && !errors.As(err, &serr):
							t.Fatal(err)
						case source == last && !bytes.Equal(res.Code, want):
							t.Errorf("%s, round %d: got %q, want %q", filename, round, res.Code, want)
						}
					}
				}
			})
		}
	})
}

// How deep a source may be nested depends on how deep in the stack it is
// compiled.
func TestDepthLimit(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		pool := newPool(t, v, python)
		compiles := func(depth int) bool {
			_, err := pool.Compile(t.Context(), deep(depth), compiler.Options{Version: v, Filename: "deep.py"})
			var serr *compiler.SyntaxError
			if err != nil && !errors.As(err, &serr) {
				t.Fatal(err)
			}
			return err == nil
		}
		low, high := 1, 1<<17
		for low+1 < high {
			if mid := (low + high) / 2; compiles(mid) {
				low = mid
			} else {
				high = mid
			}
		}
		t.Logf("%d operators compile", low)
		if code, printed := fresh(t, python, deep(low), "deep.py", 0); code == nil {
			t.Errorf("depth %d: a fresh process prints\n%s", low, printed)
		}
		if code, _ := fresh(t, python, deep(high), "deep.py", 0); code != nil {
			t.Errorf("depth %d: a fresh process compiles it", high)
		}
	})
}

func deep(n int) []byte { return []byte("x = " + strings.Repeat("-", n) + "y\n") }
