package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRulesPython builds a project that knows nothing of rules_pyc but a
// toolchain: rules_python has to run pyc as its precompiler.
func TestRulesPython(t *testing.T) {
	c := newCheckout(t, "rules_python")
	for _, protocol := range []string{"proto", "json"} {
		t.Run(protocol, func(t *testing.T) {
			c.touch(t, "# "+protocol+" "+nonce)
			c.edit(t, "toolchain/BUILD.bazel", func(b []byte) []byte {
				if bytes.Contains(b, []byte("protocol = ")) {
					return bytes.ReplaceAll(b, []byte(`"proto"`), []byte(`"`+protocol+`"`))
				}
				return bytes.ReplaceAll(b, []byte(`    name = "precompiler",`), []byte(`    name = "precompiler",`+"\n"+`    protocol = "`+protocol+`",`))
			})
			out := c.run(t, "build", "//...", "--worker_verbose")
			if want := "Created new sandboxed PyCompile multiplex-worker"; !strings.Contains(out.stderr, want) {
				t.Errorf("Bazel did not say %q", want)
			}
			if want := "4 worker"; !strings.Contains(out.summary(), want) {
				t.Errorf("got %q, want %q in it", out.summary(), want)
			}
			c.checkPrecompiled(t)
			if got := c.run(t, "run", "//app:main", "--", "Ada", "Grace").stdout; got != greet {
				t.Errorf("main printed %q, want %q", got, greet)
			}
		})
	}
}

// checkPrecompiled compares what rules_python made pyc write with what a fresh
// interpreter writes.
func (c *checkout) checkPrecompiled(t *testing.T) {
	t.Helper()
	bin := c.bin(t)
	for source, root := range map[string]string{
		"app/hello.py":          c.dir,
		"app/main.py":           c.dir,
		"greeting/__init__.py":  c.dir,
		"greeting/languages.py": bin,
	} {
		dir, name := filepath.Split(source)
		pyc := filepath.Join(bin, dir, "__pycache__", strings.TrimSuffix(name, ".py")+".cpython-314.pyc")
		got, err := os.ReadFile(pyc)
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, c.reference(t, filepath.Join(root, source), source, 0, "CHECKED_HASH")) {
			t.Errorf("%s differs from what a fresh %s writes", pyc, c.python)
		}
	}
}
