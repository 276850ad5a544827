package e2e

import "testing"

// TestRepository builds and tests this repository itself. The tests in it that
// need an interpreter, or Bazel, skip: Bazel's sandbox shows them none.
func TestRepository(t *testing.T) {
	w := newWorkspace(t, repository(t))
	// The links to the outputs would lie in the repository.
	w.run(t, "build", "--symlink_prefix=/", "//...")
	w.run(t, "test", "--symlink_prefix=/", "//...")
}
