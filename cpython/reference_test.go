package cpython_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// freshProgram is the declared reference: one file in one process. Its names
// are those of py_compile itself, so that it interns no others.
const freshProgram = `import py_compile, sys
py_compile.compile(sys.argv[1], sys.argv[2], sys.argv[3], True, int(sys.argv[4]), py_compile.PycInvalidationMode.UNCHECKED_HASH)`

// fresh compiles a source in a process that has just been started. It returns
// the marshalled code, or nil and what the process printed.
func fresh(tb testing.TB, python string, source []byte, filename string, optimize int) ([]byte, string) {
	tb.Helper()
	dir := tb.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, source, 0o600); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(python, "-I", "-S", "-B", "-c", freshProgram, in, out, filename, strconv.Itoa(optimize))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
			tb.Fatalf("running %s for %s: %v\n%s", python, filename, err, stderr.String())
		}
		return nil, stderr.String()
	}
	pyc, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	return pyc[16:], stderr.String()
}

// diagnoseProgram visits the folders that it is given. In each it compiles a
// file under its own name, so that CPython finds the lines that it prints, and
// says what it raised and printed, and then what it raises where the file
// cannot be found.
const diagnoseProgram = `
import io, json, linecache, os, py_compile, sys, traceback

def attempt(path, name):
    linecache.clearcache()
    try:
        py_compile.compile(path, 'out', name, True, 0, py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except Exception as error:
        if isinstance(error, py_compile.PyCompileError):
            error = error.exc_value
        raised = dict(Class=type(error).__name__, Message=str(error), Filename=name)
        raised['Rendered'] = ''.join(traceback.format_exception_only(type(error), error))
        if isinstance(error, SyntaxError):
            raised.update(
                Message=error.msg, Line=error.lineno or 0, Offset=error.offset or 0,
                EndLine=error.end_lineno or 0, EndOffset=error.end_offset or 0, Text=error.text or '')
        return raised

diagnoses = []
for folder in sys.argv[2:]:
    os.chdir(folder)
    sys.stderr = io.StringIO()
    found = attempt(sys.argv[1], sys.argv[1])
    warnings = sys.stderr.getvalue()
    os.rename(sys.argv[1], 'elsewhere')
    diagnoses.append(dict(Found=found, Warnings=warnings, Unfound=attempt('elsewhere', sys.argv[1])))
print(json.dumps(diagnoses))
`

// A diagnosis is what CPython says of a source: the errors that it raises when
// the file can be found under its name and when it cannot, if any, and the
// warnings that it prints.
type diagnosis struct {
	Found, Unfound *compiler.SyntaxError
	Warnings       string
}

// diagnose returns CPython's diagnoses of sources that have the same name.
func diagnose(tb testing.TB, python, filename string, sources []string) []diagnosis {
	tb.Helper()
	dir := tb.TempDir()
	args := []string{"-I", "-S", "-B", "-c", diagnoseProgram, filename}
	for i, source := range sources {
		folder := filepath.Join(dir, strconv.Itoa(i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, filename), []byte(source), 0o600); err != nil {
			tb.Fatal(err)
		}
		args = append(args, folder)
	}
	cmd := exec.Command(python, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("running %s: %v\n%s", python, err, stderr.String())
	}
	var diagnoses []diagnosis
	if err := json.Unmarshal(out, &diagnoses); err != nil {
		tb.Fatalf("reading what %s says: %v\n%s", python, err, out)
	}
	return diagnoses
}
