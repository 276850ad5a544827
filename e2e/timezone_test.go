package e2e

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestTimeZone shows what time stamps do in zips: Python reads the times in a
// zip, which say nothing of a time zone, as local ones, and so compiles again,
// at each start, what was made in another zone. The bytecode of pyc is used in
// all of them.
func TestTimeZone(t *testing.T) {
	pyc := pycCommand(t)
	for _, v := range []pyver.Version{pyver.V313, pyver.V314} {
		t.Run(v.String(), func(t *testing.T) {
			python := testpython.Get(t, v)
			own := []string{"--python", v.String(), "--interpreter", v.String() + "=" + python}
			stale := map[string]bool{"UTC": false, "Asia/Tokyo": true, "America/New_York": true}
			never := map[string]bool{"UTC": false, "Asia/Tokyo": false, "America/New_York": false}
			for _, test := range []struct {
				args  []string
				stale map[string]bool // by time zone
			}{
				{[]string{python, "-m", "compileall", "-qbf", "--invalidation-mode", "timestamp"}, stale},
				{slices.Concat([]string{pyc, "compileall"}, own, []string{"-qbf", "--invalidation-mode", "timestamp"}), stale},
				{slices.Concat([]string{pyc, "compileall"}, own, []string{"-qbf", "--invalidation-mode", "unchecked-hash"}), never},
				{slices.Concat([]string{pyc, "compile"}, own, []string{"-q", "--layout", "sourceless"}), never},
			} {
				archive := builtInUTC(t, test.args)
				for zone, want := range test.stale {
					for range 2 { // every start, for a zip is not written to
						if got := isStale(t, python, archive, zone); got != want {
							t.Errorf("%s, TZ=%s: stale is %v, want %v", test.args, zone, got, want)
						}
					}
				}
			}
		})
	}
}

// builtInUTC has a command compile a module and packs it, all with one time, in
// UTC.
func builtInUTC(t *testing.T, command []string) string {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "module.py")
	write(t, source, "x = 1\n")
	built := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(source, built, built); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(command[0], append(command[1:], source)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return zipIn(t, dir, built, "module.py", "module.pyc")
}

// isStale imports the module of a zip in a time zone and reports whether Python
// says that its bytecode is stale.
func isStale(t *testing.T, python, archive, zone string) bool {
	t.Helper()
	command := exec.Command(python, "-S", "-v", "-c", "import module")
	command.Env = []string{"PYTHONPATH=" + archive, "TZ=" + zone}
	out, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "import 'module'") {
		t.Fatalf("importing the module: %v\n%s", err, out)
	}
	return strings.Contains(string(out), "bytecode is stale for 'module'")
}

// zipIn packs files of a folder, with a time that is the same for all.
func zipIn(t *testing.T, dir string, modified time.Time, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Modified: modified})
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(t.TempDir(), "modules.zip")
	write(t, archive, b.String())
	return archive
}
