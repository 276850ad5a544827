package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pythonName matches the names of Pythons.
var pythonName = regexp.MustCompile(`^(python|pypy)[0-9.]*$`)

// TestNoPython compiles where there is no Python: Bazel is started with a PATH
// that has none, and its actions cannot open those of the machine.
func TestNoPython(t *testing.T) {
	c := newCheckout(t, "bzlmod")
	path, pythons := withoutPython(t)
	pythons = append(pythons, c.python)
	c.env = []string{"PATH=" + path, "HOME=" + os.Getenv("HOME")}
	for _, variable := range []string{"USER", "GOPROXY", "GONOSUMDB", "GOFLAGS"} {
		if value, ok := os.LookupEnv(variable); ok {
			c.env = append(c.env, variable+"="+value)
		}
	}
	c.touch(t, "# no Python\n") // in no cache
	blocked := []string{"--strategy=PycCompile=sandboxed", "--spawn_strategy=sandboxed"}
	for _, python := range pythons {
		blocked = append(blocked, "--sandbox_block_path="+python)
	}
	if err := os.CopyFS(filepath.Join(c.dir, "nopython"), os.DirFS("testdata/nopython")); err != nil {
		t.Fatal(err)
	}
	c.run(t, append([]string{"build", "//nopython:none"}, blocked...)...) // what the name promises

	// Sources that actions make are compared too: a cache may have them.
	targets := []string{"build", "//app:hello_compiled", "//app:hello_sourceless", "--remote_download_outputs=all"}
	out := c.run(t, append(targets, blocked...)...)
	if !strings.Contains(out.summary(), "-sandbox") {
		t.Errorf("got %q, want actions in a sandbox", out.summary())
	}
	c.checkProducts(t)

	c.touch(t, "# no Python for the worker\n")
	out = c.run(t, targets...)
	if !strings.Contains(out.summary(), "worker") {
		t.Errorf("got %q, want actions of a worker", out.summary())
	}
	c.checkProducts(t)
}

// withoutPython returns a folder with all programs on PATH but Python, and the
// paths of Python that are left out.
func withoutPython(t *testing.T) (dir string, pythons []string) {
	t.Helper()
	dir = t.TempDir()
	for _, from := range filepath.SplitList(os.Getenv("PATH")) {
		entries, err := os.ReadDir(from)
		if err != nil {
			continue // PATH may name folders that are not there
		}
		for _, entry := range entries {
			program := filepath.Join(from, entry.Name())
			if !pythonName.MatchString(entry.Name()) {
				// The first of a name counts.
				if err := os.Symlink(program, filepath.Join(dir, entry.Name())); err != nil && !os.IsExist(err) {
					t.Fatal(err)
				}
				continue
			}
			if real, err := filepath.EvalSymlinks(program); err == nil && !slices.Contains(pythons, real) {
				pythons = append(pythons, real)
			}
		}
	}
	return dir, pythons
}
