package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A comparison is a command line of compileall's, in quotes where a shell needs
// them, in a copy of testdata/compileall/tree.txtar.
type comparison struct {
	args   string
	env    string // NAME=VALUE
	stdin  string
	before string // another command line that comes first
	// python are the interpreter's arguments where they differ: with more
	// than one worker it prints in any order.
	python string
	// renamed says that the file names stored are not those of the files:
	// then Python does not find the lines that its warnings are about.
	renamed bool
	// prepare changes the tree, for version v, before the command line that
	// counts.
	prepare func(t *testing.T, dir string, v pyver.Version)
}

var comparisons = []comparison{
	{args: "src"},
	{args: "./src/"},
	{args: "src src/a.py other"},
	{args: "src/a.py src/pkg/../a.py"},
	{args: "src/data.txt src/noext"},
	{args: "errors"},
	{args: "nosuch src/a.py"},
	{args: "''"},

	{args: "-l src"},
	{args: "-r 1 src"},
	{args: "-r 0 src"},
	{args: "-r -1 src"},
	{args: "-l -r 1 src"},
	{args: "-r 1 -l src"},
	{args: "-r 99999999999999999999 src"},
	{args: "-q src errors nosuch"},
	{args: "-qq src errors nosuch"},
	{args: "-q -f -q errors"},
	{args: "-b src"},

	{args: "-d /dest src", renamed: true},
	{args: "-d dest src/", renamed: true},
	{args: "-d dest src/a.py"},
	{args: "-d '' src src/a.py", renamed: true},
	{args: "-s src src", renamed: true},
	{args: "-s src/ src"},
	{args: "-s nosuch -q src"},
	{args: "-s nosuch -qq src"},
	{args: "-s '' src/a.py"},
	{args: "-s src/a.py src/a.py"},
	{args: "-p /pre src", renamed: true},
	{args: "-p pre/ src", renamed: true},
	{args: "-s src -p /pre src", renamed: true},
	{args: "-d d -s s src"},
	{args: "-d d -p p src"},

	{args: "-x pkg src"},
	{args: "-x '^(?!.*pkg)' src"},
	{args: `-x '(?P<c>[a-z])(?P=c)' src`},
	{args: "-x ( src"},
	{args: "-i list.txt"},
	{args: "-i list.txt src/a.py"},
	{args: "-i - src/a.py", stdin: "other/x.py\r\n  src/pkg  \n\nnosuch"},
	{args: "-i nosuch src"},
	{args: "-i nosuch -qq src"},
	{args: "-i '' src/a.py"},
	{args: "-e other src"},
	{args: "-e src src"},
	{args: "-e nosuch src"},
	{args: "-e '' src"},

	{args: "-j 2 src", python: "src"},
	{args: "-j0 src", python: "-j1 src"},
	{args: "-j -1 src/a.py"},
	{args: "-j -1 src"},
	{args: "-o 1 src"},
	{args: "-o 2 -o 0 -o1 src"},
	{args: "-o -1 -o 1 src"},
	{args: "-o ' 1' src"},
	{args: "-o 3 src/a.py"},
	{args: "-o -2 src/a.py"},
	{args: "-o 0 -o 1 -o 2 --hardlink-dupes src"},
	{args: "-o 0 -o 0 --hardlink-dupes src"},
	{args: "-o 1 --hardlink-dupes src"},
	{args: "--hardlink-dupes src"},
	{args: "--invalidation-mode checked-hash src"},
	{args: "--invalidation-mode=unchecked-hash src"},
	{args: "--invalidation-mode timestamp src", env: "SOURCE_DATE_EPOCH=1"},
	{args: "--invalidation-mode never src"},
	{args: "src", env: "SOURCE_DATE_EPOCH=1"},
	{args: "src", env: "SOURCE_DATE_EPOCH="},
	{args: "src", env: "PYTHONOPTIMIZE=1"},
	{args: "src", env: "PYTHONOPTIMIZE=2"},
	{args: "src", env: "PYTHONOPTIMIZE=x"},
	{args: "-o 0 src", env: "PYTHONOPTIMIZE=2"},

	// What argparse accepts.
	{args: "--inval checked-hash src"},
	{args: "--work=2 src", python: "--work=1 src"},
	{args: "--hard -o0 -o1 src/a.py"},
	{args: "--h src"},
	{args: "-lfqb src"},
	{args: "-lqo1 src"},
	{args: "-fj=2 src", python: "-fj=1 src"},
	{args: "-l=1 src"},
	{args: "-l-q src"},
	{args: "-lZ src"},
	{args: "-=x src"},
	{args: "--no-such src"},
	{args: "--workers"},
	{args: "-d -q src"},
	{args: "-d -- src"},
	{args: "-r x src"},
	{args: "-r 1_0 src"},
	{args: "-j '' src"},
	{args: "src -q src/a.py"},
	{args: "-- src"},
	{args: "src -- -l --"},
	{args: "-1 src"},
	{args: "'-no such'"},
	{args: "-"},

	// What is there already.
	{args: "src", before: "src"},
	{args: "-f src", before: "src"},
	{args: "-q -o 0 -o 1 src", before: "src"},
	{args: "src", before: "--invalidation-mode unchecked-hash src"},
	{args: "--invalidation-mode checked-hash src", before: "src"},
	{args: "-o 0 -o 2 -f src", before: "-o 0 -o 1 -o 2 --hardlink-dupes src", prepare: func(t *testing.T, dir string, _ pyver.Version) {
		write(t, dir, "src/a.py", "y = 2\n")
		touch(t, dir, "src/a.py", time.Unix(1_700_000_000, 0))
	}},
	{args: "src", before: "src", prepare: func(t *testing.T, dir string, _ pyver.Version) {
		touch(t, dir, "src/a.py", time.Unix(1_700_000_000, 0))
	}},
	{args: "src", before: "src", prepare: func(t *testing.T, dir string, v pyver.Version) {
		write(t, dir, cached("src/a.py", v), "")
		write(t, dir, cached("src/pkg/mod.py", v), "long enough but no header")
	}},
	{args: "src", before: "src", prepare: func(t *testing.T, dir string, _ pyver.Version) {
		touch(t, dir, "src/a.py", time.Unix(1_600_000_000, 999_999_999))
		touch(t, dir, "src/pkg/mod.py", time.Unix(-5, 500_000_000))
		touch(t, dir, "src/pkg/__init__.py", time.Unix(1<<33, 0))
	}},
	{args: "src", prepare: func(t *testing.T, dir string, _ pyver.Version) {
		write(t, dir, "src/pkg/__pycache__", "a file")
	}},
	{args: "src", prepare: func(t *testing.T, dir string, v pyver.Version) {
		write(t, dir, filepath.Join(cached("src/a.py", v), "in"), "a folder")
		if err := os.Symlink("nowhere", filepath.Join(dir, cached("src/noise.py", v))); err != nil {
			t.Fatal(err)
		}
	}},
	{args: "src", prepare: func(t *testing.T, dir string, _ pyver.Version) {
		for name, mode := range map[string]fs.FileMode{"src/a.py": 0o755, "src/noise.py": 0o440, "src/pkg/mod.py": 0o600} {
			if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
				t.Fatal(err)
			}
		}
	}},
	{args: "names", prepare: func(t *testing.T, dir string, _ pyver.Version) {
		for _, name := range []string{"café.py", "\xff\x80\xc3.py", "\uffee.py", "\U0001F40D.py", "it's.py", "tab\t.py", "a b.py", ".py", "x.y.py", "a.PY", "a.pyw"} {
			write(t, dir, "names/"+name, "x = 1\n")
			touch(t, dir, "names/"+name, time.Unix(1_600_000_000, 0))
		}
	}},
}

// TestCompileallIsPythons compares pyc compileall with python -m compileall:
// exit codes, messages, and all files that are there at the end.
func TestCompileallIsPythons(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/compileall/tree.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []pyver.Version{pyver.V313, pyver.V314} {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			c := &comparer{archive: archive, version: v, python: testpython.Get(t, v)}
			c.forker = testpython.Start(t, c.python, forker)
			pool := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: c.python}, Processes: 2})
			t.Cleanup(pool.Close)
			c.fresh = pool
			for _, test := range comparisons {
				t.Run(strings.Trim(test.env+" "+test.args, " "), func(t *testing.T) {
					t.Parallel()
					c.compare(t, test)
				})
			}
		})
	}
}

// A comparer compares with one interpreter.
type comparer struct {
	archive *txtar.Archive
	version pyver.Version
	python  string
	fresh   compiler.Compiler // what a fresh process writes

	mu     sync.Mutex // of the forker
	forker *testpython.Process
}

// forker is an interpreter that runs compileall in a fork of itself for each
// line of JSON that it reads.
const forker = `
import argparse, concurrent.futures, contextlib, filecmp, importlib.util, io, json, os
import pathlib, py_compile, re, runpy, sys, tempfile, traceback, warnings

def child(request, files):
    os.chdir(request["Dir"])
    os.environ.update(e.split("=", 1) for e in request["Env"])
    for fd, file in enumerate(files):
        os.dup2(file.fileno(), fd)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.argv = ["compileall", *request["Args"]]
    try:
        runpy.run_module("compileall", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    return 1

os.environ.pop("SOURCE_DATE_EPOCH", None)
for line in sys.stdin:
    request = json.loads(line)
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
        files[0].write(request["Stdin"].encode())
        files[0].seek(0)
        pid = os.fork()
        if not pid:
            code = child(request, files)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        answer = {"Code": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}
        for name, file in zip(("Stdout", "Stderr"), files[1:]):
            file.seek(0)
            answer[name] = file.read().decode("utf-8", "backslashreplace")
    answer = json.dumps(answer)
    print(len(answer), answer, sep="\n", end="", flush=True)
`

func (c *comparer) compare(t *testing.T, test comparison) {
	reference := test
	if test.python != "" {
		reference.args = test.python
	}
	want, wantDir := c.run(t, reference, c.askPython)
	got, gotDir := c.run(t, test, c.startPyc)
	if strings.HasPrefix(want.Stderr, "Traceback") {
		// An exception that compileall does not expect: any message will do.
		if got.Stderr == "" || strings.Contains(got.Stderr, "goroutine ") {
			t.Errorf("stderr is %q, want a message in the place of\n%s", got.Stderr, want.Stderr)
		}
		got.Stderr = want.Stderr
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-%s +pyc)\n%s", c.python, diff)
	}
	c.compareTrees(t, wantDir, gotDir)
}

// A result is what a command did, apart from the files.
type result struct {
	Code           int
	Stdout, Stderr string
}

var (
	// Python's own temporary file is named in an error, ours is not.
	temporary = regexp.MustCompile(`(\.pyc)\.[0-9]+'`)
	// Who says so differs, and the usage before it with it.
	usage = regexp.MustCompile(`(?s)^usage: .*\n[^ ].*: error: `)
	// The line that a warning is about.
	sourceLine = regexp.MustCompile(`(?m)^  .*\n`)
)

// A call is a command line in a folder.
type call struct {
	Dir   string
	Args  []string
	Env   []string
	Stdin string
}

// askPython has the interpreter run compileall.
func (c *comparer) askPython(t *testing.T, call call) (r result) {
	t.Helper()
	if slices.ContainsFunc(call.Env, func(e string) bool { return strings.HasPrefix(e, "PYTHON") }) {
		return start(t, call, c.python, "-m", "compileall") // what counts at the start
	}
	request, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := json.Unmarshal([]byte(c.forker.Ask(t, string(request))), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (c *comparer) startPyc(t *testing.T, call call) result {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return start(t, call, self, "compileall", "--python", c.version.String(), "--interpreter", c.version.String()+"="+c.python)
}

// start runs a program in a process of its own.
func start(t *testing.T, call call, program string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(program, append(args, call.Args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = call.Dir, interpreterEnv(call.Env...), strings.NewReader(call.Stdin)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// run carries out a comparison's command lines in a new copy of the tree.
func (c *comparer) run(t *testing.T, test comparison, do func(*testing.T, call) result) (result, string) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range c.archive.Files {
		write(t, dir, f.Name, string(f.Data))
		touch(t, dir, f.Name, time.Unix(1_600_000_000, 0))
	}
	for link, to := range map[string]string{"link.py": "../other/x.py", "dangling.py": "nowhere.py", "folder": "../other"} {
		if err := os.Symlink(to, filepath.Join(dir, "src", link)); err != nil {
			t.Fatal(err)
		}
	}
	call := call{Dir: dir, Env: strings.Fields(test.env), Stdin: test.stdin}
	if test.before != "" {
		call.Args = shellFields(test.before)
		do(t, call)
	}
	if test.prepare != nil {
		test.prepare(t, dir, c.version)
	}
	call.Args = shellFields(test.args)
	r := do(t, call)
	r.Stdout = temporary.ReplaceAllString(r.Stdout, "$1'")
	r.Stderr = usage.ReplaceAllString(r.Stderr, "error: ")
	if test.renamed {
		r.Stderr = sourceLine.ReplaceAllString(r.Stderr, "")
	}
	return r, dir
}

// compareTrees compares all files below two folders: which there are, their
// modes, which of them are one file, and their bytes.
func (c *comparer) compareTrees(t *testing.T, wantDir, gotDir string) {
	t.Helper()
	want, got := listTree(t, wantDir), listTree(t, gotDir)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-%s +pyc)\n%s", c.python, diff)
	}
	for name := range want {
		a, errA := os.ReadFile(filepath.Join(wantDir, name))
		b, errB := os.ReadFile(filepath.Join(gotDir, name))
		if errA == nil && errB == nil && !bytes.Equal(a, b) {
			c.compareFresh(t, wantDir, name, [2][]byte{a, b})
		}
	}
}

// compareFresh compares a file, as the interpreter and as pyc wrote it, with
// what the interpreter writes in a fresh process: the bytes of compileall's
// process depend on what it has compiled before. Of what that process wrote,
// the header counts, and the file name that is stored.
func (c *comparer) compareFresh(t *testing.T, dir, name string, files [2][]byte) {
	t.Helper()
	want, got := files[0], files[1]
	file, err := pyc.ParseFile(want)
	if err != nil {
		t.Errorf("%s differs (-%s +pyc)\n%s", name, c.python, cmp.Diff(want, got))
		return
	}
	origin := pyc.CacheName{Source: strings.TrimSuffix(name, "c")}
	if strings.Contains(name, "__pycache__") {
		if origin, err = pyc.ParseCachePath(name); err != nil {
			t.Fatal(err)
		}
	}
	if filepath.Base(origin.Source) == "py.py" { // the name of the file is .py
		origin.Source = filepath.Join(filepath.Dir(origin.Source), ".py")
	}
	level, _ := origin.Level()
	source, err := os.ReadFile(filepath.Join(dir, origin.Source))
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := c.fresh.Compile(t.Context(), source, compiler.Options{
		Version: c.version, Filename: file.Code.Filename.Value, Optimize: level,
	})
	if err != nil {
		t.Fatal(err)
	}
	want = append(want[:pyc.HeaderSize:pyc.HeaderSize], fresh.Code...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-%s, in a fresh process, +pyc)\n%s", name, c.python, diff)
	}
}

// listTree describes each file below a folder but for its bytes.
func listTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	var first []fs.FileInfo // the files so far
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[name] = info.Mode().String()
		for i, other := range first {
			if os.SameFile(info, other) {
				files[name] += " is " + names[i]
				return nil
			}
		}
		first, names = append(first, info), append(names, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// shellFields splits a line at spaces that are not in single quotes.
func shellFields(line string) (fields []string) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " ") {
		var field string
		if quoted, ok := strings.CutPrefix(line, "'"); ok {
			field, line, _ = strings.Cut(quoted, "'")
		} else {
			field, line, _ = strings.Cut(line, " ")
		}
		fields = append(fields, field)
	}
	return fields
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func touch(t *testing.T, dir, name string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
		t.Fatal(err)
	}
}

// cached is where the .pyc of a source goes, at level 0.
func cached(source string, v pyver.Version) string {
	return filepath.FromSlash(pyc.CachePath(source, v, 0))
}
