package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A product is a .pyc of the example in examples/bzlmod, and what it is made of.
type product struct {
	pyc       string // path below bazel-bin
	source    string // path below the example
	generated bool   // whether the source is an output
	optimize  int
}

const (
	compiled   = "app/hello.pycs/cpython-314-pycache-unchecked_hash/_main/"
	sourceless = "app/hello.pycs/cpython-314.opt-1-sourceless-unchecked_hash/_main/"
	dependency = "greeting/greeting.pycs/cpython-314-pycache-unchecked_hash/_main/"
	bare       = "greeting/greeting.pycs/cpython-314.opt-1-sourceless-unchecked_hash/_main/"
)

// products are outputs of the targets hello_compiled and hello_sourceless.
var products = []product{
	{pyc: compiled + "app/__pycache__/hello.cpython-314.pyc", source: "app/hello.py"},
	{pyc: dependency + "greeting/__pycache__/__init__.cpython-314.pyc", source: "greeting/__init__.py"},
	{pyc: dependency + "greeting/__pycache__/languages.cpython-314.pyc", source: "greeting/languages.py", generated: true},
	{pyc: sourceless + "app/hello.pyc", source: "app/hello.py", optimize: 1},
	{pyc: bare + "greeting/__init__.pyc", source: "greeting/__init__.py", optimize: 1},
	{pyc: bare + "greeting/languages.pyc", source: "greeting/languages.py", generated: true, optimize: 1},
}

// checkProducts compares all products with what a fresh interpreter writes.
func (c *checkout) checkProducts(t *testing.T) {
	t.Helper()
	bin := c.bin(t)
	for _, p := range products {
		source := filepath.Join(c.dir, p.source)
		if p.generated {
			source = filepath.Join(bin, p.source)
		}
		got, err := os.ReadFile(filepath.Join(bin, p.pyc))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, c.reference(t, source, p.source, p.optimize, "UNCHECKED_HASH")) {
			t.Errorf("%s differs from what a fresh %s writes", p.pyc, c.python)
		}
	}
}

// greet is what main prints for the names Ada and Grace.
const greet = "Bonjour, Ada!\nBonjour, Grace!\n"

func TestBzlmod(t *testing.T) {
	c := newCheckout(t, "bzlmod")
	out := c.run(t, "build", "//...", "--worker_verbose")
	if want := "Created new sandboxed PycCompile multiplex-worker"; !strings.Contains(out.stderr, want) {
		t.Errorf("Bazel did not say %q:\n%s", want, out.stderr)
	}
	if !strings.Contains(out.summary(), "9 worker") {
		t.Errorf("got %q, want nine actions of workers", out.summary())
	}
	c.checkProducts(t)
	bin := c.bin(t)
	for _, main := range []string{"main", "main_compiled", "main_sourceless"} {
		if got := c.run(t, "run", "//app:"+main, "--", "Ada", "Grace").stdout; got != greet {
			t.Errorf("%s printed %q, want %q", main, got, greet)
		}
	}
	t.Run("the interpreter takes the pycs", func(t *testing.T) {
		out, err := c.try("run", "//app:main_compiled", "--run_under=env PYTHONVERBOSE=1", "--", "Ada")
		if err != nil {
			t.Fatal(err)
		}
		for _, pyc := range []string{
			"app/__pycache__/hello.cpython-314.pyc",
			"greeting/__pycache__/__init__.cpython-314.pyc",
			"greeting/__pycache__/languages.cpython-314.pyc",
		} {
			if !strings.Contains(out.stderr, "main_compiled.runfiles/_main/"+pyc+"'") {
				t.Errorf("Python did not load %s", pyc)
			}
		}
	})
	t.Run("no source is among the sourceless runfiles", func(t *testing.T) {
		runfiles := filepath.Join(bin, "app/main_sourceless.runfiles/_main")
		sources, err := filepath.Glob(runfiles + "/*/*.py")
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			b, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			// Bazel adds an empty __init__.py to folders that have none.
			if filepath.Base(source) != "main.py" && len(b) > 0 {
				t.Errorf("%s is among the runfiles", source)
			}
		}
	})
	t.Run("the zip is importable", func(t *testing.T) {
		zip := filepath.Join(bin, "app/hello_zip.zip")
		got := c.script(t, nil, `import sys; sys.path.insert(0, sys.argv[1]); from app import hello; print(hello.__file__); hello.main(["Ada", "Grace"])`, zip)
		if !strings.HasPrefix(got, zip+"/app/hello.pyc\n") || !strings.Contains(got, greet) {
			t.Errorf("importing from the zip printed %q", got)
		}
	})
	t.Run("the tar holds sources and pycs", func(t *testing.T) {
		got := c.script(t, nil, `import sys, tarfile; print(*tarfile.open(sys.argv[1]).getnames(), sep="\n")`,
			filepath.Join(bin, "app/hello_layer.tar"))
		want := `opt/hello/app/__pycache__/hello.cpython-314.pyc
opt/hello/app/hello.py
opt/hello/greeting/__init__.py
opt/hello/greeting/__pycache__/__init__.cpython-314.pyc
opt/hello/greeting/__pycache__/languages.cpython-314.pyc
opt/hello/greeting/languages.py
`
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("the aspect compiles a program as it is", func(t *testing.T) {
		c.run(t, "build", "//app:main", "--aspects=@rules_pyc//rules:defs.bzl%pyc_aspect",
			"--aspects_parameters=optimize=2", "--output_groups=pyc")
		pyc := filepath.Join(bin, "app/main.pycs/cpython-314.opt-2-pycache-unchecked_hash/_main/app/__pycache__/main.cpython-314.opt-2.pyc")
		got, err := os.ReadFile(pyc)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, c.reference(t, filepath.Join(c.dir, "app/main.py"), "app/main.py", 2, "UNCHECKED_HASH")) {
			t.Errorf("%s differs from what a fresh interpreter writes", pyc)
		}
	})
	t.Run("features", func(t *testing.T) { c.features(t) })
	t.Run("interpreter", func(t *testing.T) { c.interpreter(t) })
	t.Run("strategies", func(t *testing.T) { c.strategies(t) })
	t.Run("syntax error", func(t *testing.T) { c.syntaxError(t) })
}

// strategies has each way in which Bazel can run the compiler compile sources
// that no cache has seen. Sandboxed multiplexed workers are what the example uses.
func (c *checkout) strategies(t *testing.T) {
	for _, s := range []struct {
		name    string
		flags   []string
		message string // what Bazel says of the worker, if it starts one
		counted string // how the summary counts the six actions
	}{
		{
			"multiplex worker",
			[]string{"--noexperimental_worker_multiplex_sandboxing"},
			"Created new non-sandboxed PycCompile multiplex-worker", "6 worker",
		},
		{
			"sandboxed worker",
			[]string{"--noworker_multiplex", "--worker_sandboxing"},
			"Created new sandboxed PycCompile worker", "6 worker",
		},
		{
			"worker",
			[]string{"--noworker_multiplex"},
			"Created new non-sandboxed PycCompile worker", "6 worker",
		},
		{"sandbox", []string{"--strategy=PycCompile=sandboxed"}, "", "-sandbox"},
		{"local", []string{"--strategy=PycCompile=local"}, "", "6 local"},
	} {
		t.Run(s.name, func(t *testing.T) {
			c.touch(t, "# "+s.name+" "+nonce)
			args := append([]string{"build", "//app:hello_compiled", "//app:hello_sourceless", "--worker_verbose"}, s.flags...)
			out := c.run(t, args...)
			if !strings.Contains(out.stderr, s.message) {
				t.Errorf("Bazel did not say %q:\n%s", s.message, out.stderr)
			}
			if !strings.Contains(out.summary(), s.counted) {
				t.Errorf("got %q, want %q in it", out.summary(), s.counted)
			}
			c.checkProducts(t)
		})
	}
}

// syntaxError breaks a source: the build has to fail with what the interpreter
// itself says, and the worker has to go on.
func (c *checkout) syntaxError(t *testing.T) {
	broken := "x = 1\nif x = 2:\n    pass\n"
	var before []byte
	c.edit(t, "app/hello.py", func(b []byte) []byte {
		before = b
		return []byte(broken)
	})
	want := c.script(t, nil, `
import sys, traceback
try:
    compile(sys.argv[1], "app/hello.py", "exec")
except SyntaxError as e:
    print("".join(traceback.format_exception_only(e)), end="")
`, broken)
	out, err := c.try("build", "//app:hello_compiled")
	if err == nil {
		t.Fatal("a source with a syntax error was compiled")
	}
	// The interpreter of a string has no source lines to show.
	for line := range strings.Lines(want) {
		if !strings.Contains(out.stderr, line) {
			t.Errorf("the build does not say %q:\n%s", line, out.stderr)
		}
	}
	if !strings.Contains(out.stderr, `File "app/hello.py", line 2`) {
		t.Errorf("the build does not name the source:\n%s", out.stderr)
	}
	c.edit(t, "app/hello.py", func([]byte) []byte { return before })
	c.run(t, "build", "//app:hello_compiled")
}
