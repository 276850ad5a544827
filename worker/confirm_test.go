package worker_test

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/worker"
)

// reference compiles one file, or prints the error as the interpreter does.
const reference = `
import py_compile, sys, traceback
name = sys.argv[1]
try:
    compile(open(name, "rb").read(), name, "exec", dont_inherit=True)
except Exception as e:
    sys.exit("".join(traceback.format_exception_only(type(e), e)))
py_compile.compile(name, "want.pyc", dfile=name, doraise=True, optimize=0,
                   invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
`

// A worker with a real interpreter behind it writes what py_compile writes, and
// says what the interpreter says, except that it always names the file.
func TestConfirm(t *testing.T) {
	files := map[string]string{
		"good.py": "def f(x):\n    \"\"\"Doc.\"\"\"\n    return [x * 2 for x in x]\n",
		"bad.py":  "def f(:\n    pass\n",
		"tab.py":  "if x:\n\ty\n        z\n",
		"null.py": "x = 1\x00\n",
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		t.Chdir(t.TempDir())
		if err := os.MkdirAll("box/pkg", 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			if err := os.WriteFile("box/pkg/"+name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		pool := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}})
		defer pool.Close()
		s := serve(env{t, protoForm}, worker.NewHandler(pool, nil, 0, slog.New(slog.DiscardHandler)), worker.Options{})
		for name := range files {
			cmd := exec.Command(python, "-I", "-S", "-B", "-c", reference, "pkg/"+name)
			cmd.Dir = "box"
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			runErr := cmd.Run()

			req := request(1, "--src=pkg/"+name, "--src_name=elsewhere/"+name, "--pyc=got.pyc", "--python_version="+v.String())
			if name == "good.py" {
				req.Arguments[1] = "--src_name=pkg/" + name // it is in the bytes
			}
			req.SandboxDir = "box"
			s.send(req)
			resp := s.next()
			said := strings.TrimSpace(stderr.String())
			if said != "" && !strings.Contains(said, name) {
				said = "pkg/" + name + ": " + said
			}
			if (resp.GetExitCode() == 0) != (runErr == nil) || strings.TrimSpace(resp.GetOutput()) != said {
				t.Errorf("%s: response is %v, but the interpreter says %v:\n%s", name, resp, runErr, said)
			}
			if runErr != nil {
				continue
			}
			got, errGot := os.ReadFile("box/got.pyc")
			want, errWant := os.ReadFile("box/want.pyc")
			if errGot != nil || errWant != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %x (%v), want %x (%v)", name, got, errGot, want, errWant)
			}
		}
		s.endWithoutError()
	})
}
