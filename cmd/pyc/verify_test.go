package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/parallel"
	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// deeper is a compiler that differs from the native one: the stack of modules
// is larger at level 0, and no source with "bad" in it compiles.
type deeper struct{ native compiler.Native }

func (d *deeper) Compile(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
	if bytes.Contains(source, []byte("bad")) {
		return nil, &compiler.SyntaxError{Class: "SyntaxError", Message: "it is bad", Filename: opts.Filename, Line: 1}
	}
	r, err := d.native.Compile(ctx, source, opts)
	if err != nil || opts.Optimize != 0 {
		return r, err
	}
	code, err := pyc.Read(r.Code, opts.Version)
	if err != nil {
		return nil, err
	}
	code.StackSize += 2
	r.Code, err = pyc.Append(nil, code, opts.Version)
	return r, err
}

// TestVerifyReport holds what is said of sources that differ, which those of
// real interpreters do not.
func TestVerifyReport(t *testing.T) {
	t.Chdir(t.TempDir())
	for path, text := range map[string]string{"src/a.py": "x = 1\n", "src/b.py": "bad = 2\n", "src/c.py": "x = = 1\n"} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := precompile.Find([]string{"src"})
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, precompile.File{Path: "gone.py", Rel: "gone.py"})
	for _, test := range []struct {
		name   string
		json   bool
		want   string
		stderr string
	}{
		{"text", false, `src/a.py: level 0: stack size of <module>, line 1
  native     1
  reference  3
src/b.py: levels 0, 2: verdict
  native     compiles
  reference  SyntaxError at line 1: 'it is bad'
verified 4 files at 2 levels: 1 equal, 3 different, 2 refused by both, 2 failed
`, "pyc: reading source: stat gone.py: no such file or directory\n"},
		{"json", true, `{"status":"different","source":"src/a.py","name":"a.py","python":"3.14","optimize":0,"difference":{"stage":"stack size","qualname":"<module>","line":1,"native":"1","reference":"3"}}
{"status":"equal","source":"src/a.py","name":"a.py","python":"3.14","optimize":2}
{"status":"different","source":"src/b.py","name":"b.py","python":"3.14","optimize":0,"difference":{"stage":"verdict","native":"compiles","reference":"SyntaxError at line 1: 'it is bad'"}}
{"status":"different","source":"src/b.py","name":"b.py","python":"3.14","optimize":2,"difference":{"stage":"verdict","native":"compiles","reference":"SyntaxError at line 1: 'it is bad'"}}
{"status":"refused","source":"src/c.py","name":"c.py","python":"3.14","optimize":0}
{"status":"refused","source":"src/c.py","name":"c.py","python":"3.14","optimize":2}
{"status":"error","source":"gone.py","name":"gone.py","python":"3.14","optimize":0,"error":{"class":"Error","message":"reading source: stat gone.py: no such file or directory"}}
{"status":"error","source":"gone.py","name":"gone.py","python":"3.14","optimize":2,"error":{"class":"Error","message":"reading source: stat gone.py: no such file or directory"}}
{"summary":{"sources":4,"levels":2,"equal":1,"different":3,"refused":2,"other_warnings":0,"failed":2,"interpreter":"3.14.1"}}
`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			c := &cobra.Command{}
			c.SetOut(&stdout)
			c.SetErr(&stderr)
			v := verifier{native: &compiler.Native{}, reference: &deeper{}, targets: []compiler.Options{
				{Version: pyver.V314, Optimize: 0}, {Version: pyver.V314, Optimize: 2},
			}}
			r := newVerifyReport(c, test.json, v.targets, len(files))
			r.interpreter = "3.14.1"
			parallel.InOrder(len(files), 3, func(i int) []verified { return v.file(t.Context(), files[i]) }, r.file)
			if err := r.finish(t.Context()); err != errReported { //nolint:errorlint // the error itself is the contract
				t.Errorf("error is %v, want %v", err, errReported)
			}
			if diff := cmp.Diff(test.want, stdout.String()); diff != "" {
				t.Errorf("stdout (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.stderr, stderr.String()); diff != "" {
				t.Errorf("stderr (-want +got)\n%s", diff)
			}
		})
	}
}
