package reapi

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/cache"
	"github.com/rules-pyc/rules_pyc/compiler"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/remote"
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
	n, err := counter("http://"+c.http+"/metrics", `pyc_cache_events_total{kind="`+kind+`",python="`+pyver.Default.String()+`",store="`+store+`"}`)
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

// TestDigests has a client name the source, and read the .pyc, in a server that
// it shares with the service.
func TestDigests(t *testing.T) {
	for name, start := range map[string]func(t *testing.T) *child{
		"casd":         func(t *testing.T) *child { return startCasd(t, t.TempDir(), false) },
		"bazel-remote": func(t *testing.T) *child { return startBazelRemote(t, t.TempDir()) },
	} {
		t.Run(name, func(t *testing.T) {
			shared := start(t)
			server := startServe(t, "--cas", "grpc://"+shared.grpc, "--cas-timeout", "20s")
			cas, err := remote.OpenCAS(t.Context(), remote.CASConfig{
				Address: "grpc://" + shared.grpc, Timeout: 20 * time.Second, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cas.Close() })
			source := []byte("x = 1\n")
			hash, err := cas.Put(t.Context(), source)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := grpc.NewClient(server.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			client := compilev1.NewCompileServiceClient(conn)
			request := &compilev1.CompileRequest{
				Source:   &compilev1.CompileRequest_Digest{Digest: &compilev1.Digest{Hash: hash, SizeBytes: int64(len(source))}},
				Filename: "a.py", PythonVersion: pyver.Default.String(), DigestOnly: true,
			}
			response, err := client.Compile(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			d := response.GetModule().GetDigest()
			if len(response.GetModule().GetPyc()) > 0 || d == nil {
				t.Fatalf("got %v, want a digest alone", response)
			}
			file, err := cas.Get(t.Context(), d.GetHash(), d.GetSizeBytes())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := cache.CodeOf(file, source, compiler.Options{Version: pyver.Default, Filename: "a.py"}); err != nil {
				t.Error(err)
			}
			request.GetDigest().Hash = strings.Repeat("0", 64)
			if _, err := client.Compile(t.Context(), request); status.Code(err) != codes.NotFound {
				t.Errorf("got %v for an absent source", err)
			}
			// Without the storage, results are sent; sources that are in it
			// cannot be had.
			shared.kill()
			request.Source = &compilev1.CompileRequest_Inline{Inline: source}
			for range 20 {
				response, err = client.Compile(t.Context(), request)
				if err != nil || !bytes.Equal(response.GetModule().GetPyc(), file) {
					t.Fatalf("without the storage: %v, %v", response, err)
				}
			}
			request.Source = &compilev1.CompileRequest_Digest{Digest: &compilev1.Digest{Hash: hash, SizeBytes: int64(len(source))}}
			if _, err := client.Compile(t.Context(), request); status.Code(err) != codes.Unavailable {
				t.Errorf("got %v for a source in a storage that is gone", err)
			}
		})
	}
}
