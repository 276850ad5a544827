package batch_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/remote/batch"
)

// folder writes a request and its sources.
func folder(t *testing.T, request string, sources ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, batch.SourceFolder), 0o755); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{batch.RequestFile: request}
	for i, s := range sources {
		files[filepath.Join(batch.SourceFolder, batch.SourceFile(i))] = s
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// failing fails for one source and compiles the others.
type failing struct{ compiler.Native }

func (f *failing) Compile(ctx context.Context, source []byte, o compiler.Options) (*compiler.Result, error) {
	if string(source) == "fail" {
		return nil, errors.New(o.Filename + ": as asked")
	}
	return f.Native.Compile(ctx, source, o)
}

func TestRun(t *testing.T) {
	sources := []string{"x = 1\n", "x = = 1\n", "assert (1, 'said')\n", "fail"}
	request := &batch.Request{}
	for i, name := range []string{"a.py", "b.py", "c.py", "d.py"} {
		request.Modules = append(request.Modules, batch.NewModule(i, compiler.Options{Version: pyver.Default, Filename: name}))
	}
	text, err := batch.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, string(text), sources...)
	if err := batch.Run(t.Context(), &failing{}, dir); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, batch.ResponseFile))
	if err != nil {
		t.Fatal(err)
	}
	var response batch.Response
	if err := json.Unmarshal(data, &response); err != nil {
		t.Fatal(err)
	}
	for i, o := range response.Outcomes {
		options := compiler.Options{Version: pyver.Default, Filename: request.Modules[i].Name}
		r, err := (&failing{}).Compile(t.Context(), []byte(sources[i]), options)
		want := batch.Outcome{}
		var syntax *compiler.SyntaxError
		switch {
		case errors.As(err, &syntax):
			want.SyntaxError = syntax
		case err != nil:
			want.Error = err.Error()
		default:
			want.Warnings = r.Warnings
			file, err := os.ReadFile(filepath.Join(dir, batch.OutputFile(i)))
			if err != nil {
				t.Fatal(err)
			}
			header := pyc.HashHeader(pyver.Default, []byte(sources[i]), false).Append(nil)
			if diff := cmp.Diff(append(header, r.Code...), file); diff != "" {
				t.Errorf("%s (-want +got):\n%s", options.Filename, diff)
			}
		}
		if diff := cmp.Diff(want, o); diff != "" {
			t.Errorf("%s (-want +got):\n%s", options.Filename, diff)
		}
		if _, err := os.Stat(filepath.Join(dir, batch.OutputFile(i))); (err == nil) != (r != nil) {
			t.Errorf("%s: file: %v; result: %v", options.Filename, err, r)
		}
	}
}

func TestBadRequests(t *testing.T) {
	for _, test := range []struct{ request, want string }{
		{"", "reading request: request.json: unexpected end of JSON input"},
		{`{"modules": [{"source": 0, "name": "a.py", "python": "2.7"}]}`, `module 0: unsupported Python version "2.7"`},
		{`{"modules": [{"source": 0, "name": "a.py", "python": "3.14", "optimize": 3}]}`, "module 0: optimisation level 3"},
		{`{"modules": [{"source": 1, "name": "a.py", "python": "3.14"}]}`, "reading source: "},
	} {
		dir := folder(t, test.request, "x = 1\n")
		if err := batch.Run(t.Context(), &compiler.Native{}, dir); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", test.request, err, test.want)
		}
	}
	if err := batch.Run(t.Context(), &compiler.Native{}, t.TempDir()); err == nil || !strings.Contains(err.Error(), "reading request: ") {
		t.Errorf("got %v for a folder without a request", err)
	}
}

// TestLossless has names and messages that JSON cannot hold.
func TestLossless(t *testing.T) {
	o := compiler.Options{Version: pyver.Default, Filename: "\xff.py"}
	if _, err := batch.Marshal(&batch.Request{Modules: []batch.Module{batch.NewModule(0, o)}}); err == nil {
		t.Error("a name that is not UTF-8 was written")
	}
}
