package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// examplePython is the path of the interpreter in the examples.
const examplePython = "/usr/bin/python3.14"

// A checkout is a copy of this repository in a folder of its own, with an
// example in it whose sources no earlier build has seen.
type checkout struct {
	*workspace
	python string // the interpreter that compiles and runs
}

// nonce is different in each test run.
var nonce = fmt.Sprintf("# %d\n", time.Now().UnixNano())

// newCheckout copies the repository and returns the example in it.
func newCheckout(t *testing.T, example string) *checkout {
	t.Helper()
	if os.Getenv("RULES_PYC_BAZEL") == "" {
		newWorkspace(t, "") // skips
	}
	python := testpython.Get(t, pyver.V314)
	root := t.TempDir()
	copyTree(t, repository(t), root)
	dir := filepath.Join(root, "examples", example)
	c := &checkout{python: python, workspace: newWorkspace(t, dir)}
	c.edit(t, "toolchain/BUILD.bazel", func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte(examplePython), []byte(python))
	})
	c.touch(t, nonce)
	return c
}

// edit changes a file of the example.
func (c *checkout) edit(t *testing.T, name string, change func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(c.dir, name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

// generatedEnd writes the last line of the generated source.
var generatedEnd = regexp.MustCompile("echo '}[^']*'")

// touch changes the sources of the example, but not what they do.
func (c *checkout) touch(t *testing.T, comment string) {
	t.Helper()
	for _, name := range []string{"greeting/__init__.py", "app/hello.py", "app/main.py"} {
		c.edit(t, name, func(b []byte) []byte { return append(b, comment...) })
	}
	c.edit(t, "greeting/BUILD.bazel", func(b []byte) []byte {
		return generatedEnd.ReplaceAll(b, []byte("echo '} "+strings.TrimSpace(comment)+"'"))
	})
}

// copyTree copies the files of the repository, without Bazel's links and Git's
// own files.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// script runs a Python script in a fresh interpreter, with nothing of the
// environment but the variables given, and returns what it prints.
func (c *checkout) script(t *testing.T, env []string, code string, args ...string) string {
	t.Helper()
	command := exec.Command(c.python, append([]string{"-S", "-B", "-c", code}, args...)...)
	command.Env = env
	command.Dir = t.TempDir()
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("running a script: %v\n%s", err, out)
	}
	return string(out)
}

const compileScript = `
import py_compile, sys
source, pyc, name, level, mode = sys.argv[1:]
py_compile.compile(source, pyc, name, doraise=True, optimize=int(level),
                   invalidation_mode=py_compile.PycInvalidationMode[mode])
`

// reference returns the .pyc that a fresh interpreter writes.
func (c *checkout) reference(t *testing.T, source, name string, optimize int, mode string) []byte {
	t.Helper()
	pyc := filepath.Join(t.TempDir(), "reference.pyc")
	c.script(t, nil, compileScript, source, pyc, name, fmt.Sprint(optimize), mode)
	b, err := os.ReadFile(pyc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
