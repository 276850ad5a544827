package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// asCommand is the variable that makes the test binary the command, under
// whatever name it is started.
const asCommand = "PYC_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"pyc": main})
}

// TestScript runs the command lines of testdata/script. A script finds the
// interpreters as $PYTHON_3_14; one that starts with "[!python3.14] skip" needs
// that interpreter.
func TestScript(t *testing.T) {
	testdata, err := filepath.Abs("../../pyc/testdata")
	if err != nil {
		t.Fatal(err)
	}
	pythons := map[pyver.Version]string{}
	for _, v := range pyver.All() {
		if path, err := testpython.Find(v); err == nil {
			pythons[v] = path
		}
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PYC_TESTDATA", testdata)
			// A PATH with pyc and nothing else.
			env.Setenv("PYC_PATH", filepath.SplitList(env.Getenv("PATH"))[0])
			for v, path := range pythons {
				env.Setenv("PYTHON_"+strings.ReplaceAll(v.String(), ".", "_"), path)
			}
			return nil
		},
		Condition: func(condition string) (bool, error) {
			v, err := pyver.Parse(strings.TrimPrefix(condition, "python"))
			return pythons[v] != "", err
		},
	})
}
