package e2e

import "testing"

// TestWorkspace builds the example of a project without MODULE.bazel.
func TestWorkspace(t *testing.T) {
	c := newCheckout(t, "workspace")
	c.run(t, "build", "//...")
	for _, main := range []string{"main", "main_compiled", "main_sourceless"} {
		if got := c.run(t, "run", "//app:"+main, "--", "Ada", "Grace").stdout; got != greet {
			t.Errorf("%s printed %q, want %q", main, got, greet)
		}
	}
}
