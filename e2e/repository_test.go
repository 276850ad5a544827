package e2e

import (
	"strings"
	"testing"
)

// TestRepository builds and tests this repository itself. The tests in it that
// need an interpreter, or Bazel, skip: Bazel's sandbox shows them none.
func TestRepository(t *testing.T) {
	w := newWorkspace(t, repository(t))
	if _, err := w.try("run", "--symlink_prefix=/", "//:gazelle", "--", "-mode=diff"); err != nil {
		t.Errorf("BUILD files are not those of the Go files, run bazel run //:gazelle: %v", err)
	}
	// The links to the outputs would lie in the repository.
	out := w.run(t, "build", "--symlink_prefix=/", "//...")
	if strings.Contains(out.stderr, "use_repo") {
		t.Errorf("MODULE.bazel does not list the direct dependencies of go.mod:\n%s", out.stderr)
	}
	w.run(t, "test", "--symlink_prefix=/", "//...")
}
