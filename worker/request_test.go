package worker

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// module is what a request says of one module when it says all.
func module(more ...string) []string {
	return append([]string{"--src", "a.py", "--src_name", "pkg/a.py", "--pyc", "a.pyc", "--python_version", "3.13"}, more...)
}

func TestParse(t *testing.T) {
	want := commandLine{
		sources: []string{"a.py"}, names: []string{"pkg/a.py"}, outputs: []string{"a.pyc"},
		version: pyver.V313, invalidation: pyc.CheckedHash,
	}
	with := func(f func(*commandLine)) commandLine {
		c := want
		f(&c)
		return c
	}
	for _, test := range []struct {
		args []string
		want commandLine
	}{
		{module(), want},
		{[]string{"--src=a.py", "--src_name=pkg/a.py", "--pyc=a.pyc", "--python_version=3.13"}, want},
		{[]string{"--python_version", "3.13.15", "--pyc", "a.pyc", "--src_name", "pkg/a.py", "--src", "a.py"}, want},
		{module("--persistent_worker"), with(func(c *commandLine) { c.persistent = true })},
		{module("--worker_impl", "serial"), with(func(c *commandLine) { c.serial = true })},
		{module("--worker_impl=async"), want},
		{module("--log_level", "debug"), with(func(c *commandLine) { c.logRequests = true })},
		{module("--log_level=ERROR"), want},
		{module("--optimize", "2"), with(func(c *commandLine) { c.optimize = 2 })},
		{module("--optimize", "2", "--optimize=0"), want},
		{module("--optimize", "-1"), want},
		{module("--invalidation_mode", "unchecked_hash"), with(func(c *commandLine) { c.invalidation = pyc.UncheckedHash })},
		{module("--invalidation_mode", "UNCHECKED_HASH"), with(func(c *commandLine) { c.invalidation = pyc.UncheckedHash })},
		{module("--invalidation_mode", "unchecked-hash"), with(func(c *commandLine) { c.invalidation = pyc.UncheckedHash })},
		{module("--invalidation_mode=checked_hash"), want},
		{module("--invalidation_mode=timestamp"), with(func(c *commandLine) { c.invalidation = pyc.Timestamp })},
		{module("--src", "b=c.py", "--src_name=b=c.py", "--pyc", "-b.pyc"), with(func(c *commandLine) {
			c.sources, c.names, c.outputs = []string{"a.py", "b=c.py"}, []string{"pkg/a.py", "b=c.py"}, []string{"a.pyc", "-b.pyc"}
		})},
		{[]string{"--src=--x.py", "--src_name", ""}, commandLine{sources: []string{"--x.py"}, names: []string{""}, invalidation: pyc.CheckedHash}},
		{nil, commandLine{invalidation: pyc.CheckedHash}},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			got, err := parse(test.args)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, *got, cmp.AllowUnexported(commandLine{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestUsageErrors(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "nothing to compile"},
		{[]string{"--python_version", "3.14"}, "nothing to compile"},
		{[]string{"--src", "a.py", "--python_version", "3.14"}, "given equally often, but are given 1, 0 and 0 times"},
		{module("--src", "b.py", "--src_name", "b.py"), "2, 2 and 1 times"},
		{[]string{"--src", "a.py", "--src_name", "a.py", "--pyc", "a.pyc"}, "--python_version is missing"},
		{module("--frobnicate"), `unknown flag "--frobnicate"; the flags are --src, `},
		{module("--frobnicate=secret"), `unknown flag "--frobnicate"`},
		{module("-O"), `unknown flag "-O"`},
		{module("--"), `unknown flag "--"`},
		{module("a.py"), `unknown argument "a.py"`},
		{module(""), `unknown argument ""`},
		{module("--optim", "1"), `unknown flag "--optim"`},
		{module("--optimize"), "flag --optimize lacks its value"},
		{module("--src", "--src_name", "a.py"), "flag --src lacks its value"},
		{module("--optimize", "3"), `flag --optimize: optimisation level "3"`},
		{module("--optimize", "-2"), `flag --optimize: optimisation level "-2"`},
		{module("--optimize="), `flag --optimize: optimisation level ""`},
		{module("--python_version", "3.10"), `flag --python_version: unsupported Python version "3.10"`},
		{module("--python_version="), "flag --python_version"},
		{module("--invalidation_mode", "never"), "flag --invalidation_mode"},
		{module("--log_level", "loud"), "flag --log_level"},
		{module("--worker_impl", "fork"), "flag --worker_impl"},
		{module("--persistent_worker=1"), "flag --persistent_worker takes no value"},
		{module("--src", "a.py", "--src_name", "b", "--pyc", "a.pyc"), "two modules have the same --pyc a.pyc"},
		{module("--src", "b.py", "--src_name", "b", "--pyc="), "must not be empty"},
		{module("--src=", "--src_name", "b", "--pyc=b.pyc"), "must not be empty"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			line, err := parse(test.args)
			if err == nil {
				_, err = line.jobs("")
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestSandboxPrefixesPaths(t *testing.T) {
	abs := filepath.Join(t.TempDir(), "abs.pyc")
	line, err := parse(module("--src", "b.py", "--src_name", "b.py", "--pyc", abs))
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := line.jobs("box/1")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, j := range jobs {
		got = append(got, filepath.ToSlash(j.Source), j.Name, filepath.ToSlash(j.Output), j.source, j.output)
	}
	want := []string{"box/1/a.py", "pkg/a.py", "box/1/a.pyc", "a.py", "a.pyc", "box/1/b.py", "b.py", filepath.ToSlash(abs), "b.py", abs}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// paramFiles writes param files into a folder and returns it.
func paramFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty": "", "newline": "\n", "one": "one", "two": "--src\na b.py\n", "crlf": "--src\r\na.py\r\n",
		"blank": "a\n\nb\n", "nested": "x\n@two\n@sub/up\ny\n", "sub/up": "@one\n", "loop": "@loop\n", "missing": "@none\n",
		"escaped": "@@literal\n@repo//pkg:x\n", "@at": "file at\n",
	} {
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

func TestExpand(t *testing.T) {
	dir := paramFiles(t)
	for _, test := range []struct {
		args string // separated by spaces
		want []string
	}{
		{"", nil},
		{"a b", []string{"a", "b"}},
		{"@empty", nil},
		{"@newline", []string{""}},
		{"a @one b", []string{"a", "one", "b"}},
		{"@two @two", []string{"--src", "a b.py", "--src", "a b.py"}},
		{"@crlf", []string{"--src", "a.py"}},
		{"@blank", []string{"a", "", "b"}},
		{"@nested", []string{"x", "--src", "a b.py", "one", "y"}},
		{"@" + filepath.Join(dir, "one"), []string{"one"}},
		{"@escaped", []string{"@literal", "@repo//pkg:x"}},
		{"@@at", []string{"@at"}},
		{"@@repo//x", []string{"@repo//x"}},
		{"--src=@one", []string{"--src=@one"}},
	} {
		t.Run(test.args, func(t *testing.T) {
			got, err := expand(strings.Fields(test.args), dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	for args, want := range map[string]string{
		"@none": "reading @none: ", "@missing": "reading @none: ", "@sub": "reading @sub: ", "@": "reading @: ",
		"@loop": "reading @loop: param files are nested more than 10 deep",
	} {
		if _, err := expand([]string{args}, dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want one with %q", args, err, want)
		}
	}
}

// argparse is the way rules_python's precompiler reads its arguments, without
// abbreviations.
const argparse = `
import argparse, contextlib, io, json, sys
p = argparse.ArgumentParser(fromfile_prefix_chars="@", allow_abbrev=False)
p.add_argument("--invalidation_mode", default="CHECKED_HASH")
p.add_argument("--optimize", type=int, default=-1)
p.add_argument("--python_version")
for flag in "--src", "--src_name", "--pyc":
    p.add_argument(flag, action="append", default=[])
p.add_argument("--persistent_worker", action="store_true")
p.add_argument("--log_level", default="ERROR")
p.add_argument("--worker_impl", default="async", choices=("serial", "async"))
results = []
for args in json.load(sys.stdin):
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            o = vars(p.parse_args(args))
        o["optimize"] = max(o["optimize"], 0)
        results.append({k: o[k] for k in ("src", "src_name", "pyc", "optimize", "persistent_worker")})
    except (SystemExit, OSError):
        results.append(None)
json.dump(results, sys.stdout)
`

// Argument lists mean what they mean to Python's argparse.
func TestArgumentsAreThoseOfArgparse(t *testing.T) {
	t.Chdir(paramFiles(t))
	alphabet := []string{
		"--src", "--src=x.py", "--src_name", "--pyc", "--pyc=", "--pyc=a=b", "a.py", "-1", "--optimize", "--optimize=1", "2",
		"--persistent_worker", "--persistent_worker=", "--python_version=3.14", "--log_level=INFO", "--unknown", "-x", "--", "", "@one", "@two",
		"@crlf", "@blank", "@nested", "@none", "@empty", "a b", "--worker_impl", "serial", "--invalidation_mode=checked_hash",
	}
	var lists [][]string
	for i, a := range alphabet {
		lists = append(lists, []string{a})
		for j, b := range alphabet {
			lists = append(lists, []string{a, b}, []string{a, b, alphabet[(i*7+j*3)%len(alphabet)]})
		}
	}
	stdin, err := json.Marshal(lists)
	if err != nil {
		t.Fatal(err)
	}
	testpython.Each(t, func(t *testing.T, _ pyver.Version, python string) {
		cmd := exec.Command(python, "-I", "-S", "-c", argparse)
		cmd.Stdin = bytes.NewReader(stdin)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		type options struct {
			Src, Pyc   []string
			SrcName    []string `json:"src_name"`
			Optimize   int
			Persistent bool `json:"persistent_worker"`
		}
		var results []*options
		if err := json.Unmarshal(out, &results); err != nil {
			t.Fatal(err)
		}
		for i, want := range results {
			var got *options
			args, err := expand(lists[i], "")
			var line *commandLine
			if err == nil {
				line, err = parse(args)
			}
			if err == nil {
				got = &options{Src: line.sources, SrcName: line.names, Pyc: line.outputs, Optimize: line.optimize, Persistent: line.persistent}
			}
			if !sameMeaning(want, got, args) {
				t.Errorf("%q: argparse has %+v, ours %+v (%v)", lists[i], want, got, err)
			}
		}
	})
}

// sameMeaning compares two readings of arguments. Where argparse refuses a value
// for its first character, a dash, we may take it.
func sameMeaning[T any](want, got *T, args []string) bool {
	if want == nil && got != nil {
		return slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") })
	}
	a, errA := json.Marshal(want)
	b, errB := json.Marshal(got)
	return errA == nil && errB == nil && strings.ReplaceAll(string(a), "[]", "null") == strings.ReplaceAll(string(b), "[]", "null")
}
