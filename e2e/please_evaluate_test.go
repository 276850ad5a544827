package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A please evaluates build files of Please without it, and runs the commands of
// the rules that they declare as Please does. That shows that the plugin is
// valid and does what it should; TestPlease shows it with Please itself.
type please struct {
	python string // evaluates, and is the Python of the programs
	arcat  string // a stand-in for Please's archive tool
	config map[string]any
}

// A pleaseRule is a call of a function of Please.
type pleaseRule struct {
	Function, Name, Cmd, Content string
	Srcs, Outs, Deps             []string
	Requires, Labels             []string
	Tools                        any
	EntryPoints                  map[string]string `json:"entry_points"`
	SrcListFiles                 bool              `json:"src_list_files"`
	NeedsTransitiveDeps          bool              `json:"needs_transitive_deps"`
	Hashes                       []string
	URL                          string
}

// newPlease returns an evaluator with the configuration that a project has
// which sets PythonVersion alone.
func newPlease(t *testing.T) *please {
	t.Helper()
	p := &please{python: testpython.Get(t, pyver.V314)}
	script, err := os.ReadFile("testdata/please/arcat.py")
	if err != nil {
		t.Fatal(err)
	}
	p.arcat = filepath.Join(t.TempDir(), "arcat")
	if err := os.WriteFile(p.arcat, append([]byte("#!"+p.python+"\n"), script...), 0o700); err != nil {
		t.Fatal(err)
	}
	p.config = map[string]any{
		"ARCAT_TOOL": p.arcat,
		"OS":         "linux",
		"ARCH":       "amd64",
		"PYC":        pluginDefaults(t),
	}
	p.set("PYTHON_VERSION", "3.14")
	return p
}

// set sets a value of the plugin's configuration.
func (p *please) set(key string, value any) { p.config["PYC"].(map[string]any)[key] = value }

// pycCommand builds the command pyc.
func pycCommand(t *testing.T) string {
	t.Helper()
	pyc := filepath.Join(t.TempDir(), "pyc")
	command := exec.Command("go", "build", "-o", pyc, "./cmd/pyc")
	command.Dir = repository(t)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("building pyc: %v\n%s", err, out)
	}
	return pyc
}

// evaluate evaluates the plugin's definitions, then a BUILD file if one is
// named, then code. It returns the rules that these declare, by name, and the
// message of a failure.
func (p *please) evaluate(t *testing.T, build, code string) (map[string]pleaseRule, string) {
	t.Helper()
	request, err := json.Marshal(map[string]any{
		"config": p.config,
		"defs":   []string{"../please/build_defs/pyc.build_defs"},
		"build":  build,
		"code":   code,
	})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(p.python, "-I", "-S", "-B", "testdata/please/evaluate.py")
	command.Stdin = bytes.NewReader(request)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("evaluating build files: %v", err)
	}
	var answer struct {
		Rules []pleaseRule
		Error string
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("evaluating build files: %v\n%s", err, out)
	}
	rules := map[string]pleaseRule{}
	for _, r := range answer.Rules {
		if _, ok := rules[r.Name]; ok {
			t.Errorf("two rules have the name %s", r.Name)
		}
		rules[r.Name] = r
	}
	return rules, answer.Error
}

// rule evaluates code that has to declare a rule of this name.
func (p *please) rule(t *testing.T, build, code, name string) pleaseRule {
	t.Helper()
	rules, failure := p.evaluate(t, build, code)
	r, ok := rules[name]
	if failure != "" || !ok {
		t.Fatalf("%s%s: no rule %s; error: %s", build, code, name, failure)
	}
	return r
}

// run runs the command of a rule of a package, in a folder with these files,
// and returns the folder and what the command has printed.
func (p *please) run(t *testing.T, r pleaseRule, pkg string, files map[string]string) (dir, printed string, err error) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range files {
		write(t, filepath.Join(dir, name), content)
	}
	sources := r.sources(pkg)
	if r.SrcListFiles {
		write(t, filepath.Join(dir, "_plz", "srcs"), strings.Join(sources, "\n"))
	}
	command := exec.Command("bash", "--noprofile", "--norc", "-u", "-o", "pipefail", "-c", r.Cmd)
	command.Dir = dir
	command.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMP_DIR=" + dir, "PYTHONHASHSEED=42",
		"PKG=" + pkg, "NAME=" + r.Name, "OUTS=" + strings.Join(r.Outs, " "),
	}
	if len(r.Outs) == 1 {
		command.Env = append(command.Env, "OUT="+filepath.Join(dir, r.Outs[0]))
	}
	if len(sources) == 1 && !r.SrcListFiles {
		command.Env = append(command.Env, "SRC="+sources[0])
	}
	command.Env = append(command.Env, r.tools()...)
	out, err := command.CombinedOutput()
	return dir, string(out), err
}

// sources returns the paths of the sources. A label stands for a file of its
// name in the package.
func (r pleaseRule) sources(pkg string) []string {
	var paths []string
	for _, src := range r.Srcs {
		paths = append(paths, filepath.Join(pkg, strings.TrimPrefix(src, ":")))
	}
	return paths
}

// tools returns the variables with the paths of the tools.
func (r pleaseRule) tools() []string {
	switch tools := r.Tools.(type) {
	case []any:
		return []string{"TOOL=" + tools[0].(string)}
	case map[string]any:
		var env []string
		for name, list := range tools {
			env = append(env, "TOOLS_"+strings.ToUpper(name)+"="+list.([]any)[0].(string))
		}
		return env
	}
	return nil
}

// readZip returns the files of a zip.
func readZip(t *testing.T, path string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := map[string][]byte{}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
