package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// buildTimeout is the longest time of one Bazel command: a first build compiles
// Go's standard library.
const buildTimeout = 20 * time.Minute

// cacheDir returns the folder that the scripts in tools/ci install to.
func cacheDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("RULES_PYC_CACHE"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(home, ".cache", "rules_pyc")
}

// repository returns the root of this repository.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// A workspace is a project that Bazel builds.
type workspace struct {
	bazel   string
	dir     string
	startup []string
	build   []string // flags of the commands that build
	env     []string // of Bazel; nil for that of the test
}

// newWorkspace returns the project in dir, with an output base of its own. It
// skips the test if there is no Bazel.
func newWorkspace(t *testing.T, dir string) *workspace {
	t.Helper()
	bazel := os.Getenv("RULES_PYC_BAZEL")
	if bazel == "" {
		t.Skip("no Bazel: RULES_PYC_BAZEL does not name one; tools/ci/setup.sh installs one")
	}
	w := &workspace{
		bazel: bazel,
		dir:   dir,
		startup: []string{
			"--output_user_root=" + outputRoot(t),
			"--max_idle_secs=60",
			"--host_jvm_args=-Xmx1g",
		},
		build: []string{"--remote_cache=" + remoteCache(t)},
	}
	fragment := "bzlmod.bazelrc"
	if _, err := os.Stat(filepath.Join(dir, "MODULE.bazel")); err != nil {
		fragment = "workspace.bazelrc"
	}
	w.use(t, fragment)
	t.Cleanup(func() {
		if _, err := w.try("shutdown"); err != nil {
			t.Errorf("stopping Bazel's server: %v", err)
		}
	})
	return w
}

// use adds a fragment that says where modules are, if tools/ci has laid them
// out; without, Bazel gets them from its registry.
func (w *workspace) use(t *testing.T, fragment string) {
	t.Helper()
	rc := filepath.Join(cacheDir(t), "bazel-modules", fragment)
	if _, err := os.Stat(rc); err == nil {
		w.startup = append(w.startup, "--bazelrc="+rc)
	}
}

// outputRoot returns a folder for Bazel's outputs that is removed at the end.
// Outputs are read-only, so that testing's own removal would not do.
func outputRoot(t *testing.T) string {
	t.Helper()
	root, err := os.MkdirTemp("", "rules_pyc-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exec.Command("chmod", "-R", "u+w", root).Run(); err != nil {
			t.Errorf("making outputs writable: %v", err)
		}
		if err := os.RemoveAll(root); err != nil {
			t.Errorf("removing outputs: %v", err)
		}
	})
	return root
}

// try runs a Bazel command and returns its standard output. The error holds
// what Bazel has printed.
func (w *workspace) try(args ...string) (output, error) {
	ctx, cancel := context.WithTimeout(context.Background(), buildTimeout)
	defer cancel()
	command := args[0]
	all := append([]string{}, w.startup...)
	all = append(all, command)
	if command == "build" || command == "test" || command == "run" {
		all = append(all, w.build...)
	}
	all = append(all, args[1:]...)
	c := exec.CommandContext(ctx, w.bazel, all...)
	c.Dir, c.Env = w.dir, w.env
	// Bazel's server outlives the command and must not keep its pipes open.
	c.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	out := output{stdout: stdout.String(), stderr: stderr.String()}
	if err != nil {
		return out, fmt.Errorf("bazel %s: %w\n%s%s", strings.Join(args, " "), err, out.stderr, out.stdout)
	}
	return out, nil
}

// An output is what a Bazel command has printed.
type output struct{ stdout, stderr string }

// run runs a Bazel command that has to succeed.
func (w *workspace) run(t *testing.T, args ...string) output {
	t.Helper()
	start := time.Now()
	out, err := w.try(args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("bazel %s: %.1f s; %s", strings.Join(args, " "), time.Since(start).Seconds(), out.summary())
	return out
}

// summary returns Bazel's line that counts the processes of a build, such as
// "INFO: 12 processes: 3 internal, 9 worker.".
func (o output) summary() string {
	for line := range strings.Lines(o.stderr) {
		if strings.Contains(line, "process") && strings.HasPrefix(line, "INFO: ") && strings.Contains(line, " internal") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// bin returns the folder of the outputs.
func (w *workspace) bin(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(w.run(t, "info", "bazel-bin").stdout)
}
