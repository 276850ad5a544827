package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const pluginConfig = "../please/.plzconfig"

var configSection = regexp.MustCompile(`(?s)\[PluginConfig "([a-z_]+)"\]\n(.*?)(?:\n\n|\z)`)

// pluginDefaults returns the plugin's configuration as it is in a project that
// sets nothing.
func pluginDefaults(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile(pluginConfig)
	if err != nil {
		t.Fatal(err)
	}
	defaults := map[string]any{}
	for _, section := range configSection.FindAllStringSubmatch(string(text), -1) {
		fields := map[string]string{}
		for line := range strings.Lines(section[2]) {
			key, value, _ := strings.Cut(line, " = ")
			fields[key] = strings.Trim(strings.TrimSpace(value), `"`)
		}
		if fields["Help"] == "" || fields["ConfigKey"] == "" {
			t.Errorf("%s: %s has no help or no key", pluginConfig, section[1])
		}
		var value any = fields["DefaultValue"]
		switch {
		case fields["Repeatable"] == "true":
			value = []string{}
		case fields["Type"] == "int":
			value, err = strconv.Atoi(fields["DefaultValue"])
			if err != nil {
				t.Errorf("%s: %s: %v", pluginConfig, section[1], err)
			}
		case fields["DefaultValue"] == "":
			value = nil
		}
		defaults[strings.ToUpper(section[1])] = value
	}
	return defaults
}

// TestPleaseConfig compares the keys that the plugin declares with those that
// it uses.
func TestPleaseConfig(t *testing.T) {
	p := newPlease(t)
	used := map[string]bool{}
	files, err := filepath.Glob("../please/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range regexp.MustCompile(`CONFIG\.PYC\.([A-Z_]+)`).FindAllStringSubmatch(string(text), -1) {
			used[key[1]] = true
		}
	}
	want := slices.Sorted(maps.Keys(used))
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(p.config["PYC"].(map[string]any)))); diff != "" {
		t.Errorf("keys declared in %s (+) and used (-):\n%s", pluginConfig, diff)
	}
}

// TestPleaseRules has the rules declared that calls should declare.
func TestPleaseRules(t *testing.T) {
	p := newPlease(t)
	flags := "--quiet --python 3.14 --optimize 0 --layout sourceless"
	for _, test := range []struct {
		name, call string
		set        map[string]any
		rule       string
		cmd        []string // parts of the command
		want       pleaseRule
	}{
		{
			name: "library", call: `py_pyc_library(name = "x", srcs = ["a.py", ":gen"], deps = ["//y"], data = ["t.txt"])`,
			rule: "_x#pyc", cmd: []string{`"$TOOLS_PYC" compile ` + flags + " .", `--exclude_suffix=""`},
			want: pleaseRule{Srcs: []string{"a.py", ":gen"}, Outs: []string{".x.pex.zip"}, SrcListFiles: true},
		},
		{
			name: "what depends on it", call: `py_pyc_library(name = "x", srcs = ["a.py"], deps = ["//y"], data = ["t.txt"])`,
			rule: "x", want: pleaseRule{Srcs: []string{"t.txt", ":_x#pyc"}, Deps: []string{"//y"}},
		},
		{
			name: "no sources", call: `py_pyc_library(name = "x", deps = ["//y"], zip_safe = False, labels = ["l"])`,
			rule: "x", want: pleaseRule{Deps: []string{"//y"}, Labels: []string{"l", "py:zip-unsafe"}},
		},
		{
			name: "attributes", call: `py_pyc_library(name = "x", srcs = ["a.py"], layout = "pycache", optimize = 2, python_version = "3.13")`,
			rule: "_x#pyc", cmd: []string{"--python 3.13 --optimize 2 --layout pycache ."},
			want: pleaseRule{Srcs: []string{"a.py"}, Outs: []string{".x.pex.zip"}, SrcListFiles: true},
		},
		{
			name: "configuration", call: `py_pyc_library(name = "x", srcs = ["a.py"])`,
			set:  map[string]any{"LAYOUT": "sourceless", "OPTIMIZE": 1, "PYTHON_VERSION": "3.13", "INTERPRETER": []string{"3.12=//py:3.12", "3.13=//py:3.13"}},
			rule: "_x#pyc", cmd: []string{`--python 3.13 --optimize 1 --layout sourceless --interpreter 3.13="$TOOLS_PYTHON" .`, `--exclude_suffix=".py"`},
			want: pleaseRule{Srcs: []string{"a.py"}, Outs: []string{".x.pex.zip"}, SrcListFiles: true},
		},
		{
			name: "folder", call: `py_pyc_tree(name = "x", out = "o", deps = ["//y"], optimize = 1)`,
			rule: "x", cmd: []string{`compile --quiet --python 3.14 --optimize 1 --layout pycache "$OUTS"`},
			want: pleaseRule{Deps: []string{"//y"}, Outs: []string{"o"}, NeedsTransitiveDeps: true},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p.config["PYC"] = pluginDefaults(t)
			p.set("PYTHON_VERSION", "3.14")
			for key, value := range test.set {
				p.set(key, value)
			}
			got := p.rule(t, "", test.call, test.rule)
			for _, part := range test.cmd {
				if !strings.Contains(got.Cmd, part) {
					t.Errorf("%q is not in the command %q", part, got.Cmd)
				}
			}
			got = pleaseRule{
				Srcs: slices.Clip(got.Srcs), Outs: got.Outs, Deps: got.Deps, Labels: got.Labels,
				SrcListFiles: got.SrcListFiles, NeedsTransitiveDeps: got.NeedsTransitiveDeps,
			}
			if diff := cmp.Diff(test.want, got, cmpEmpty); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.call, diff)
			}
		})
	}
}

// cmpEmpty takes a list without elements for none.
var cmpEmpty = cmp.FilterValues(func(a, b []string) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())

// TestPleaseErrors shows what users are told who have set something wrong.
func TestPleaseErrors(t *testing.T) {
	p := newPlease(t)
	for _, test := range []struct {
		build, code string
		set         map[string]any
		want        string
	}{
		{code: `py_pyc_library(name = "x", srcs = ["a.py"], layout = "flat")`, want: `x: layout "flat" is none of legacy, sourceless, pycache`},
		{code: `py_pyc_library(name = "x", srcs = ["a.py"], optimize = 3)`, want: `x: optimize = 3 is not 0, 1 or 2`},
		{code: `py_pyc_library(name = "x", srcs = ["a.txt"])`, want: `x: the source a.txt is not a .py file`},
		{code: `py_pyc_tree(name = "x", deps = [], layout = "legacy")`, want: `x: layout "legacy" of a folder is not pycache or sourceless`},
		{
			code: `py_pyc_library(name = "x", srcs = ["a.py"])`, set: map[string]any{"PYTHON_VERSION": nil},
			want: `x: no Python version to compile for. Set python_version here, or PythonVersion = 3.14 in [Plugin "pyc"] of .plzconfig`,
		},
		{
			code: `py_pyc_library(name = "x", srcs = ["a.py"])`, set: map[string]any{"INTERPRETER": []string{"3.13"}},
			want: `Interpreter = 3.13 in [Plugin "pyc"] is not of the form VERSION=PROGRAM, such as 3.13=/usr/bin/python3.13`,
		},
		{
			build: "../please/tools/BUILD.plz",
			want:  `[Plugin "pyc"] of .plzconfig says neither which pyc to use (PycTool = /path/to/pyc) nor which release to download (Version = 0.1.0, and Hash = the SHA-256 of the download)`,
		},
		{
			build: "../please/tools/BUILD.plz", set: map[string]any{"VERSION": "0.1.0"},
			want: `[Plugin "pyc"] of .plzconfig has no Hash: the SHA-256 of pyc 0.1.0 for linux_amd64, and of each other platform that builds`,
		},
	} {
		p.config["PYC"] = pluginDefaults(t)
		p.set("PYTHON_VERSION", "3.14")
		for key, value := range test.set {
			p.set(key, value)
		}
		if _, got := p.evaluate(t, test.build, test.code); got != test.want {
			t.Errorf("%s%s with %v:\n got %q\nwant %q", test.build, test.code, test.set, got, test.want)
		}
	}
}

// TestPleaseDownload looks at the rule that downloads pyc.
func TestPleaseDownload(t *testing.T) {
	p := newPlease(t)
	p.set("VERSION", "0.1.0")
	p.set("HASH", []string{"00", "01"})
	got := p.rule(t, "../please/tools/BUILD.plz", "", "pyc")
	want := pleaseRule{
		Function: "remote_file", Name: "pyc", Hashes: []string{"00", "01"},
		URL: "https://github.com/rules-pyc/rules_pyc/releases/download/v0.1.0/pyc-0.1.0-linux_amd64",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestPleaseExample evaluates the BUILD files of the example.
func TestPleaseExample(t *testing.T) {
	p := newPlease(t)
	for build, want := range map[string][]string{
		"app":      {"_hello_sourceless#pyc", "hello", "hello_sourceless", "image", "main", "main_sourceless"},
		"greeting": {"_greeting#pyc", "greeting", "languages"},
		"plugins":  {"pyc", "python"},
	} {
		rules, failure := p.evaluate(t, "../examples/please/"+build+"/BUILD.plz", "")
		if failure != "" {
			t.Error(failure)
		}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(rules))); diff != "" {
			t.Errorf("rules of %s (-want +got):\n%s", build, diff)
		}
	}
}
