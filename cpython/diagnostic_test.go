package cpython_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// diagnosed are sources that CPython refuses or warns of. A misread one is
// printed in another way when CPython reads the line from a file: some
// versions count a byte order mark as a character, and all cut long lines.
var diagnosed = []struct {
	name, source string
	misread      bool
}{
	{name: "missing operand", source: "x = 1 +\n"},
	{name: "never closed", source: "x = (1,\ny = 2\n"},
	{name: "unmatched", source: "x = 1)\n"},
	{name: "no final newline", source: "x = (1"},
	{name: "unterminated string", source: "x = 'abc\n"},
	{name: "unterminated triple quotes", source: "a = 1\nx = '''abc\ndef\n"},
	{name: "keyword typo", source: "imprt os\n"},
	{name: "forgotten comma", source: "x = [1 2]\n"},
	{name: "assignment in test", source: "if x = 3:\n    pass\n"},
	{name: "wide characters before", source: "é = 'ü日本' 1\n"},
	{name: "print statement", source: "print 'hello'\n"},
	{name: "unexpected indent", source: "x = 1\n  y = 2\n"},
	{name: "expected block", source: "if x:\ny = 1\n"},
	{name: "unindent", source: "if x:\n    y\n  z\n"},
	{name: "tabs and spaces", source: "if x:\n        y\n\tz\n"},
	{name: "form feed", source: "\f\nx = = 1\n"},
	{name: "crlf", source: "x = 1\r\ny = = 2\r\n"},
	{name: "lone cr", source: "x = 1\ry = = 2\r"},
	{name: "nul", source: "x = 1\x00\n"},
	{name: "nul in second line", source: "x = 1\n\x00y\n"},
	{name: "not utf-8", source: "x = 1\ny = '\xff'\n"},
	{name: "not utf-8 in comment", source: "# \xff\n"},
	{name: "latin-1", source: "# coding: latin-1\nx = '\xe9' 1\n"},
	{name: "unknown encoding", source: "# coding: klingon\nx = 1\n"},
	{name: "bytes to bytes encoding", source: "# coding: hex\nx = 1\n"},
	{name: "not a text encoding", source: "# coding: rot13\nk = 1\n"},
	{name: "encoding that always fails", source: "# coding: undefined\nk = 1\n"},
	{name: "bom and other encoding", source: "\xef\xbb\xbf# coding: latin-1\nx = 1\n"},
	{name: "bom", source: "\xef\xbb\xbfx = = 1\n", misread: true},
	{name: "shift_jis", source: "# coding: shift_jis\nx = '\x93\xfa' 1\n"},
	{name: "bad shift_jis", source: "# coding: shift_jis\nx = '\x81'\n"},
	{name: "return outside function", source: "x = 1\n\nreturn x\n"},
	{name: "return after wide characters", source: "\"é\"; return 1\n"},
	{name: "break outside loop", source: "    \nif x:\n    break\n"},
	{name: "yield outside function", source: "class C:\n    yield 1\n"},
	{name: "await outside function", source: "await x\n"},
	{name: "nonlocal at module level", source: "nonlocal x\n"},
	{name: "no binding for nonlocal", source: "def f():\n    nonlocal x\n"},
	{name: "global after use", source: "def f():\n    x = 1\n    global x\n"},
	{name: "duplicate argument", source: "def f(a,\n      a): pass\n"},
	{name: "import star in function", source: "def f():\n    from os import *\n"},
	{name: "late future import", source: "x = 1\nfrom __future__ import annotations\n"},
	{name: "future feature", source: "from __future__ import braces\n"},
	{name: "assignment to debug", source: "__debug__ = 1\n"},
	{name: "starred assignment", source: "*a = 1\n"},
	{name: "default except", source: "try:\n    pass\nexcept:\n    pass\nexcept E:\n    pass\n"},
	{name: "unreachable pattern", source: "match x:\n    case y: pass\n    case 1: pass\n"},
	{name: "f-string", source: "x = f'{a b}'\n"},
	{name: "f-string in triple quotes", source: "x = f'''\n{a\n b}'''\n"},
	{name: "f-string brace", source: "x = f'{a'\n"},
	{name: "bad escape", source: "x = '\\N{no such name}'\n"},
	{name: "truncated escape", source: "x = '\\u12'\n"},
	{name: "digits", source: "x = " + strings.Repeat("1", 5000) + "\n", misread: true},
	{name: "positional after keyword", source: "f(a=1, 2)\n"},
	{name: "repeated keyword", source: "f(a=1, a=2)\n"},
	{name: "continuation", source: "x = 1 \\ \ny = 2\n"},
	{name: "continuation at the end", source: "x = 1 + \\"},
	{name: "surrogate docstring", source: "def f():\n    '\\ud800'\n"},
	{name: "nested too deeply", source: strings.Repeat("(", 300) + strings.Repeat(")", 300) + "\n"},
	{name: "too many blocks", source: nestedBlocks(30)},
	{name: "recursion", source: "x = " + strings.Repeat("-", 20000) + "1\n"},
	{name: "recursion in attributes", source: "x" + strings.Repeat(".a", 20000) + "\n"},
	{name: "empty line with error at end", source: "def f(:\n\n\n"},

	{name: "escape", source: "x = 1\nif x:\n    y = '\\d'\n"},
	{name: "octal escape", source: "x = '\\777'\n"},
	{name: "bytes escape", source: "x = b'\\d'\n"},
	{name: "escape in a long string", source: "x = '''\n\n\\d\n'''\n"},
	{name: "escape in f-string", source: "x = f'\\d{a}'\n"},
	{name: "number and keyword", source: "x = 1if a else 2\n"},
	{name: "is with a literal", source: "x is 1\n"},
	{name: "assert with a tuple", source: "assert (x, 'message')\n"},
	{name: "call of a literal", source: "x = [\n    (1, 2)\n    (3, 4)\n]\n"},
	{name: "index", source: "x = [1, 2]['a']\n"},
	{name: "return in finally", source: "def f():\n    try:\n        g()\n    finally:\n        return 1\n"},
	{name: "several", source: "x = '\\d'\ny is 1\nz = '\\e'\nz is ()\n"},
	{name: "same twice", source: "x is 1\nx is 1\n"},
	{name: "same twice in a line", source: "x is 1; x is 1\n"},
	{name: "in finally", source: "try:\n    pass\nfinally:\n    x is 1\n"},
	{name: "inversion", source: "x = ~True\n"},
	{name: "warning in latin-1", source: "# coding: latin-1\nx = '\xe9'; x is 1\n"},
	{name: "warning in crlf", source: "x = 1\r\n\tx is 1  \r\n"},
	{name: "warning without newline", source: "x is 1"},
	{name: "warning after bom", source: "\xef\xbb\xbfx is 1\n"},
	{name: "warning after form feed", source: "x = 1\n\fx is 1\n"},
}

func nestedBlocks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "while x:\n")
	}
	return b.String() + strings.Repeat(" ", n) + "pass\n"
}

func TestDiagnostics(t *testing.T) {
	sources := make([]string, len(diagnosed))
	for i, d := range diagnosed {
		sources[i] = d.source
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		pool := newPool(t, v, python)
		// CPython shows more warnings of a module that is called __main__.
		for _, filename := range []string{"source.py", "__main__.py"} {
			for i, want := range diagnose(t, python, filename, sources) {
				t.Run(filename+"/"+diagnosed[i].name, func(t *testing.T) {
					opts := compiler.Options{Version: v, Filename: filename}
					res, err := pool.Compile(t.Context(), []byte(sources[i]), opts)
					if want.Found != nil {
						checkError(t, err, want, diagnosed[i].misread)
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					var got strings.Builder
					for _, w := range res.Warnings {
						got.WriteString(w.String() + "\n")
					}
					if diff := cmp.Diff(want.Warnings, got.String()); diff != "" {
						t.Errorf("warnings (-CPython +pool):\n%s", diff)
					}
				})
			}
		}
	})
}

// checkError compares an error with the one that CPython raises without a
// file, whose text, where it has none, is that of the line in the file. Where
// CPython misreads the file, only what it raises without one counts.
func checkError(t *testing.T, err error, d diagnosis, misread bool) {
	t.Helper()
	var got *compiler.SyntaxError
	if !errors.As(err, &got) {
		t.Fatalf("got error %v, want %v", err, d.Found)
	}
	want := *d.Unfound
	if !misread {
		want.Rendered = d.Found.Rendered
		if want.Text == "" {
			want.Text = d.Found.Text
		}
	}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("error (-CPython +pool):\n%s", diff)
	}
}

// Where CPython takes the line of an error from a file, it reads it as UTF-8
// in some versions, and any file that has the name.
func TestErrorLine(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		pool := newPool(t, v, python)
		unrelated := filepath.Join(t.TempDir(), "unrelated.py")
		if err := os.WriteFile(unrelated, []byte("one\ntwo\nthree\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, filename := range []string{"source.py", "typing.py", "etc/passwd", unrelated, ""} {
			opts := compiler.Options{Version: v, Filename: filename}
			_, err := pool.Compile(t.Context(), []byte("# coding: latin-1\nx = '\xe9'; return 1\n"), opts)
			var got *compiler.SyntaxError
			if !errors.As(err, &got) {
				t.Fatalf("%q: got error %v, want a SyntaxError", filename, err)
			}
			const line = "x = 'é'; return 1\n"
			if got.Text != line || !strings.Contains(got.Rendered, "\n    "+line+"              ^^^") {
				t.Errorf("%q: got text %q in\n%swant %q", filename, got.Text, got.Rendered, line)
			}
			res, err := pool.Compile(t.Context(), []byte("\nx is 1\n"), opts)
			if err != nil || len(res.Warnings) != 1 || res.Warnings[0].Text != "x is 1" {
				t.Errorf("%q: got %+v, %v; want one warning of the line %q", filename, res, err, "x is 1")
			}
		}
	})
}

// newPool returns a pool with one interpreter, which ends with the test.
func newPool(tb testing.TB, v pyver.Version, python string) *cpython.Pool {
	tb.Helper()
	pool := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}, Processes: 1})
	tb.Cleanup(pool.Close)
	return pool
}

// TestRender holds compiler.SyntaxError.Render, which compilers without an
// interpreter use, to what the interpreters print. They look for misspelt
// keywords in places, which Render does not.
func TestRender(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		pool := newPool(t, v, python)
		for _, d := range diagnosed {
			_, err := pool.Compile(t.Context(), []byte(d.source), compiler.Options{Version: v, Filename: "source.py"})
			var e *compiler.SyntaxError
			if !errors.As(err, &e) || strings.Contains(e.Rendered, "Did you mean '") {
				continue
			}
			if diff := cmp.Diff(e.Rendered, e.Render(v)); diff != "" {
				t.Errorf("%s (-CPython +Render)\n%s", d.name, diff)
			}
		}
	})
}
