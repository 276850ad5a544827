package e2e

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A pleaseProject is a copy of the example in examples/please, which Please
// itself builds.
type pleaseProject struct {
	plz, dir, python string
}

// newPleaseProject copies the plugin and the example below root. It skips the
// test if there is no Please.
func newPleaseProject(t *testing.T, root, pyc string) *pleaseProject {
	t.Helper()
	p := &pleaseProject{
		plz:    os.Getenv("RULES_PYC_PLEASE"),
		dir:    filepath.Join(root, "examples", "please"),
		python: testpython.Get(t, pyver.V314),
	}
	copyTree(t, filepath.Join(repository(t), "please"), filepath.Join(root, "please"))
	copyTree(t, filepath.Join(repository(t), "examples", "please"), p.dir)
	local := fmt.Sprintf("[please]\nSelfUpdate = false\n[build]\nPath = %s:/usr/local/bin:/usr/bin:/bin\n[cache]\nDir = %s\n"+
		"[Plugin \"pyc\"]\nPycTool = %s\nPython = %s\n[Plugin \"python\"]\nDefaultRuntimeInterpreters = %[4]s\n",
		filepath.Dir(p.python), filepath.Join(root, "cache"), pyc, p.python)
	if path := os.Getenv("RULES_PYC_PLEASE_CONFIG"); path != "" {
		more, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		local += string(more)
	}
	write(t, filepath.Join(p.dir, ".plzconfig.local"), local)
	return p
}

// try runs a command of Please and returns what it prints.
func (p *pleaseProject) try(args ...string) (string, error) {
	command := exec.Command(p.plz, append([]string{"-p"}, args...)...)
	command.Dir = p.dir
	out, err := command.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("plz %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), err
}

func (p *pleaseProject) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := p.try(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// outputs returns the contents of all outputs, by path.
func (p *pleaseProject) outputs(t *testing.T) map[string]string {
	t.Helper()
	contents := map[string]string{}
	for _, folder := range []string{"plz-out/gen", "plz-out/bin"} {
		for _, name := range filesBelow(t, filepath.Join(p.dir, folder)) {
			if strings.HasPrefix(filepath.Base(name), ".target_build_metadata") {
				continue // Please's own
			}
			b, err := os.ReadFile(filepath.Join(p.dir, folder, name))
			if err != nil {
				t.Fatal(err)
			}
			contents[filepath.Join(folder, name)] = string(b)
		}
	}
	return contents
}

// TestPlease builds the example with the Please that RULES_PYC_PLEASE names.
// RULES_PYC_PLEASE_CONFIG may name a file of configuration, which says where
// plugins and tools are that Please would download.
func TestPlease(t *testing.T) {
	if os.Getenv("RULES_PYC_PLEASE") == "" {
		t.Skip("no Please: RULES_PYC_PLEASE does not name one")
	}
	pyc := pycCommand(t)
	p := newPleaseProject(t, t.TempDir(), pyc)
	p.run(t, "build", "//...")

	t.Run("bytes", p.testBytes)
	t.Run("first run", p.testFirstRun)
	t.Run("sourceless", func(t *testing.T) {
		if out := p.run(t, "run", "//app:main_sourceless", "--", "Ada", "Grace"); !strings.Contains(out, greet) {
			t.Errorf("main_sourceless printed %q, want %q in it", out, greet)
		}
	})
	t.Run("nothing to do", func(t *testing.T) {
		for line := range strings.Lines(p.run(t, "build", "-v", "4", "//...")) {
			if strings.Contains(line, "Building target") {
				t.Errorf("a second build runs a command: %s", line)
			}
		}
	})
	t.Run("another checkout", func(t *testing.T) {
		other := newPleaseProject(t, filepath.Join(t.TempDir(), "in", "another", "folder"), pyc)
		other.run(t, "build", "//...")
		if diff := cmp.Diff(p.outputs(t), other.outputs(t)); diff != "" {
			t.Errorf("outputs differ:\n%s", diff)
		}
	})
	t.Run("syntax error", func(t *testing.T) {
		write(t, filepath.Join(p.dir, "app", "hello.py"), "x = 1\ny = = 2\n")
		_, err := p.try("build", "//app:hello_sourceless")
		if want := "File \"app/hello.py\", line 2\n"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	})
}

// pexSources are the modules of the programs, and where they come from.
var pexSources = map[string]string{
	"app/main.py": "app/main.py", "app/hello.py": "app/hello.py",
	"greeting/__init__.py": "greeting/__init__.py", "greeting/languages.py": "plz-out/gen/greeting/languages.py",
}

// testBytes compares the bytecode in the programs, and in the folder, with what
// a fresh interpreter writes.
func (p *pleaseProject) testBytes(t *testing.T) {
	c := &checkout{python: p.python}
	main := readZip(t, filepath.Join(p.dir, "plz-out/bin/app/main.pex"))
	for name, source := range pexSources {
		want := c.reference(t, filepath.Join(p.dir, source), name, 0, "UNCHECKED_HASH")
		if !bytes.Equal(main[name+"c"], want) {
			t.Errorf("%sc of main.pex differs from what a fresh interpreter writes", name)
		}
		if name == "app/main.py" {
			continue // not in the folder
		}
		dir, base := filepath.Split(name)
		pyc := filepath.Join(p.dir, "plz-out/gen/app/image", dir, "__pycache__", strings.TrimSuffix(base, ".py")+".cpython-314.pyc")
		if got, err := os.ReadFile(pyc); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs from what a fresh interpreter writes: %v", pyc, err)
		}
	}
	sourceless := readZip(t, filepath.Join(p.dir, "plz-out/bin/app/main_sourceless.pex"))
	want := c.reference(t, filepath.Join(p.dir, "app/hello.py"), "app/hello.py", 1, "UNCHECKED_HASH")
	if _, ok := sourceless["app/hello.py"]; ok || !bytes.Equal(sourceless["app/hello.pyc"], want) {
		t.Errorf("main_sourceless.pex has hello.py (%v), or its bytecode differs from what a fresh interpreter writes", ok)
	}
}

// testFirstRun shows that a program takes the bytecode it was built with, in a
// time zone where Python takes that with time stamps for stale: its sources
// would fail.
func (p *pleaseProject) testFirstRun(t *testing.T) {
	pex := filepath.Join(t.TempDir(), "main.zip")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range readZip(t, filepath.Join(p.dir, "plz-out/bin/app/main.pex")) {
		if _, ok := pexSources[name]; ok {
			content = []byte("raise SystemExit('the source was compiled')\n")
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, pex, b.String())
	command := exec.Command(p.python, pex, "Ada", "Grace")
	command.Env = append(os.Environ(), "TZ=Asia/Tokyo")
	if out, err := command.Output(); err != nil || string(out) != greet {
		t.Errorf("main printed %q, want %q; %v", out, greet, err)
	}
}
