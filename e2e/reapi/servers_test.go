package reapi

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// installed returns the path of a program that tools/ci has installed, or skips
// the test.
func installed(t *testing.T, script, path string) string {
	t.Helper()
	dir := os.Getenv("RULES_PYC_CACHE")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(home, ".cache", "rules_pyc")
	}
	program := filepath.Join(dir, path)
	if _, err := os.Stat(program); err != nil {
		t.Skipf("no %s: tools/ci/%s installs it (%v)", filepath.Base(path), script, err)
	}
	return program
}

// A child is a server process.
type child struct {
	*exec.Cmd
	grpc, http string // where it listens
	output     lockedBuffer
	done       chan struct{} // closed when it has ended
}

// lockedBuffer is what a process says while it runs.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// freeAddress returns a local address that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start starts a server and waits until it takes connections.
func (c *child) start(t *testing.T) {
	t.Helper()
	c.Stdout, c.Stderr = &c.output, &c.output
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	c.done = make(chan struct{})
	go func() {
		_ = c.Wait() // it reports the signal that ended it
		close(c.done)
	}()
	t.Cleanup(c.kill)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		if conn, err := net.Dial("tcp", c.grpc); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-c.done:
			t.Fatalf("%s has ended:\n%s", c.Path, &c.output)
		case <-deadline:
			t.Fatalf("%s does not listen:\n%s", c.Path, &c.output)
		case <-tick.C:
		}
	}
}

// kill ends a server at once, as the kernel would.
func (c *child) kill() {
	_ = c.Process.Signal(syscall.SIGKILL) // it may have ended
	<-c.done
}

// startCasd starts BuildBox's server with its state in dir. It executes unless
// it is to be a cache alone.
func startCasd(t *testing.T, dir string, execute bool) *child {
	t.Helper()
	casd := installed(t, "buildbox.sh", "buildbox/bin/buildbox-casd")
	address := freeAddress(t)
	args := []string{"--bind=" + address, "--quota-high=1G", "--reserved=100M", "--log-level=warning"}
	if execute {
		args = append(args, "--buildbox-run="+filepath.Join(filepath.Dir(casd), "buildbox-run-hosttools"),
			"--runner-arg=--staging-mode=copy-or-link", "--jobs=2", "--cache-failures=false")
	}
	c := &child{Cmd: exec.Command(casd, append(args, dir)...), grpc: address}
	// It looks for programs along the PATH and ends at folders that it may not
	// read.
	c.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir}
	c.start(t)
	return c
}

// startBazelRemote starts bazel-remote with its state in dir.
func startBazelRemote(t *testing.T, dir string, more ...string) *child {
	t.Helper()
	program := installed(t, "bazel-remote.sh", "bin/bazel-remote")
	c := &child{grpc: freeAddress(t), http: freeAddress(t)}
	args := []string{"--dir", dir, "--max_size", "1", "--grpc_address", c.grpc, "--http_address", c.http, "--access_log_level", "none", "--enable_endpoint_metrics"}
	c.Cmd = exec.Command(program, append(args, more...)...)
	c.start(t)
	return c
}

// pyc is the command, linked statically.
var pyc struct {
	once sync.Once
	path string
	err  error
}

// TestMain removes what the tests share.
func TestMain(m *testing.M) {
	code := m.Run()
	if pyc.path != "" {
		_ = os.RemoveAll(filepath.Dir(pyc.path))
	}
	os.Exit(code)
}

// build returns the path of the command.
func build(t *testing.T) string {
	t.Helper()
	pyc.once.Do(func() {
		dir, err := os.MkdirTemp("", "rules_pyc-reapi-")
		if err != nil {
			pyc.err = err
			return
		}
		pyc.path = filepath.Join(dir, "pyc")
		c := exec.Command("go", "build", "-o", pyc.path, "github.com/rules-pyc/rules_pyc/cmd/pyc")
		c.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil {
			pyc.err = fmt.Errorf("building the command: %w\n%s", err, out)
		}
	})
	if pyc.err != nil {
		t.Fatal(pyc.err)
	}
	return pyc.path
}

// A run is what a command has done.
type run struct {
	code           int
	stdout, stderr string
	took           time.Duration
}

// compile runs pyc compile in a folder, with outputs below out.
func compile(t *testing.T, dir, out string, args ...string) run {
	t.Helper()
	c := exec.CommandContext(t.Context(), build(t), append([]string{"compile", "--out", out, "src"}, args...)...)
	c.Dir = dir
	// Where the library of the cache would write its log, if it did.
	temp := t.TempDir()
	c.Env = append(os.Environ(), "TMPDIR="+temp)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	start := time.Now()
	err := c.Run()
	r := run{code: c.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), took: time.Since(start)}
	if err != nil && r.code < 0 {
		t.Fatalf("pyc %s: %v\n%s", strings.Join(args, " "), err, r.stderr)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("files were left in the folder for temporary ones: %v (%v)", left, err)
	}
	return r
}

// tree reads all files below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		all[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sources writes a project with n modules, two folders, warnings and, if asked
// for, sources that do not compile.
func sources(t *testing.T, n int, broken bool) (dir string) {
	t.Helper()
	dir = t.TempDir()
	files := map[string]string{
		"src/warns.py":        "x = 1\nassert (x, 'said')\n\"\\d\"\n",
		"src/pkg/__init__.py": "",
		"src/pkg/twice.py":    "\"\"\"Documented.\"\"\"\nassert True\n",
		"src/pkg/höher.py":    "größe = 'ß'\n",
	}
	for i := range n {
		files[fmt.Sprintf("src/many/m%04d.py", i)] = fmt.Sprintf("def f%d(a, b=%d):\n    \"\"\"Add.\"\"\"\n    assert a\n    return [a + b for _ in range(%d)]\n", i, i, i)
	}
	if broken {
		files["src/pkg/broken.py"] = "x = = 1\n"
		files["src/tabs.py"] = "if x:\n\ty\n        z\n"
		files["src/latin.py"] = "# coding: latin-1\nx = '\xe4'\n"
		files["src/bytes.py"] = "x = '\xe4'\n"
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
