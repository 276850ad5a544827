package e2e

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// pleaseSources are the sources of the package app/lib.
var pleaseSources = map[string]string{
	"app/lib/a b.py":   "def f():\n    'doc'\n    assert False\n",
	"app/lib/sub/c.py": "import app\n",
	"app/lib/gen.py":   "x = {'a', 'b', 'c'}\n",
}

// TestPleaseActions runs the commands of the plugin's rules.
func TestPleaseActions(t *testing.T) {
	p := newPlease(t)
	p.set("PYC_TOOL", pycCommand(t))
	t.Run("library", p.testLibrary)
	t.Run("errors", p.testLibraryErrors)
	t.Run("tree", p.testTree)
	t.Run("interpreter", p.testInterpreter)
}

// testLibrary runs the action of a library and compares the bytecode with what
// a fresh interpreter writes.
func (p *please) testLibrary(t *testing.T) {
	c := &checkout{python: p.python}
	for _, test := range []struct {
		arguments string
		optimize  int
		want      map[string]string // of each .pyc, its source
		sources   bool
	}{
		{"", 0, map[string]string{"app/lib/a b.pyc": "app/lib/a b.py", "app/lib/sub/c.pyc": "app/lib/sub/c.py", "app/lib/gen.pyc": "app/lib/gen.py"}, true},
		{`layout = "sourceless", optimize = 2`, 2, map[string]string{
			"app/lib/a b.pyc": "app/lib/a b.py", "app/lib/sub/c.pyc": "app/lib/sub/c.py", "app/lib/gen.pyc": "app/lib/gen.py",
		}, false},
		{`layout = "pycache", optimize = 1`, 1, map[string]string{
			"app/lib/__pycache__/a b.cpython-314.opt-1.pyc":   "app/lib/a b.py",
			"app/lib/sub/__pycache__/c.cpython-314.opt-1.pyc": "app/lib/sub/c.py",
			"app/lib/__pycache__/gen.cpython-314.opt-1.pyc":   "app/lib/gen.py",
		}, true},
	} {
		t.Run(test.arguments, func(t *testing.T) {
			r := p.rule(t, "", `py_pyc_library(name = "x", srcs = ["a b.py", "sub/c.py", ":gen.py"], `+test.arguments+")", "_x#pyc")
			dir, printed, err := p.run(t, r, "app/lib", pleaseSources)
			if err != nil || printed != "" {
				t.Fatalf("%s: %v\n%s", r.Cmd, err, printed)
			}
			want := map[string][]byte{}
			for pyc, source := range test.want {
				want[pyc] = c.reference(t, filepath.Join(dir, source), source, test.optimize, "UNCHECKED_HASH")
				if test.sources {
					want[source] = []byte(pleaseSources[source])
				}
			}
			if diff := cmp.Diff(want, readZip(t, filepath.Join(dir, ".x.pex.zip"))); diff != "" {
				t.Errorf("the zip (-want +got):\n%s", diff)
			}
		})
	}
}

// testLibraryErrors compares what users see of sources that do not compile with
// what an interpreter says.
func (p *please) testLibraryErrors(t *testing.T) {
	for _, test := range []struct{ src, content, want string }{
		{src: "bad.py", content: "x = 1\ny = = 2\n"},
		{src: ":gen.py", content: "x = [1,\n"},
		{src: ":table.txt", content: "1\n", want: "none of the sources is a .py file\n"},
	} {
		r := p.rule(t, "", `py_pyc_library(name = "x", srcs = ["`+test.src+`"])`, "_x#pyc")
		source := r.sources("app")[0]
		dir, printed, err := p.run(t, r, "app", map[string]string{source: test.content})
		if test.want == "" {
			command := exec.Command(p.python, "-m", "py_compile", source)
			command.Dir = dir
			out, _ := command.CombinedOutput() // it fails, too
			test.want = string(out)
		}
		if err == nil || printed != test.want {
			t.Errorf("%s: %v; got %q, want %q", test.src, err, printed, test.want)
		}
		if _, err := os.Stat(filepath.Join(dir, r.Outs[0])); err == nil {
			t.Errorf("%s: there is an output", test.src)
		}
	}
}

// testTree runs the action of a folder: on the zips of a library with
// bytecode of another level, and of one without sources, and on a loose source.
func (p *please) testTree(t *testing.T) {
	files := map[string]string{"app/main.py": "import app.lib.sub.c\n", "app/data.txt": "data"}
	for name, arguments := range map[string]string{"one": `srcs = ["sub/c.py"], optimize = 2`, "two": `srcs = ["gen.py"], layout = "sourceless"`} {
		r := p.rule(t, "", `py_pyc_library(name = "`+name+`", `+arguments+")", "_"+name+"#pyc")
		sources := map[string]string{}
		for _, source := range r.sources("app/lib") {
			sources[source] = pleaseSources[source]
		}
		dir, printed, err := p.run(t, r, "app/lib", sources)
		if err != nil {
			t.Fatalf("%v\n%s", err, printed)
		}
		zip, err := os.ReadFile(filepath.Join(dir, r.Outs[0]))
		if err != nil {
			t.Fatal(err)
		}
		files["app/lib/"+r.Outs[0]] = string(zip)
	}
	for layout, want := range map[string][]string{
		"pycache": {
			"app/__pycache__/main.cpython-314.pyc", "app/data.txt", "app/lib/gen.pyc",
			"app/lib/sub/__pycache__/c.cpython-314.pyc", "app/lib/sub/c.py", "app/main.py",
		},
		"sourceless": {"app/data.txt", "app/lib/gen.pyc", "app/lib/sub/c.pyc", "app/main.pyc"},
	} {
		t.Run(layout, func(t *testing.T) {
			r := p.rule(t, "", `py_pyc_tree(name = "tree", deps = [], layout = "`+layout+`")`, "tree")
			dir, printed, err := p.run(t, r, "image", files)
			if err != nil || printed != "" {
				t.Fatalf("%s: %v\n%s", r.Cmd, err, printed)
			}
			if diff := cmp.Diff(want, filesBelow(t, filepath.Join(dir, "tree"))); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// filesBelow lists the files below a folder, by name.
func filesBelow(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// testInterpreter starts what takes Python's place in python-rules.
func (p *please) testInterpreter(t *testing.T) {
	p.set("PYTHON", p.python)
	const build = "../please/interpreter/BUILD.plz"
	script := p.rule(t, build, "", "script")
	if !strings.Contains(script.Content, "PYC_PYTHON_VERSION="+pyver.V314.String()) {
		t.Errorf("the version is not in the file:\n%s", script.Content)
	}
	r := p.rule(t, build, "", "python")
	if want := map[string]string{"python3": "python/python3"}; !maps.Equal(r.EntryPoints, want) {
		t.Errorf("entry points %v, want %v", r.EntryPoints, want)
	}
	dir, printed, err := p.run(t, r, "interpreter", map[string]string{"interpreter/script": script.Content, "src/a.py": "a = 1\n"})
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	python := filepath.Join(dir, "python", "python3")
	compile := pleaseRule{Cmd: python + " -S -m compileall -b -f src/a.py && " + python + ` -c "import sys; print(sys.version_info[:2])"`}
	dir, printed, err = p.run(t, compile, "", map[string]string{"src/a.py": "a = 1\n"})
	if want := "Compiling 'src/a.py'...\n(3, 14)\n"; err != nil || printed != want {
		t.Fatalf("%v; printed %q, want %q", err, printed, want)
	}
	got, err := os.ReadFile(filepath.Join(dir, "src", "a.pyc"))
	if err != nil {
		t.Fatal(err)
	}
	c := &checkout{python: p.python}
	if !bytes.Equal(got, c.reference(t, filepath.Join(dir, "src", "a.py"), "src/a.py", 0, "UNCHECKED_HASH")) {
		t.Error("the bytecode differs from what a fresh interpreter writes")
	}
}
