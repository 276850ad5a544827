package reapi

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// startServe starts the compile service.
func startServe(t *testing.T, args ...string) *child {
	t.Helper()
	c := &child{grpc: freeAddress(t), http: freeAddress(t)}
	c.Cmd = exec.Command(build(t), append([]string{"serve", "--listen", c.grpc, "--metrics-address", c.http}, args...)...)
	c.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	c.start(t)
	return c
}

// events returns a counter of a service's caches.
func (c *child) events(t *testing.T, kind, store string) int {
	t.Helper()
	n, err := counter("http://"+c.http+"/metrics", `pyc_cache_events_total{kind="`+kind+`",store="`+store+`"}`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTwoServices has two services share one server: what one has compiled, the
// other serves without compiling anything.
func TestTwoServices(t *testing.T) {
	shared := startBazelRemote(t, t.TempDir())
	dir := sources(t, 60, false)
	want := compile(t, dir, "plain", "--json", "-O", "0,2")
	const modules = 2 * 64
	cas := []string{"--cas", "grpc://" + shared.grpc, "--cas-timeout", "20s"}
	first := startServe(t, cas...)
	second := startServe(t, cas...)
	check := func(out string, server *child) {
		t.Helper()
		got := compile(t, dir, out, "--json", "-O", "0,2", "--remote", "grpc://"+server.grpc)
		if got.code != 0 || strings.ReplaceAll(got.stdout, out+"/", "plain/") != want.stdout {
			t.Errorf("exit code %d, stderr %s, report:\n%s", got.code, got.stderr, cmp.Diff(want.stdout, got.stdout))
		}
		if diff := cmp.Diff(tree(t, filepath.Join(dir, "plain")), tree(t, filepath.Join(dir, out))); diff != "" {
			t.Errorf("files (-plain +%s):\n%.2000s", out, diff)
		}
	}
	check("first", first)
	if n := first.events(t, "compiled", ""); n != modules {
		t.Errorf("the first service compiled %d modules, want %d", n, modules)
	}
	// It ends when it has written everything.
	if err := first.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-first.done
	check("second", second)
	if n := second.events(t, "compiled", ""); n != 0 {
		t.Errorf("the second service compiled %d modules", n)
	}
	if n := second.events(t, "hit", "remote"); n != modules {
		t.Errorf("the second service had %d hits, want %d", n, modules)
	}
	// Without the server it goes on.
	shared.kill()
	check("third", second)
}
