package compileall_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compileall"
	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// echo is a compiler whose code is the source. It fails at what starts with
// "fail".
type echo struct{}

func (echo) Compile(_ context.Context, source []byte, o compiler.Options) (*compiler.Result, error) {
	if bytes.HasPrefix(source, []byte("fail")) {
		return nil, errors.New(o.Filename + ": the interpreter crashed")
	}
	return &compiler.Result{Code: source}, nil
}

// fullDisk is an output that cannot be written to.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestWithoutPython is about what CPython has no counterpart of.
func TestWithoutPython(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name   string
		ctx    context.Context
		args   string
		stdout io.Writer // a buffer if nil
		code   int
		out    string
		err    string
		files  []string
	}{
		{
			name: "the others are compiled", args: "-q src",
			files: []string{"a", "b", "c"}, code: 1, err: "compileall: src/fail.py: the interpreter crashed\n",
		},
		{
			name: "a failure that is not the source's is told in any case", args: "-qq src/fail.py",
			code: 1, err: "compileall: src/fail.py: the interpreter crashed\n",
		},
		{name: "interrupted", ctx: interrupted, args: "src", code: 1, out: "\n[interrupted]\n"},
		{name: "interrupted and quiet", ctx: interrupted, args: "-qq src", code: 1},
		{name: "full disk", args: "src/a.py", stdout: fullDisk{}, code: 1, err: "compileall: writing messages: no space left\n", files: []string{"a"}},
		{name: "no list", args: "-i src", code: 1, out: "Error reading file list src\n"},
		{name: "list that is no text", args: "-i binary", code: 1, err: "compileall: -i binary: the list is not UTF-8\n"},
		{name: "no search path", args: "-q", code: 1, err: "compileall: nothing is named, so that sys.path would be compiled: no Python here\n"},
		{name: "negative workers", args: "-j -3 src", code: 1, err: "compileall: -j: workers must be greater or equal to 0\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			for name, text := range map[string]string{"src/a.py": "a", "src/b.py": "b", "src/c.py": "c", "src/fail.py": "fail", "binary": "\xff"} {
				if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			var stdout, stderr bytes.Buffer
			config := compileall.Config{
				Prog: "compileall", Version: pyver.V314, Compiler: echo{}, Invalidation: pyc.UncheckedHash,
				SearchPath: func(context.Context) ([]string, error) { return nil, errors.New("no Python here") },
				Stdin:      strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
			}
			if test.stdout != nil {
				config.Stdout = test.stdout
			}
			ctx := test.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			code := compileall.Main(ctx, strings.Fields(test.args), config)
			if code != test.code || stdout.String() != test.out || stderr.String() != test.err {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %d, %q, %q", code, &stdout, &stderr, test.code, test.out, test.err)
			}
			var want []string
			for _, name := range test.files {
				want = append(want, filepath.Join("src", "__pycache__", name+".cpython-314.pyc"))
			}
			got, err := filepath.Glob("src/__pycache__/*")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("files (-want +got)\n%s", diff)
			}
		})
	}
}
