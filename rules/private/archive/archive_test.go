package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPlace(t *testing.T) {
	p := placement{prefix: "app", roots: []string{"_main", "_main/lib", "pip/site-packages", "_mai"}}
	for dest, want := range map[string]string{
		"_main/pkg/a.pyc":              "app/pkg/a.pyc",
		"_main/lib/a.pyc":              "app/a.pyc",
		"_main/library/a.pyc":          "app/library/a.pyc",
		"pip/site-packages/x/__init__": "app/x/__init__",
		"other/x.pyc":                  "app/other/x.pyc",
	} {
		if got := p.place(dest); got != want {
			t.Errorf("place of %s is %s, want %s", dest, got, want)
		}
	}
}

// lay writes files, given by name and contents, below a new folder, with a
// time that differs from call to call.
func lay(t *testing.T, files map[string]string, modified time.Time) string {
	t.Helper()
	root := t.TempDir()
	for name, contents := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(contents), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func pack(t *testing.T, format, root string, pairs ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	if format == "folder" {
		if err := os.Mkdir(out, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"--format", format, "--out", out, "--prefix", "p", "--root", "_main", "--"}
	for i, arg := range pairs {
		if i%2 == 1 {
			arg = filepath.Join(root, arg)
		}
		args = append(args, arg)
	}
	params := filepath.Join(t.TempDir(), "params")
	if err := os.WriteFile(params, []byte(strings.Join(args, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"@" + params}); err != nil {
		t.Fatal(err)
	}
	return out
}

// contents returns the files of an archive or folder, in their order.
func contents(t *testing.T, format, out string) [][2]string {
	t.Helper()
	var files [][2]string
	add := func(name string, r io.Reader) {
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, [2]string{name, string(b)})
	}
	switch format {
	case "zip":
		r, err := zip.OpenReader(out)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for _, f := range r.File {
			part, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			add(f.Name, part)
		}
	case "tar":
		f, err := os.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for r := tar.NewReader(f); ; {
			header, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			add(header.Name, r)
		}
	case "folder":
		entries, err := filesOf("", out)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			b, err := os.ReadFile(e.path)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, [2]string{e.name, string(b)})
		}
	}
	return files
}

func TestFormats(t *testing.T) {
	files := map[string]string{"b.pyc": "B", "a.pyc": "A", "tree/x/y.pyc": "Y", "tree/z.pyc": "Z"}
	pairs := []string{"_main/b.pyc", "b.pyc", "_main/pkg/t", "tree", "_main/a.pyc", "a.pyc", "_main/a.pyc", "a.pyc"}
	want := [][2]string{{"p/a.pyc", "A"}, {"p/b.pyc", "B"}, {"p/pkg/t/x/y.pyc", "Y"}, {"p/pkg/t/z.pyc", "Z"}}
	for _, format := range []string{"zip", "tar", "folder"} {
		t.Run(format, func(t *testing.T) {
			first := pack(t, format, lay(t, files, time.Unix(1e9, 0)), pairs...)
			if diff := cmp.Diff(want, contents(t, format, first)); diff != "" {
				t.Errorf("contents (-want +got):\n%s", diff)
			}
			if format == "folder" {
				return
			}
			second := pack(t, format, lay(t, files, time.Unix(1.5e9, 0)), pairs...)
			a, errA := os.ReadFile(first)
			b, errB := os.ReadFile(second)
			if err := errors.Join(errA, errB); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(a, b) {
				t.Error("the same files, with other times and in another folder, give another archive")
			}
		})
	}
}

func TestConflict(t *testing.T) {
	root := lay(t, map[string]string{"a": "1", "b": "2"}, time.Unix(1e9, 0))
	_, err := collect([]string{"x", filepath.Join(root, "a"), "x", filepath.Join(root, "b")}, placement{})
	if err == nil || !strings.Contains(err.Error(), "both belong at x") {
		t.Errorf("two files at one place: got error %v", err)
	}
}

func TestUsage(t *testing.T) {
	for name, args := range map[string][]string{
		"no output":      {"--format", "zip"},
		"half a pair":    {"--out", "x", "--", "dest"},
		"unknown format": {"--format", "rar", "--out", filepath.Join(t.TempDir(), "x")},
		"missing file":   {"--out", filepath.Join(t.TempDir(), "x"), "--", "dest", filepath.Join(t.TempDir(), "none")},
		"missing params": {"@" + filepath.Join(t.TempDir(), "none")},
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(args); err == nil {
				t.Errorf("run(%q) succeeded", args)
			}
		})
	}
}
