package precompile_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// echo is a compiler whose code is what it was asked. It refuses sources that
// start with "bad".
type echo struct{}

func (echo) Compile(_ context.Context, source []byte, o compiler.Options) (*compiler.Result, error) {
	if bytes.HasPrefix(source, []byte("bad")) {
		return nil, &compiler.SyntaxError{Class: "SyntaxError", Message: "bad", Filename: o.Filename, Line: 1}
	}
	return &compiler.Result{
		Code:     []byte(o.Filename + " " + o.Version.String() + " " + string(source)),
		Warnings: []compiler.Warning{{Category: "SyntaxWarning", Message: "hm", Filename: o.Filename, Line: 1}},
	}, nil
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// names lists the files below dir.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCompile(t *testing.T) {
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "a.py"), "x = 1\n")
	mtime := time.Unix(1_600_000_000, 0)
	if err := os.Chtimes(source, mtime, mtime); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []pyc.Invalidation{pyc.UncheckedHash, pyc.CheckedHash, pyc.Timestamp} {
		t.Run(mode.String(), func(t *testing.T) {
			out := filepath.Join(dir, "out", mode.String(), "a.pyc")
			warnings, err := precompile.Compile(t.Context(), echo{}, precompile.Module{
				Source: source, Name: "pkg/a.py", Output: out, Version: pyver.V313, Invalidation: mode,
			})
			if err != nil || len(warnings) != 1 {
				t.Fatalf("got warnings %v and error %v, want one warning", warnings, err)
			}
			data, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			h, err := pyc.ReadHeader(data)
			if err != nil {
				t.Fatal(err)
			}
			want := pyc.HashHeader(pyver.V313, []byte("x = 1\n"), mode == pyc.CheckedHash)
			if mode == pyc.Timestamp {
				want = pyc.TimestampHeader(pyver.V313, mtime.Unix(), 6)
			}
			if h != want {
				t.Errorf("header is %+v, want %+v", h, want)
			}
			if got, want := string(data[pyc.HeaderSize:]), "pkg/a.py 3.13 x = 1\n"; got != want {
				t.Errorf("code is %q, want %q", got, want)
			}
			info, err := os.Stat(out)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode is %v (%v), want that of the source, 0600", info.Mode(), err)
			}
		})
	}
}

func TestCompileErrors(t *testing.T) {
	dir := t.TempDir()
	good := write(t, filepath.Join(dir, "good.py"), "x = 1\n")
	bad := write(t, filepath.Join(dir, "bad.py"), "bad")
	write(t, filepath.Join(dir, "file"), "")
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, link := range [][2]string{{"loop.py", "loop.py"}, {"good.py", "link.pyc"}, {"nowhere", "dangling.pyc"}} {
		if err := os.Symlink(link[0], filepath.Join(dir, link[1])); err != nil {
			t.Fatal(err)
		}
	}
	before := names(t, dir)
	for _, test := range []struct{ name, source, output, want string }{
		{"missing source", "none.py", "o.pyc", "none.py"},
		{"directory as source", "folder", "o.pyc", "folder is a directory"},
		{"symlink loop", "loop.py", "o.pyc", "loop.py"},
		{"device as source", "/dev/null", "o.pyc", "/dev/null is not a regular file"},
		{"bad source", bad, "o.pyc", "bad.py"},
		{"output is a directory", good, "folder", "folder: it exists and is not a regular file (a directory)"},
		{"output is a link", good, "link.pyc", "a symbolic link"},
		{"output is a dangling link", good, "dangling.pyc", "a symbolic link"},
		{"output is a device", good, "/dev/null", "a device"},
		{"output below a file", good, "file/o.pyc", "file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := precompile.Module{Source: test.source, Name: test.source, Output: test.output, Version: pyver.V314}
			for _, p := range []*string{&m.Source, &m.Output} {
				if !filepath.IsAbs(*p) {
					*p = filepath.Join(dir, *p)
				}
			}
			_, err := precompile.Compile(t.Context(), echo{}, m)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error is %v, want one with %q", err, test.want)
			}
			if after := names(t, dir); strings.Join(after, " ") != strings.Join(before, " ") {
				t.Errorf("files left behind: %v, want %v", after, before)
			}
		})
	}
}

func TestCompileKeepsTheOldFileOnError(t *testing.T) {
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "a.py"), "bad")
	out := write(t, filepath.Join(dir, "a.pyc"), "old")
	_, err := precompile.Compile(t.Context(), echo{}, precompile.Module{Source: source, Name: "a.py", Output: out, Version: pyver.V314})
	if !errors.As(err, new(*compiler.SyntaxError)) {
		t.Fatalf("error is %v, want a SyntaxError", err)
	}
	if data, err := os.ReadFile(out); err != nil || string(data) != "old" {
		t.Errorf("output is %q, %v; want the old one", data, err)
	}
}

func TestCompileOptions(t *testing.T) {
	source := write(t, filepath.Join(t.TempDir(), "a.py"), "")
	for _, m := range []precompile.Module{{Version: 0}, {Version: pyver.V314, Optimize: 3}, {Version: pyver.V314, Optimize: -1}} {
		m.Source, m.Output = source, source+"c"
		if _, err := precompile.Compile(t.Context(), echo{}, m); err == nil || !strings.Contains(err.Error(), source) {
			t.Errorf("%+v: error is %v, want one that names the source", m, err)
		}
	}
}
