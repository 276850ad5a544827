package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExitCodes holds the difference between a wrong command line and work that
// failed. None of these command lines gets as far as an interpreter.
func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for path, text := range map[string]string{"a.py": "x = 1\n", "tree/a.py": "", "tree/a/b.py": "", "junk.pyc": "junk", "bad.py": "x = = 1\n", "empty/x": ""} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		args string
		code int
		want string // in the output, on stdout if the code is 0, else on stderr
	}{
		{"version", exitOK, "Python 3.14: magic number 3627, cpython-314"},
		{"--help", exitOK, "Exit codes:"},
		{"compile --help", exitOK, "--invalidation-mode"},
		{"worker --help", exitOK, "--src_name"},
		{"completion bash", exitOK, "complete"},
		{"compile empty", exitOK, ""},
		{"compile", exitUsage, "requires at least 1 arg"},
		{"frobnicate", exitUsage, `unknown command "frobnicate"`},
		{"compile --frobnicate a.py", exitUsage, "unknown flag: --frobnicate"},
		{"compile --python 3.10 a.py", exitUsage, `unsupported Python version "3.10"; supported are 3.11, 3.12, 3.13, 3.14, 3.15`},
		{"compile --python 3.14,nonsense a.py", exitUsage, "nonsense"},
		{"compile -O 3 a.py", exitUsage, "optimisation level 3 is not 0, 1 or 2"},
		{"compile -O two a.py", exitUsage, "two"},
		{"compile --layout flat a.py", exitUsage, `layout "flat" is not pycache or sourceless`},
		{"compile --invalidation-mode never a.py", exitUsage, `invalidation mode "never"`},
		{"compile -d x -s y a.py", exitUsage, "--destdir cannot be combined"},
		{"compile -s nowhere a.py", exitUsage, "--stripdir nowhere is not the beginning of a.py"},
		{"compile --interpreter python3 a.py", exitUsage, "is not VERSION=PATH"},
		{"compile --timeout soon a.py", exitUsage, "soon"},
		{"compile --layout sourceless -O 0,1 a.py", exitUsage, "a.pyc would be written twice: from a.py and from a.py"},
		{"compile --layout sourceless --python 3.13,3.14 a.py", exitUsage, "a.pyc would be written twice"},
		{"compile --out o a.py tree", exitUsage, "would be written twice: from a.py and from tree/a.py"},
		{"compile --layout sourceless junk.pyc", exitUsage, "junk.pyc"},
		{"compile none.py", exitFailed, "none.py: no such file or directory"},
		{"compile --python 3.13 --interpreter 3.13=/nonexistent/python a.py", exitFailed, "/nonexistent/python"},
		{"compile --compiler cpython --interpreter 3.14=/nonexistent/python a.py", exitFailed, "/nonexistent/python"},
		{"compile --interpreter 3.14=/nonexistent/python a.py", exitOK, ""},
		{"compile --compiler native --python 3.11 a.py", exitFailed, "does not compile for Python 3.11"},
		{"compile --compiler rust a.py", exitUsage, `--compiler "rust" is none of auto, native, cpython`},
		{"worker --compiler rust", exitUsage, "none of auto, native, cpython"},
		{"worker --interpreter", exitUsage, "--interpreter needs a value"},
		{"worker --timeout=soon", exitUsage, "soon"},
		{"compileall --help", exitOK, "--hardlink-dupes"},
		{"compileall --help", exitOK, "--interpreter"},
		{"compileall -q a.py", exitOK, ""},
		{"compileall none", exitOK, "Can't list 'none'"},
		{"compileall --nonsense a.py", exitUsage, "pyc compileall: error: unrecognized arguments: --nonsense"},
		{"compileall --python 3.10 a.py", exitUsage, `unsupported Python version "3.10"`},
		{"compileall --python", exitUsage, "--python needs a value"},
		{"compileall --compiler rust a.py", exitUsage, "none of auto, native, cpython"},
		{"compileall -x (?a)b a.py", exitFailed, "pyc compileall: -x (?a)b: the flags a and L are not supported"},
		{"compileall -f --compiler native --python 3.11 a.py", exitFailed, "does not compile for Python 3.11"},
		{"compileall --python 3.11 --interpreter 3.11=/nonexistent/python", exitFailed, "sys.path would be compiled: finding Python 3.11"},
		{"__complete compileall --hard", exitOK, "--hardlink-dupes"},
		{"__complete compileall --py", exitOK, "--python"},
		{"inspect", exitUsage, "requires at least 1 arg"},
		{"inspect none.pyc", exitFailed, "none.pyc"},
		{"inspect junk.pyc", exitFailed, "junk.pyc"},
		{"inspect tree", exitFailed, "tree is not a regular file"},
		{"dis junk.pyc", exitFailed, "junk.pyc"},
		{"dump tree/a.py", exitOK, "Module("},
		{"dump --stage tokens a.py", exitOK, "NAME\t\"x\""},
		{"dump --stage bytes a.py", exitUsage, "--stage bytes is none of [tokens ast]"},
		{"dump bad.py", exitFailed, "File \"bad.py\", line 1"},
		{"verify --help", exitOK, "--interpreter"},
		{"verify", exitUsage, "requires at least 1 arg"},
		{"verify --python 3.11 a.py", exitUsage, "the native compiler does not compile for 3.11, so there is nothing to verify"},
		{"verify --python 3.10 a.py", exitUsage, `unsupported Python version "3.10"`},
		{"verify -O 3 a.py", exitUsage, "optimisation level 3 is not 0, 1 or 2"},
		{"verify --interpreter python3 a.py", exitUsage, "is not VERSION=PATH"},
		{"verify --interpreter 3.14=/nonexistent/python a.py", exitFailed, "/nonexistent/python"},
		{"dis -O 4 a.py", exitUsage, "optimisation level 4"},
	} {
		t.Run(test.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), strings.Fields(test.args), strings.NewReader(""), &stdout, &stderr)
			output := &stderr
			if test.code == exitOK {
				output = &stdout
			}
			if code != test.code || !strings.Contains(output.String(), test.want) {
				t.Errorf("exit code %d, want %d; output\n%s\nwant %q in it\n(stderr: %s)", code, test.code, output, test.want, &stderr)
			}
			if strings.Contains(stderr.String(), "goroutine ") {
				t.Errorf("a stack trace reached the user:\n%s", &stderr)
			}
		})
	}
}

func TestProgressBar(t *testing.T) {
	for _, test := range []struct {
		done, total int
		want        string
	}{
		{0, 3, "[..............................] 0/3 sources"},
		{1, 3, "[##########....................] 1/3 sources"},
		{1999, 2000, "[#############################.] 1999/2000 sources"},
		{3, 3, "[##############################] 3/3 sources"},
	} {
		if got := progressBar(test.done, test.total); got != test.want {
			t.Errorf("%d of %d: got %q, want %q", test.done, test.total, got, test.want)
		}
	}
}
