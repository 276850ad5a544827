package reapi

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestExecutor compares what a real executor makes of a project with what this
// machine makes of it: files, reports, messages and exit codes.
func TestExecutor(t *testing.T) {
	state := t.TempDir()
	s := startCasd(t, state, true)
	dir := sources(t, 210, true)
	for _, args := range [][]string{
		{"--json", "-O", "0,1,2", "--python", "3.14,3.15"},
		{"-O", "0,2", "--invalidation-mode", "timestamp"},
		{"--layout", "sourceless", "--destdir", "/app", "--quiet", "--remote-platform", "OSFamily=linux", "--remote-platform", "ISA=x86-64"},
	} {
		want := compile(t, dir, "here", local(args)...)
		got := compile(t, dir, "there", append(args, "--remote-executor", "grpc://"+s.grpc)...)
		same(t, dir, want, got)
		if want.code != 1 {
			t.Errorf("exit code %d for a project with broken sources", want.code)
		}
	}
	// All that is left are caches: what was executed is not executed again.
	s.kill()
	s = startCasd(t, state, false)
	want := compile(t, dir, "here", "-O", "0,2", "--invalidation-mode", "timestamp")
	got := compile(t, dir, "there", "-O", "0,2", "--invalidation-mode", "timestamp", "--remote-executor", "grpc://"+s.grpc)
	same(t, dir, want, got)
	// A new source has to be executed, which is said to be impossible.
	if err := os.WriteFile(filepath.Join(dir, "src", "pkg", "new.py"), []byte("new = True\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got = compile(t, dir, "there", "-O", "0,2", "--remote-executor", "grpc://"+s.grpc)
	if got.code != 1 || !strings.Contains(got.stderr, "compiling src/pkg/new.py: ") {
		t.Errorf("exit code %d, stderr:\n%s", got.code, got.stderr)
	}
}

// local returns the arguments without those that are the executor's.
func local(args []string) []string {
	var all []string
	for i := 0; i < len(args); i++ {
		if strings.HasPrefix(args[i], "--remote-") {
			i++
			continue
		}
		all = append(all, args[i])
	}
	return all
}

// same compares two runs, with outputs in here and there.
func same(t *testing.T, dir string, want, got run) {
	t.Helper()
	if diff := cmp.Diff(tree(t, filepath.Join(dir, "here")), tree(t, filepath.Join(dir, "there"))); diff != "" {
		t.Errorf("files (-here +there):\n%.2000s", diff)
	}
	if diff := cmp.Diff(want.stdout, strings.ReplaceAll(got.stdout, "there/", "here/")); diff != "" {
		t.Errorf("report (-here +there):\n%.2000s", diff)
	}
	if diff := cmp.Diff(want.stderr, got.stderr); diff != "" {
		t.Errorf("messages (-here +there):\n%.2000s", diff)
	}
	if want.code != got.code {
		t.Errorf("exit code %d there, %d here", got.code, want.code)
	}
	t.Logf("here %v, there %v", want.took.Round(time.Millisecond), got.took.Round(time.Millisecond))
}

// TestExecutorErrors has executors that are none.
func TestExecutorErrors(t *testing.T) {
	dir := sources(t, 1, false)
	nobody := freeAddress(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	only := startBazelRemote(t, t.TempDir())
	casd := startCasd(t, t.TempDir(), true)
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho something is wrong >&2\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	liar := filepath.Join(t.TempDir(), "liar")
	if err := os.WriteFile(liar, []byte("#!/bin/sh\necho '{\"outcomes\":[{},{},{},{}]}' >result.json\necho nonsense >0.pyc\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"nobody there", []string{"--remote-executor", "grpc://" + nobody}, 1, "connection refused"},
		{"a cache", []string{"--remote-executor", "grpc://" + only.grpc}, 1, "the server executes no actions"},
		{"a program that fails", []string{"--remote-executor", "grpc://" + casd.grpc, "--remote-tool", script}, 1, "the program ended with exit code 3: something is wrong"},
		{"a program that lies", []string{"--remote-executor", "grpc://" + casd.grpc, "--remote-tool", liar}, 1, "reading the result of an action"},
		{"a dynamic program", []string{"--remote-executor", "grpc://" + casd.grpc, "--remote-tool", shell}, 2, "CGO_ENABLED=0"},
		{"no program", []string{"--remote-executor", "grpc://" + casd.grpc, "--remote-tool", "none"}, 2, "none: no such file"},
		{"no address", []string{"--remote-executor", "somewhere"}, 2, `address "somewhere" is not grpc://HOST:PORT`},
		{"no property", []string{"--remote-executor", "grpc://" + casd.grpc, "--remote-platform", "linux"}, 2, "is not NAME=VALUE"},
		{"another compiler", []string{"--remote-executor", "grpc://" + casd.grpc, "--compiler", "cpython"}, 2, "the native compiler only"},
		{"a cache, too", []string{"--remote-executor", "grpc://" + casd.grpc, "--disk-cache", "kept"}, 2, "remote-executor"},
		{"a version that needs an interpreter", []string{"--remote-executor", "grpc://" + casd.grpc, "--python", "3.11"}, 1, "the native compiler does not compile for Python 3.11"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := compile(t, dir, "out", test.args...)
			if got.code != test.code || !strings.Contains(got.stderr, test.want) {
				t.Errorf("exit code %d, want %d; stderr, which should have %q:\n%s", got.code, test.code, test.want, got.stderr)
			}
			if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
				t.Errorf("something was written: %v", tree(t, filepath.Join(dir, "out")))
			}
			if got.took > hang {
				t.Errorf("it took %v", got.took)
			}
		})
	}
}

// TestExecutorKilled kills an executor at work: what was not compiled is said
// to be so, and what was written is right.
func TestExecutorKilled(t *testing.T) {
	dir := sources(t, 0, false)
	for i := range 40 {
		folder := filepath.Join(dir, "src", fmt.Sprintf("p%02d", i))
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "m.py"), fmt.Appendf(nil, "x = %d\n", i), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	compile(t, dir, "here")
	s := startCasd(t, t.TempDir(), true)
	out := filepath.Join(dir, "there")
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
				s.kill()
				return
			}
			select {
			case <-t.Context().Done():
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	got := compile(t, dir, "there", "--remote-executor", "grpc://"+s.grpc, "--json")
	<-gone
	here, there := tree(t, filepath.Join(dir, "here")), tree(t, out)
	for name, data := range there {
		if here[name] != data {
			t.Errorf("%s is not what is written here", name)
		}
	}
	done, failed := strings.Count(got.stdout, `{"status":"ok"`), strings.Count(got.stdout, `{"status":"error"`)
	if done != len(there) || done+failed != len(here) || got.code != min(failed, 1) {
		t.Errorf("%d done and %d failed of %d, %d files, exit code %d", done, failed, len(here), len(there), got.code)
	}
	t.Logf("%d of %d were compiled before the executor was killed", done, len(here))
}
