package cpython

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// namesProgram prints every string of a program that CPython interns when it
// compiles it: the names in it, and the string constants that look like names.
const namesProgram = `
import io, sys, tokenize
text = sys.stdin.read()
names = {t.string for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.NAME}
def add(const):
    if isinstance(const, str) and const.isascii() and const.replace('_', 'a').isalnum():
        names.add(const)
def visit(code):
    names.update(code.co_names + code.co_varnames + code.co_cellvars + code.co_freevars)
    if sys.version_info >= (3, 13):
        names.update((code.co_name, code.co_qualname, code.co_filename))
    for const in code.co_consts:
        if isinstance(const, str):
            add(const)
        elif isinstance(const, tuple):
            for item in const:
                add(item)
        elif hasattr(const, 'co_code'):
            visit(const)
visit(compile(text, '<string>', 'exec'))
print('\n'.join(sorted(names)))
`

// internedProgram prints those of the lines that it reads that are not
// interned in a process that has imported py_compile. Its own names begin as
// no other's do.
const internedProgram = `
import py_compile, sys
for pyc_test_line in sys.stdin.buffer.read().split(b'\n'):
    pyc_test_copy = pyc_test_line.decode()
    if sys.intern(pyc_test_copy) is pyc_test_copy:
        sys.stdout.write(pyc_test_copy + '\n')
`

// run runs a Python program as the reference process runs.
func run(t *testing.T, python, program, stdin string) string {
	t.Helper()
	cmd := exec.Command(python, "-I", "-S", "-B", "-c", program)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running %s: %v", python, err)
	}
	return string(out)
}

func TestDriverInternsNothing(t *testing.T) {
	testpython.Each(t, func(t *testing.T, _ pyver.Version, python string) {
		names := run(t, python, namesProgram, driver)
		for _, known := range []string{"waitpid", "py_compile", "surrogateescape", "_bootstrap_external"} {
			if !slices.Contains(strings.Split(names, "\n"), known) {
				t.Errorf("%q is not among the driver's names", known)
			}
		}
		const unheardOf = "unheardOf"
		got := strings.Fields(run(t, python, internedProgram, strings.TrimSuffix(names, "\n")+"\n"+unheardOf))
		if !slices.Equal(got, []string{unheardOf}) {
			t.Errorf("not interned in a fresh process: %q; want only %q", got, unheardOf)
		}
	})
}
