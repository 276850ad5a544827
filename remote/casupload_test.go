package remote

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"

	"github.com/rules-pyc/rules_pyc/cache"
	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/dial"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// casupload returns the digest that BuildBox, an implementation in C++, gives to
// a folder.
func casupload(t *testing.T, dir string) string {
	t.Helper()
	root := os.Getenv("RULES_PYC_CACHE")
	if root == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Skipf("no casupload: %v", err)
		}
		root = filepath.Join(home, ".cache", "rules_pyc")
	}
	program := filepath.Join(root, "buildbox", "bin", "casupload")
	if _, err := os.Stat(program); err != nil {
		t.Skipf("no casupload: tools/ci/buildbox.sh installs it (%v)", err)
	}
	file := filepath.Join(t.TempDir(), "digest")
	c := exec.Command(program, "--remote=http://127.0.0.1:1", "--dry-run", "--output-digest-file="+file, ".")
	c.Dir = dir
	c.Env = []string{"PATH=/usr/bin:/bin"}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("casupload: %v\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func write(t *testing.T, path string, data []byte, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, mode); err != nil {
		t.Fatal(err)
	}
}

// TestInputRootOfKey lays the input root of a key out as files.
func TestInputRootOfKey(t *testing.T) {
	source := []byte("x = 1\n")
	k, err := cache.NewKey(source, compiler.Options{Version: pyver.Default, Filename: "a.py"}, "test")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "module.py"), source, 0o644)
	if got, want := digest.NewFromBlob(k.InputRoot).String(), casupload(t, dir); got != want {
		t.Errorf("the input root is %s, BuildBox says %s", got, want)
	}
}

// TestInputRootOfAction lays the input root of an executor's action out as
// files, from what would be uploaded.
func TestInputRootOfAction(t *testing.T) {
	tool := filepath.Join(t.TempDir(), "tool")
	write(t, tool, []byte("#!/bin/sh\n"), 0o755)
	e, err := OpenExecutor(t.Context(), ExecutorConfig{Address: "grpc://127.0.0.1:1", Dial: dial.Config{}, Tool: tool, Timeout: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	var modules []Module
	// More than ten, so that the order of names is not that of numbers.
	for i := range 12 {
		source := []byte(strings.Repeat("x = 1\n", i))
		modules = append(modules,
			Module{source, compiler.Options{Version: pyver.Default, Filename: "größe.py"}},
			Module{source, compiler.Options{Version: pyver.Default, Filename: "größe.py", Optimize: 1}})
	}
	a, err := e.newAction(modules)
	if err != nil {
		t.Fatal(err)
	}
	blobs := map[string][]byte{}
	for _, u := range a.uploads {
		if u.IsBlob() {
			blobs[u.Digest.String()] = u.Contents
		}
	}
	action := &repb.Action{}
	if err := proto.Unmarshal(blobs[a.digest.String()], action); err != nil {
		t.Fatal(err)
	}
	root := digest.NewFromProtoUnvalidated(action.GetInputRootDigest())
	dir := t.TempDir()
	layOut(t, dir, root, blobs, tool)
	if want := casupload(t, dir); root.String() != want {
		t.Errorf("the input root is %v, BuildBox says %s", root, want)
	}
	if again, err := e.newAction(modules); err != nil || again.digest != a.digest {
		t.Errorf("the action is %v, and another time %v (%v)", a.digest, again.digest, err)
	}
}

// layOut writes the files of a folder. What is no blob is the tool.
func layOut(t *testing.T, dir string, d digest.Digest, blobs map[string][]byte, tool string) {
	t.Helper()
	folder := &repb.Directory{}
	if err := proto.Unmarshal(blobs[d.String()], folder); err != nil {
		t.Fatal(err)
	}
	for _, f := range folder.GetFiles() {
		data, ok := blobs[digest.NewFromProtoUnvalidated(f.GetDigest()).String()]
		mode := os.FileMode(0o644)
		if f.GetIsExecutable() {
			mode = 0o755
		}
		if !ok {
			var err error
			if data, err = os.ReadFile(tool); err != nil {
				t.Fatal(err)
			}
		}
		write(t, filepath.Join(dir, f.GetName()), data, mode)
	}
	for _, sub := range folder.GetDirectories() {
		layOut(t, filepath.Join(dir, sub.GetName()), digest.NewFromProtoUnvalidated(sub.GetDigest()), blobs, tool)
	}
}
