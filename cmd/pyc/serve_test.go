//go:build !offline

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A served process is pyc serve, started by a test.
type served struct {
	*exec.Cmd
	address string
	mu      sync.Mutex
	log     []map[string]any
	exited  chan error
}

// startServe starts pyc serve on a port of this machine.
func startServe(t *testing.T, args ...string) *served {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &served{Cmd: exec.Command(self, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...), exited: make(chan error, 1)}
	s.Env = append(os.Environ(), asCommand+"=1")
	stderr, err := s.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() })
	listening := make(chan string, 10)
	go func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			entry := map[string]any{}
			if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
				t.Errorf("this is not JSON: %s", lines.Bytes())
				continue
			}
			s.mu.Lock()
			s.log = append(s.log, entry)
			s.mu.Unlock()
			if entry["message"] == "listening" {
				listening <- fmt.Sprint(entry["server.address"])
			}
		}
		s.exited <- s.Wait()
	}()
	select {
	case s.address = <-listening:
	case <-time.After(20 * time.Second):
		t.Fatal("the service does not listen")
	}
	return s
}

// messages returns what the log has said.
func (s *served) messages() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, entry := range s.log {
		all = append(all, fmt.Sprint(entry["message"]))
	}
	return all
}

// pycs runs the command in this process and returns what it prints.
func pycs(args ...string) (code int, stdout, stderr string) {
	var out, errors bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &out, &errors)
	return code, out.String(), errors.String()
}

// tree writes n sources, of which every tenth is wrong.
func tree(t *testing.T, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "src")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		source := fmt.Sprintf("class C%d:\n    x = [%s]\n", i, strings.Repeat("{'a': 1, 'b': (x, 2)}, ", 200))
		if i%10 == 9 {
			source += "  def\n"
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("m%04d.py", i)), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// pycFiles returns the content of the files below a folder, by name.
func pycFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(dir, "__pycache__", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(path)] = string(data)
	}
	return all
}

// With a service, everything that the command writes and prints is as without.
func TestRemoteIsLocal(t *testing.T) {
	s := startServe(t)
	src := tree(t, 30)
	for _, args := range [][]string{
		{"compile", "--python", "3.14", "-O", "0,2"},
		{"compile", "--json", "--invalidation-mode", "checked-hash"},
		{"compile", "--quiet", "--layout", "pycache", "--invalidation-mode", "timestamp"},
	} {
		local, remote := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "out")
		code, stdout, stderr := pycs(append(args, "--out", local, src)...)
		gotCode, gotStdout, gotStderr := pycs(append(args, "--remote", "grpc://"+s.address, "--out", remote, src)...)
		if code != gotCode || strings.ReplaceAll(stdout, local, remote) != gotStdout || stderr != gotStderr {
			t.Errorf("%v: got %d, %s%s\nwant %d, %s%s", args, gotCode, gotStdout, gotStderr, code, stdout, stderr)
		}
		want, got := pycFiles(t, local), pycFiles(t, remote)
		if len(want) == 0 || len(got) != len(want) {
			t.Errorf("%v: %d files, want %d", args, len(got), len(want))
		}
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%v: %s is another file", args, name)
			}
		}
	}
	// The worker takes the same flags.
	out := filepath.Join(t.TempDir(), "w.pyc")
	code, _, stderr := pycs("worker", "--remote=grpc://"+s.address, "--src", filepath.Join(src, "m0000.py"), "--src_name", "m.py", "--pyc", out, "--python_version", "3.14")
	if _, err := os.Stat(out); code != exitOK || err != nil {
		t.Errorf("worker: %d, %s, %v", code, stderr, err)
	}
}

// killedAfter gives the address of a way to the service on which the service is
// killed once it has sent that many bytes of answers.
func (s *served) killedAfter(t *testing.T, sent int64) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	left := make(chan int64, 1)
	left <- sent
	kill := func() {
		listener.Close()
		s.Process.Signal(syscall.SIGKILL)
	}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", s.address)
			if err != nil {
				near.Close()
				continue
			}
			go func() {
				io.Copy(far, near)
				far.Close()
			}()
			go func() {
				defer near.Close()
				answers(near, far, left, kill)
			}()
		}
	}()
	return listener.Addr().String()
}

// answers passes on what the service sends until no bytes are left of those that
// all its connections may send, and kills it then.
func answers(near io.Writer, far io.Reader, left chan int64, kill func()) {
	buffer := make([]byte, 4096)
	for {
		n, err := far.Read(buffer)
		budget := <-left - int64(n)
		left <- budget
		if budget <= 0 {
			kill()
			return
		}
		if _, failed := near.Write(buffer[:n]); failed != nil || err != nil {
			return
		}
	}
}

// When the service is killed amid the work, the command says of each module that
// is not compiled that it is not, and what it has written is whole.
func TestServiceKilled(t *testing.T) {
	s := startServe(t)
	src := tree(t, 400)
	local, remote := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "out")
	pycs("compile", "--out", local, src)
	want := pycFiles(t, local)
	half := int64(0)
	for _, file := range want {
		half += int64(len(file)) / 2
	}
	address := s.killedAfter(t, half)
	type ended struct {
		code           int
		stdout, stderr string
	}
	done := make(chan ended, 1)
	go func() {
		code, stdout, stderr := pycs("compile", "--json", "--remote", "grpc://"+address, "--remote-retry", "300ms", "--out", remote, src)
		done <- ended{code, stdout, stderr}
	}()
	var e ended
	select {
	case e = <-done:
	case <-time.After(time.Minute):
		t.Fatal("the command hangs")
	}
	if e.code != exitFailed {
		t.Errorf("exit code %d", e.code)
	}
	got := pycFiles(t, remote)
	away := 0
	for line := range strings.Lines(e.stdout) {
		var r moduleReport
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Output == "" {
			continue // the summary
		}
		name := filepath.Base(r.Output)
		switch {
		case r.Status == "ok" && got[name] != want[name]:
			t.Errorf("%s is reported as compiled, and is not the right file", name)
		case r.Status != "ok" && got[name] != "":
			t.Errorf("%s is reported as failed, and is there", name)
		case r.Error != nil && strings.Contains(r.Error.Message, "does not answer"):
			away++
		}
	}
	if away == 0 || len(got) == 0 || away+len(got) > 400 {
		t.Errorf("%d modules compiled, %d reported as not answered for", len(got), away)
	}
	t.Logf("%d modules compiled, %d reported as not answered for", len(got), away)

	// The same once more with the local compiler in its place does the rest.
	code, _, _ := pycs("compile", "--remote", "grpc://"+s.address, "--remote-retry", "0", "--remote-fallback", "local", "--out", remote, src)
	if got := pycFiles(t, remote); code != exitFailed || len(got) != len(want) {
		t.Errorf("with the fallback: exit code %d, %d files, want %d", code, len(got), len(want))
	}
}

// Told to stop, the service does so and says so.
func TestServeStops(t *testing.T) {
	metrics := freeAddress(t)
	s := startServe(t, "--metrics-address", metrics)
	if code, _, stderr := pycs("compile", "--remote", "grpc://"+s.address, "--out", t.TempDir(), tree(t, 3)); code != exitOK {
		t.Fatal(stderr)
	}
	s.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.exited:
		if err != nil {
			t.Errorf("exit: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the service does not stop")
	}
	if all := strings.Join(s.messages(), ", "); !strings.HasSuffix(all, "draining, stopped") {
		t.Errorf("the log: %s", all)
	}
}

// What is in the cache is counted by version.
func TestServeCountsCache(t *testing.T) {
	metrics := freeAddress(t)
	s := startServe(t, "--metrics-address", metrics, "--disk-cache", t.TempDir())
	src := tree(t, 3)
	for _, versions := range []string{"3.14", "3.14,3.15"} {
		if code, _, stderr := pycs("compile", "--remote", "grpc://"+s.address, "--python", versions, "--out", t.TempDir(), src); code != exitOK {
			t.Fatal(stderr)
		}
	}
	response, err := http.Get("http://" + metrics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(page)) {
		if count, ok := strings.CutPrefix(line, "pyc_cache_events_total"); ok {
			got = append(got, strings.TrimSuffix(count, "\n"))
		}
	}
	want := []string{
		`{kind="compiled",python="3.14",store=""} 3`, `{kind="compiled",python="3.15",store=""} 3`,
		`{kind="hit",python="3.14",store="disk"} 3`,
		`{kind="miss",python="3.14",store="disk"} 3`, `{kind="miss",python="3.15",store="disk"} 3`,
		`{kind="stored",python="3.14",store="disk"} 3`, `{kind="stored",python="3.15",store="disk"} 3`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got the counts\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestServeUsage(t *testing.T) {
	dir := t.TempDir()
	tokens := filepath.Join(dir, "tokens")
	if err := os.WriteFile(tokens, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"serve --tls-cert x", exitUsage, "--tls-cert and --tls-key are given together"},
		{"serve --tls-client-ca x", exitUsage, "--tls-client-ca needs --tls-cert and --tls-key"},
		{"serve --tls-cert x --tls-key y", exitFailed, "reading certificate and key: stat x: no such file"},
		{"serve --token-file " + tokens, exitFailed, "the token in line 1 has 5 bytes; it needs 16"},
		{"serve --max-calls 0", exitUsage, "the limit of calls is 0, which is not positive"},
		{"serve --max-source-bytes 1G", exitUsage, "the limit of source bytes, 1073741824, is beyond that of bytes in flight, 268435456"},
		{"serve --listen " + busy.Addr().String(), exitFailed, "address already in use"},
		{"serve --metrics-address " + busy.Addr().String() + " --listen 127.0.0.1:0", exitFailed, "--metrics-address: "},
		{"serve --log-level loud", exitUsage, "loud"},
		{"serve x", exitUsage, "x"},
		{"compile --remote localhost:1 x.py", exitUsage, `--remote: address "localhost:1" is not grpc://HOST:PORT, grpcs://HOST:PORT or unix:PATH`},
		{"compile --remote grpc://localhost:1/x x.py", exitUsage, "has a path, which a compile service has no use for"},
		{"compile --remote-fallback maybe x.py", exitUsage, `--remote-fallback "maybe" is neither none nor local`},
		{"compile --remote grpc://example.com:1 --remote-token-file " + tokens + " x.py", exitUsage, "sent over grpcs:// alone"},
		{"compile --remote grpcs://localhost:1 --remote-ca absent x.py", exitUsage, "absent: no such file"},
	} {
		t.Run(test.args, func(t *testing.T) {
			code, stdout, stderr := pycs(strings.Fields(test.args)...)
			if code != test.code || !strings.Contains(stderr, test.want) {
				t.Errorf("got %d: %s%s\nwant %d: %s", code, stdout, stderr, test.code, test.want)
			}
		})
	}
}
