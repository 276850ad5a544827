package reapi

import (
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/cache"
	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/dial"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/remote"
)

// htpasswd holds the password "s3cret" of alice, as `openssl passwd -apr1` has
// it.
const htpasswd = "alice:$apr1$saltsalt$64vPg1.FPS6FtcYJ7Ti1V.\n"

// A setup is a server and what one needs to use it.
type setup struct {
	name    string
	address string   // for --cache
	flags   []string // for the command
	dial    dial.Config
	readers []string // flags that let one read only
	server  *child
}

// setups starts each kind of server.
func setups(t *testing.T) []setup {
	t.Helper()
	a := newAuthority(t)
	cert, key := a.issue(t, "server", x509.ExtKeyUsageServerAuth)
	clientCert, clientKey := a.issue(t, "client", x509.ExtKeyUsageClientAuth)
	users := filepath.Join(t.TempDir(), "htpasswd")
	if err := os.WriteFile(users, []byte(htpasswd), 0o600); err != nil {
		t.Fatal(err)
	}
	casd := startCasd(t, t.TempDir(), false)
	plain := startBazelRemote(t, t.TempDir())
	mutual := startBazelRemote(t, t.TempDir(), "--tls_cert_file", cert, "--tls_key_file", key, "--tls_ca_file", a.file)
	basic := startBazelRemote(t, t.TempDir(), "--tls_cert_file", cert, "--tls_key_file", key,
		"--htpasswd_file", users, "--allow_unauthenticated_reads")
	return []setup{
		{name: "casd", address: "grpc://" + casd.grpc, server: casd},
		{name: "bazel-remote", address: "grpc://" + plain.grpc, server: plain},
		{
			name: "bazel-remote mTLS", address: "grpcs://" + mutual.grpc, server: mutual,
			flags: []string{"--remote-ca", a.file, "--remote-cert", clientCert, "--remote-key", clientKey},
			dial:  dial.Config{CA: a.file, Cert: clientCert, Key: clientKey},
		},
		{
			name: "bazel-remote TLS basic", address: "grpcs://alice:s3cret@" + basic.grpc, server: basic,
			flags: []string{"--remote-ca", a.file}, dial: dial.Config{CA: a.file},
			readers: []string{"--cache", "grpcs://" + basic.grpc, "--remote-ca", a.file},
		},
	}
}

// counted is the native compiler, counted.
type counted struct {
	compiler.Native
	n atomic.Int32
}

func (c *counted) Compile(ctx context.Context, source []byte, o compiler.Options) (*compiler.Result, error) {
	c.n.Add(1)
	return c.Native.Compile(ctx, source, o)
}

// TestServers has each kind of server keep what one machine compiles for
// another one.
func TestServers(t *testing.T) {
	for _, s := range setups(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Run("library", func(t *testing.T) { s.library(t) })
			t.Run("command", func(t *testing.T) { s.command(t) })
		})
	}
}

// library counts the compilations of two machines.
func (s *setup) library(t *testing.T) {
	large := "x = [\n" + strings.Repeat("  'a string that is not that short, and again',\n", 200_000) + "]\n"
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	var results [2][]*compiler.Result
	for machine := range results {
		next, stats := &counted{}, &cache.Stats{}
		store, err := remote.OpenStore(t.Context(), remote.StoreConfig{
			CAS: s.address, Dial: s.dial, Timeout: 20 * time.Second, Log: log, Stats: stats,
		})
		if err != nil {
			t.Fatal(err)
		}
		c := cache.New(cache.Config{
			Next: next, Stores: []cache.Store{store}, Log: log, Stats: stats,
			Identity: func(context.Context, pyver.Version) (string, error) { return "test", nil },
		})
		for _, source := range []string{"", "x = 1\n", "assert (1, 'said')\n", large} {
			r, err := c.Compile(t.Context(), []byte(source), compiler.Options{Version: pyver.Default, Filename: "größe/a.py"})
			if err != nil {
				t.Fatal(err)
			}
			results[machine] = append(results[machine], r)
		}
		c.Close(t.Context())
		if want := int32(4 * (1 - machine)); next.n.Load() != want {
			t.Errorf("machine %d compiled %d modules, want %d; counts: %v", machine, next.n.Load(), want, stats.Counts())
		}
		for _, bad := range []cache.Kind{cache.Corrupt, cache.Failed, cache.Skipped, cache.Dropped} {
			if n := stats.Count(remote.Name, bad); n > 0 {
				t.Errorf("machine %d counted %d %s", machine, n, bad)
			}
		}
	}
	if diff := cmp.Diff(results[0], results[1], cmp.Comparer(bytes.Equal)); diff != "" {
		t.Error("the results of the machines differ")
	}
}

// command compares the outputs of three runs: without a cache, with an empty
// one, and with a full one.
func (s *setup) command(t *testing.T) {
	dir := sources(t, 30, true)
	args := []string{"--json", "-O", "0,2"}
	want := compile(t, dir, "plain", args...)
	files := tree(t, filepath.Join(dir, "plain"))
	before := s.hits(t)
	for _, out := range []string{"first", "second"} {
		got := compile(t, dir, out, append(append(args, "--cache", s.address, "--cache-timeout", "20s"), s.flags...)...)
		if diff := cmp.Diff(files, tree(t, filepath.Join(dir, out))); diff != "" {
			t.Errorf("%s: files (-without +with a cache):\n%s", out, diff)
		}
		if diff := cmp.Diff(strings.ReplaceAll(want.stdout, "plain/", out+"/"), got.stdout); diff != "" {
			t.Errorf("%s: report (-without +with a cache):\n%s", out, diff)
		}
		if got.code != want.code || got.stderr != want.stderr {
			t.Errorf("%s: exit code %d and stderr %q, want %d and %q", out, got.code, got.stderr, want.code, want.stderr)
		}
	}
	if before >= 0 && s.hits(t)-before < len(files) {
		t.Errorf("%d hits, want %d at least", s.hits(t)-before, len(files))
	}
	if s.readers == nil {
		return
	}
	// Without credentials one reads what is there and writes nothing.
	got := compile(t, dir, "reader", append(append(args, "--cache-timeout", "20s"), s.readers...)...)
	if got.code != want.code || got.stderr != want.stderr {
		t.Errorf("reading only: exit code %d, stderr %q", got.code, got.stderr)
	}
	fresh := sources(t, 31, false)
	got = compile(t, fresh, "reader", s.readers...)
	if got.code != 0 || strings.Count(got.stderr, "only reading from it") != 1 {
		t.Errorf("reading only: exit code %d, stderr %q, want one line about reading", got.code, got.stderr)
	}
}

// hits returns how many entries bazel-remote has found, or -1 for other servers.
func (s *setup) hits(t *testing.T) int {
	t.Helper()
	if s.server.http == "" || !strings.HasPrefix(s.address, "grpc://") {
		return -1
	}
	n, err := counter("http://"+s.server.http+"/metrics", hitsFound)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// hitsFound is bazel-remote's counter of entries that it was asked for and has.
const hitsFound = `bazel_remote_incoming_requests_total{kind="ac",method="get",status="hit"}`

// counter reads a counter from a page of Prometheus metrics. One that is not
// there is 0.
func counter(url, name string) (int, error) {
	response, err := http.Get(url)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(page)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.Atoi(strings.TrimSpace(value))
		}
	}
	return 0, nil
}

// hang is a time that no command here takes unless it hangs.
const hang = 2 * time.Minute

// TestWrongCredentials has servers refuse us: everything is compiled, and a
// line says what is wrong.
func TestWrongCredentials(t *testing.T) {
	other := newAuthority(t)
	otherCert, otherKey := other.issue(t, "client", x509.ExtKeyUsageClientAuth)
	all := setups(t)
	mutual, basic := all[2], all[3]
	dir := sources(t, 5, false)
	compile(t, dir, "plain")
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"unknown server certificate", []string{"--cache", basic.address}, "certificate"},
		{"no client certificate", []string{"--cache", mutual.address, "--remote-ca", mutual.dial.CA}, "the server fails"},
		{"client certificate of another authority", []string{"--cache", mutual.address, "--remote-ca", mutual.dial.CA, "--remote-cert", otherCert, "--remote-key", otherKey}, "the server fails"},
		{"wrong password", []string{"--cache", strings.Replace(basic.address, "s3cret", "guess", 1), "--remote-ca", basic.dial.CA}, "Unauthenticated"},
		{"plain text", []string{"--cache", strings.Replace(mutual.address, "grpcs:", "grpc:", 1)}, "the server fails"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := strings.ReplaceAll(test.name, " ", "-")
			got := compile(t, dir, out, test.args...)
			if got.code != 0 || !strings.Contains(got.stderr, test.want) {
				t.Errorf("exit code %d, stderr %q, want %q in it", got.code, got.stderr, test.want)
			}
			if strings.Contains(got.stderr, "guess") || strings.Contains(got.stderr, "s3cret") {
				t.Errorf("a password is in the log: %s", got.stderr)
			}
			if diff := cmp.Diff(tree(t, filepath.Join(dir, "plain")), tree(t, filepath.Join(dir, out))); diff != "" {
				t.Errorf("files (-without +with a cache):\n%s", diff)
			}
			if got.took > hang {
				t.Errorf("it took %v", got.took)
			}
		})
	}
}

// TestCorruptedServer damages all files on the disks of servers.
func TestCorruptedServer(t *testing.T) {
	damages := map[string]func(path string, data []byte) error{
		"truncated": func(path string, data []byte) error { return os.WriteFile(path, data[:len(data)/2], 0o600) },
		"bits": func(path string, data []byte) error {
			for i := 0; i < len(data); i += 11 {
				data[i] ^= 0x10
			}
			return os.WriteFile(path, data, 0o600)
		},
		"empty": func(path string, _ []byte) error { return os.Truncate(path, 0) },
	}
	servers := map[string]func(t *testing.T, dir string) *child{
		"casd": func(t *testing.T, dir string) *child { return startCasd(t, dir, false) },
		"bazel-remote": func(t *testing.T, dir string) *child {
			return startBazelRemote(t, dir, "--storage_mode", "uncompressed")
		},
	}
	for server, start := range servers {
		for damage, do := range damages {
			t.Run(server+" "+damage, func(t *testing.T) {
				dir, state := sources(t, 10, false), t.TempDir()
				want := compile(t, dir, "plain", "--json")
				s := start(t, state)
				compile(t, dir, "first", "--cache", "grpc://"+s.grpc)
				s.kill()
				n := 0
				for name, data := range tree(t, state) {
					if !strings.Contains(name, "cas") && !strings.Contains(name, "ac") || len(data) == 0 {
						continue
					}
					path := filepath.Join(state, name)
					if err := os.Chmod(path, 0o600); err != nil {
						t.Fatal(err)
					}
					if err := do(path, []byte(data)); err != nil {
						t.Fatal(err)
					}
					n++
				}
				if n < 20 {
					t.Fatalf("only %d files are in %s", n, state)
				}
				s = start(t, state)
				got := compile(t, dir, "second", "--json", "--cache", "grpc://"+s.grpc)
				if got.code != 0 || strings.ReplaceAll(got.stdout, "second/", "plain/") != want.stdout {
					t.Errorf("exit code %d, report:\n%s", got.code, got.stdout)
				}
				if diff := cmp.Diff(tree(t, filepath.Join(dir, "plain")), tree(t, filepath.Join(dir, "second"))); diff != "" {
					t.Errorf("files (-without +with a cache):\n%s", diff)
				}
				t.Logf("stderr: %.300s", got.stderr)
			})
		}
	}
}

// TestServerKilled kills a server while it is used.
func TestServerKilled(t *testing.T) {
	dir := sources(t, 1500, false)
	compile(t, dir, "plain")
	s := startBazelRemote(t, t.TempDir())
	compile(t, dir, "first", "--cache", "grpc://"+s.grpc)
	killed := make(chan error)
	go func() {
		defer close(killed)
		for {
			n, err := counter("http://"+s.http+"/metrics", hitsFound)
			if err != nil {
				killed <- err
				return
			}
			if n > 20 {
				s.kill()
				return
			}
			time.Sleep(5 * time.Millisecond) // between looks at the server's counter
		}
	}()
	got := compile(t, dir, "second", "--cache", "grpc://"+s.grpc, "-j", "1")
	if err := <-killed; err != nil {
		t.Fatal(err)
	}
	if got.code != 0 || got.took > hang {
		t.Errorf("exit code %d after %v: %s", got.code, got.took, got.stderr)
	}
	if !strings.Contains(got.stderr, "the server fails") {
		t.Errorf("stderr is %q", got.stderr)
	}
	if diff := cmp.Diff(tree(t, filepath.Join(dir, "plain")), tree(t, filepath.Join(dir, "second"))); diff != "" {
		t.Errorf("files (-without +with a cache):\n%s", diff)
	}
}

// TestSilentServer has somebody listen who never answers.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	dir := sources(t, 100, false)
	got := compile(t, dir, "out", "--cache", "grpc://"+l.Addr().String(), "--cache-timeout", "200ms")
	if got.code != 0 || got.took > hang {
		t.Errorf("exit code %d after %v: %s", got.code, got.took, got.stderr)
	}
	if n := len(tree(t, filepath.Join(dir, "out"))); n != 104 {
		t.Errorf("%d files were written, want 104", n)
	}
}

// TestFullServer has a server refuse what is larger than a few bytes.
func TestFullServer(t *testing.T) {
	s := startBazelRemote(t, t.TempDir(), "--max_blob_size", "10")
	// More than are written in three calls, after which it is given up.
	dir := sources(t, 700, false)
	got := compile(t, dir, "out", "--cache", "grpc://"+s.grpc)
	if got.code != 0 || len(tree(t, filepath.Join(dir, "out"))) != 704 {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	if !strings.Contains(got.stderr, "calls=writes") {
		t.Errorf("stderr is %q, want a line about writes", got.stderr)
	}
}

// TestDiskAndServer uses a folder and a server: what the server has comes to the
// folder, which then does without it.
func TestDiskAndServer(t *testing.T) {
	s := startBazelRemote(t, t.TempDir())
	dir := sources(t, 20, false)
	compile(t, dir, "plain")
	compile(t, dir, "first", "--cache", "grpc://"+s.grpc)
	compile(t, dir, "second", "--cache", "grpc://"+s.grpc, "--disk-cache", "kept", "--cache-read-only")
	s.kill()
	got := compile(t, dir, "third", "--disk-cache", "kept")
	if got.code != 0 || got.stderr != compile(t, dir, "again").stderr {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	if diff := cmp.Diff(tree(t, filepath.Join(dir, "plain")), tree(t, filepath.Join(dir, "third"))); diff != "" {
		t.Errorf("files (-without +with a cache):\n%s", diff)
	}
	entries := tree(t, filepath.Join(dir, "kept", "ac"))
	if len(entries) != 24 {
		t.Errorf("the folder has %d entries, want 24", len(entries))
	}
}
