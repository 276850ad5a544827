package e2e

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
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
	python := testpython.Get(t, pyver.V314)
	pyc := pycCommand(t)
	dir := t.TempDir()
	source := filepath.Join(dir, "module.py")
	write(t, source, "x = 1\n")
	built := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(source, built, built); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		args  []string
		stale map[string]bool // by time zone
	}{
		{
			"python -m compileall",
			[]string{python, "-m", "compileall", "-q", "-b", "-f", "--invalidation-mode", "timestamp", source},
			map[string]bool{"UTC": false, "Asia/Tokyo": true, "America/New_York": true},
		},
		{
			"pyc compile",
			[]string{pyc, "compile", "-q", "--layout", "sourceless", source},
			map[string]bool{"UTC": false, "Asia/Tokyo": false, "America/New_York": false},
		},
	} {
		if out, err := exec.Command(test.args[0], test.args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", test.name, err, out)
		}
		archive := zipIn(t, dir, built, "module.py", "module.pyc")
		for zone, want := range test.stale {
			command := exec.Command(python, "-S", "-v", "-c", "import module")
			command.Env = []string{"PYTHONPATH=" + archive, "TZ=" + zone}
			out, err := command.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "import 'module'") {
				t.Fatalf("importing the module: %v\n%s", err, out)
			}
			if got := strings.Contains(string(out), "bytecode is stale for 'module'"); got != want {
				t.Errorf("%s, TZ=%s: stale is %v, want %v", test.name, zone, got, want)
			}
		}
	}
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
