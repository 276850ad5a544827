//go:build !offline

package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestDiskCache compiles twice with a folder, once with each verb that has it.
func TestDiskCache(t *testing.T) {
	t.Chdir(t.TempDir())
	for path, text := range map[string]string{"a.py": "assert (1, 'said')\n", "b.py": "x = = 1\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	outputs := map[string]string{}
	for _, verb := range []string{
		"compile --out plain a.py b.py",
		"compile --out first --disk-cache kept a.py b.py",
		"compile --out second --disk-cache kept a.py b.py",
		"compile --out third --disk-cache kept --disk-cache-size 10M a.py b.py",
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), strings.Fields(verb), strings.NewReader(""), &stdout, &stderr)
		name := strings.Fields(verb)[2]
		data, err := os.ReadFile(filepath.Join(name, "__pycache__", "a.cpython-314.pyc"))
		if err != nil {
			t.Fatal(err)
		}
		outputs[name] = string(data) + stdout.String() + stderr.String()
		if code != exitFailed || outputs[name] != outputs["plain"] {
			t.Errorf("%s: exit code %d, stderr:\n%s", verb, code, &stderr)
		}
	}
	if entries := below(t, "kept/ac"); len(entries) != 1 {
		t.Errorf("the folder has %d entries, want one", len(entries))
	}
	var stderr bytes.Buffer
	args := []string{"worker", "--disk-cache=kept", "--src", "a.py", "--src_name", "other.py", "--pyc", "a.pyc", "--python_version", "3.14", "--invalidation_mode", "unchecked_hash"}
	if code := run(t.Context(), args, strings.NewReader(""), &bytes.Buffer{}, &stderr); code != exitOK {
		t.Errorf("worker: exit code %d: %s", code, &stderr)
	}
	if entries := below(t, "kept/ac"); len(entries) != 2 {
		t.Errorf("the folder has %d entries after the worker's, want 2", len(entries))
	}
}

func below(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCacheUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.py", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ args, want string }{
		{"compile --cache localhost:80 a.py", "is not grpc://HOST:PORT"},
		{"compile --cache grpc://localhost:80 --remote-cert x a.py", "needs its key"},
		{"compile --disk-cache a.py a.py", "--disk-cache: "},
		{"compile --disk-cache kept --disk-cache-size 1K a.py", "is too small"},
		{"compile --disk-cache-size much a.py", "is not a size such as"},
		{"compile --cache-timeout soon a.py", "soon"},
		{"worker --cache nowhere", "is not grpc://HOST:PORT"},
		{"serve --action-cache grpc://localhost:80", "--action-cache needs --cas"},
		{"batch x", "unknown command"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), strings.Fields(test.args), strings.NewReader(""), &stdout, &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), test.want) {
			t.Errorf("%s: exit code %d, stderr %s; want %q", test.args, code, &stderr, test.want)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"batch"}, strings.NewReader(""), &stdout, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "reading request: ") {
		t.Errorf("batch: exit code %d, stderr %s", code, &stderr)
	}
}

// TestIdentity has the identity name what the bytes depend on.
func TestIdentity(t *testing.T) {
	native := &local{which: compilerAuto, native: &compiler.Native{}}
	id, err := native.identity(t.Context(), pyver.Default)
	if err != nil || !strings.HasPrefix(id, "native ") || len(id) < len("native v0") {
		t.Errorf("the native compiler is %q (%v)", id, err)
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		pool := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}})
		t.Cleanup(pool.Close)
		real := &local{which: compilerCPython, native: &compiler.Native{}, pool: pool}
		id, err := real.identity(context.Background(), v)
		if err != nil || !strings.HasPrefix(id, "cpython "+v.String()+".") {
			t.Errorf("the interpreter is %q (%v)", id, err)
		}
	})
}
