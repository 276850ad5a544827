package e2e

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRemoteExecution has a real executor compile the example: not a worker of
// Bazel's, but single runs of the program, on inputs that were uploaded.
func TestRemoteExecution(t *testing.T) {
	c := newCheckout(t, "bzlmod")
	server := startCasd(t)
	targets := []string{"//app:hello_compiled", "//app:hello_sourceless", "--remote_download_outputs=all"}
	// What is built from source, the compiler above all, comes from the cache
	// that all tests share.
	c.run(t, append([]string{"build"}, targets...)...)
	c.touch(t, "# executed "+nonce)
	execute := append([]string{
		"build", "--remote_cache=", "--remote_executor=grpc://" + startShim(t, server),
		"--spawn_strategy=local", "--genrule_strategy=local", "--strategy=PycCompile=remote",
	}, targets...)
	out := c.run(t, execute...)
	if !strings.Contains(out.summary(), "6 remote") {
		t.Errorf("got %q, want six actions of the executor", out.summary())
	}
	c.checkProducts(t)
}

// startCasd starts BuildBox's server as an executor and returns its address.
func startCasd(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(cacheDir(t), "buildbox", "bin")
	if _, err := os.Stat(bin); err != nil {
		t.Skipf("no BuildBox: tools/ci/buildbox.sh installs it (%v)", err)
	}
	addresses, err := freeAddresses(1)
	if err != nil {
		t.Fatal(err)
	}
	state := outputRoot(t)
	casd := exec.Command(filepath.Join(bin, "buildbox-casd"),
		"--bind="+addresses[0], "--buildbox-run="+filepath.Join(bin, "buildbox-run-hosttools"),
		"--runner-arg=--staging-mode=copy-or-link", "--jobs=2", "--quota-high=2G", "--reserved=100M",
		"--cache-failures=false", "--log-level=warning", filepath.Join(state, "casd"))
	// It looks for programs along the PATH and ends at folders that it may not
	// read.
	casd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + state}
	var output bytes.Buffer
	casd.Stdout, casd.Stderr = &output, &output
	if err := casd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = casd.Process.Kill()
		_ = casd.Wait() // it reports the signal
		if t.Failed() {
			t.Logf("casd said:\n%s", &output)
		}
	})
	deadline := time.Now().Add(time.Minute)
	for {
		conn, err := net.Dial("tcp", addresses[0])
		if err == nil {
			_ = conn.Close()
			return addresses[0]
		}
		if time.Now().After(deadline) {
			t.Fatalf("casd does not listen: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
