package e2e

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestDockerfile carries out the steps of examples/docker/Dockerfile without
// Docker, and runs what comes out: all modules are there as bytecode, the
// standard library's too, and nothing is written.
func TestDockerfile(t *testing.T) {
	f, err := os.ReadFile("../examples/docker/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	b := &imageBuilder{dir: t.TempDir(), global: map[string]string{}}
	for _, line := range instructions(string(f)) {
		name, rest, _ := strings.Cut(line, " ")
		b.do(t, name, strings.TrimSpace(rest))
	}
	if b.user == "" || strings.HasPrefix(b.user, "0") || strings.HasPrefix(b.user, "root") {
		t.Errorf("the image runs as %q, want a user without rights", b.user)
	}
	before := b.files(t)
	stdout, stderr := b.run(t, []string{"PYTHONVERBOSE=1"}, b.command...)
	if want := `{"greetings": ["Hello, world!"]}` + "\n"; stdout != want {
		t.Errorf("got %q, want %q", stdout, want)
	}
	if diff := cmp.Diff(before, b.files(t)); diff != "" {
		t.Errorf("the run changed files (-before +after)\n%s", diff)
	}
	for _, line := range regexp.MustCompile(`(?m)^# code object from .*\.py'?$`).FindAllString(stderr, -1) {
		t.Errorf("compiled at the start: %s", line)
	}
	for _, module := range []string{"greeter/__init__", "greeter/__main__", "json/decoder"} {
		if !regexp.MustCompile(`# code object from .*/bytecode/.*/` + module + `\.cpython-[0-9]+\.pyc`).MatchString(stderr) {
			t.Errorf("the bytecode of %s is not used", module)
		}
	}
	if !strings.Contains(strings.Join(before, "\n"), "/app/lib/dependency/__init__.cpython-") {
		t.Error("the dependency that pip installs has not been compiled")
	}
}

// instructions splits a Dockerfile, without its comments.
func instructions(file string) (lines []string) {
	open := "" // an instruction that goes on
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		line = open + line
		if rest, ok := strings.CutSuffix(line, `\`); ok {
			open = rest
			continue
		}
		lines, open = append(lines, line), ""
	}
	return lines
}

// An imageBuilder carries out a Dockerfile in folders. The folder "root" stands
// for the file system of the stage at hand, so that paths are the same in all
// stages, as they are in images; those of the other stages have their names.
type imageBuilder struct {
	dir    string
	global map[string]string // arguments before the first stage

	stage   string
	args    map[string]string
	env     []string
	user    string
	workdir string
	command []string
	stdlib  string
}

func (b *imageBuilder) root() string { return filepath.Join(b.dir, "root") }

func (b *imageBuilder) do(t *testing.T, name, rest string) {
	t.Helper()
	switch name {
	case "ARG":
		b.argument(rest)
	case "FROM":
		b.from(t, strings.Fields(b.expand(rest)))
	case "COPY":
		b.copy(t, strings.Fields(rest))
	case "RUN":
		b.run(t, nil, "sh", "-euc", b.place(rest))
	case "ENV":
		for _, pair := range strings.Fields(rest) {
			b.env = append(b.env, b.place(pair))
		}
	case "WORKDIR":
		b.workdir = rest
	case "USER":
		b.user = rest
	case "CMD":
		if err := json.Unmarshal([]byte(rest), &b.command); err != nil {
			t.Fatalf("CMD %s: %v", rest, err)
		}
	default:
		t.Fatalf("this test does not know the instruction %s", name)
	}
}

func (b *imageBuilder) argument(rest string) {
	name, value, hasValue := strings.Cut(rest, "=")
	if b.args == nil {
		b.global[name] = value
	} else if hasValue {
		b.args[name] = value
	} else {
		b.args[name] = b.global[name]
	}
}

func (b *imageBuilder) expand(text string) string {
	return os.Expand(text, func(name string) string { return b.global[name] })
}

// from begins a stage. What its base image has for us are programs that stand
// for those of the real one.
func (b *imageBuilder) from(t *testing.T, words []string) {
	t.Helper()
	if b.stage != "" {
		if err := os.Rename(b.root(), filepath.Join(b.dir, b.stage)); err != nil {
			t.Fatal(err)
		}
	}
	b.stage = words[len(words)-1]
	b.args, b.env, b.user, b.workdir = map[string]string{}, nil, "", "/"
	name, tag, _ := strings.Cut(words[0], ":")
	switch name {
	case "golang":
		b.goImage(t, tag)
	case "python":
		b.pythonImage(t, strings.TrimSuffix(tag, "-slim"))
	default:
		t.Fatalf("this test does not know the image %s", name)
	}
}

// goImage has a go that installs the command of this checkout.
func (b *imageBuilder) goImage(t *testing.T, version string) {
	t.Helper()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(mod), "\ngo "+version) {
		t.Errorf("the Dockerfile has Go %s, go.mod another one", version)
	}
	module := regexp.MustCompile(`(?m)^module (.*)$`).FindStringSubmatch(string(mod))[1]
	b.program(t, "go", `test "$1" = install && test "${2%@*}" = `+module+`/cmd/pyc && mkdir -p "$GOBIN" && cp `+pycCommand(t)+` "$GOBIN/pyc"`)
}

// pythonImage has a Python, and a pip that installs a dependency.
func (b *imageBuilder) pythonImage(t *testing.T, version string) {
	t.Helper()
	v, err := pyver.Parse(version)
	if err != nil {
		t.Fatal(err)
	}
	python := testpython.Get(t, v)
	b.stdlib = testpython.Stdlib(t, python)
	b.program(t, "python", `exec `+python+` "$@"`)
	b.program(t, "pip", `test "$*" = "install --no-cache-dir --no-compile --target $5 --requirement $7" && cat "$7" >&2
mkdir -p "$5/dependency" && echo "x = 1" >"$5/dependency/__init__.py"`)
}

func (b *imageBuilder) program(t *testing.T, name, script string) {
	t.Helper()
	path := filepath.Join(b.root(), "usr/local/bin", name)
	write(t, path, "#!/bin/sh\nset -eu\n"+script+"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

// imagePath matches the absolute paths of the example.
var imagePath = regexp.MustCompile(`(^|[\s"=])(/(?:app|build|bytecode|out|usr/local)\b)`)

// place puts the absolute paths in a text below the folder of the stage, but for
// the standard library, which lies where the interpreter has it.
func (b *imageBuilder) place(text string) string {
	text = imagePath.ReplaceAllString(text, "${1}"+b.root()+"${2}")
	return strings.ReplaceAll(text, b.root()+"/usr/local/lib/python$PYTHON", b.stdlib)
}

func (b *imageBuilder) copy(t *testing.T, words []string) {
	t.Helper()
	from := "../examples/docker"
	if stage, ok := strings.CutPrefix(words[0], "--from="); ok {
		from, words = filepath.Join(b.dir, stage), words[1:]
	}
	source, target := filepath.Join(from, words[0]), filepath.Join(b.root(), words[1])
	info, err := os.Stat(source)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		err = os.CopyFS(target, os.DirFS(source))
	} else {
		var content []byte
		if content, err = os.ReadFile(source); err == nil {
			write(t, target, string(content))
			err = os.Chmod(target, info.Mode())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// run runs a command in the stage.
func (b *imageBuilder) run(t *testing.T, env []string, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command("/usr/bin/env", args...) // which finds it on the stage's PATH
	cmd.Env = []string{"PATH=" + filepath.Join(b.root(), "usr/local/bin") + ":/usr/bin:/bin"}
	for name, value := range b.args {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(append(cmd.Env, b.env...), env...)
	cmd.Dir = filepath.Join(b.root(), b.workdir)
	var out, err strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &err
	if e := cmd.Run(); e != nil {
		t.Fatalf("%s: %v\n%s%s", args, e, &out, &err)
	}
	return out.String(), err.String()
}

// files lists the files of the stage.
func (b *imageBuilder) files(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(b.root(), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(path, b.root()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
