package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCache builds the same sources in two folders, with output bases of their
// own: the second build has to find everything in the cache of the first.
func TestCache(t *testing.T) {
	first, second := newCheckout(t, "bzlmod"), newCheckout(t, "bzlmod")
	if first.dir == second.dir {
		t.Fatalf("both checkouts are %s", first.dir)
	}
	first.touch(t, "# cache\n")
	second.touch(t, "# cache\n")
	targets := []string{"build", "//app:hello_compiled", "//app:hello_sourceless", "//app:hello_zip", "//app:hello_layer"}
	out := first.run(t, targets...)
	if !strings.Contains(out.summary(), "worker") {
		t.Errorf("the first build ran no worker: %q", out.summary())
	}
	out = second.run(t, targets...)
	for _, ran := range []string{"worker", "sandbox", "local"} {
		if strings.Contains(out.summary(), ran) {
			t.Errorf("the second build ran an action: %q", out.summary())
		}
	}
	if !strings.Contains(out.summary(), "remote cache hit") {
		t.Errorf("the second build used no cache: %q", out.summary())
	}
	a, b := first.bin(t), second.bin(t)
	names := []string{"app/hello_zip.zip", "app/hello_layer.tar"}
	for _, p := range products {
		names = append(names, p.pyc)
	}
	for _, name := range names {
		one, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Error(err)
			continue
		}
		two, err := os.ReadFile(filepath.Join(b, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(one, two) {
			t.Errorf("%s differs between the checkouts", name)
		}
	}
}
