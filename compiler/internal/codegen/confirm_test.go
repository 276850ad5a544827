package codegen_test

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed testdata/oracle.py
var oracleScript string

// maxShown bounds how many files that differ are described.
const maxShown = 10

// TestConfirm compares the instructions of all units of an interpreter's
// standard library, its tests included, with the interpreter's own, before the
// flow graph.
func TestConfirm(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a whole standard library")
	}
	v := pyver.V314
	python := testpython.Get(t, v)
	o := newOracle(t, python)
	d := newDumper(v)
	files := sources(t, testpython.Stdlib(t, python))
	equal, shown := 0, 0
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got := d.dump(src, 0)
		sum := sha256.Sum256([]byte(got))
		if hex.EncodeToString(sum[:]) == o.ask(t, "H", 0, path) {
			equal++
			continue
		}
		if shown++; shown <= maxShown {
			t.Errorf("%s:\n%s", path, difference(got, o.ask(t, "F", 0, path)))
		}
	}
	t.Logf("%d files, %d equal", len(files), equal)
	if equal == 0 || equal != len(files) {
		t.Fail()
	}
}

// difference shows the first line where two texts differ, and the lines before.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	const before, after = 6, 3
	start := max(0, i-before)
	return fmt.Sprintf("after %q\ngot  %q\nwant %q", g[start:min(i, len(g))], g[min(i, len(g)):min(i+after, len(g))], w[min(i, len(w)):min(i+after, len(w))])
}

// An oracle is an interpreter that answers requests about source files.
type oracle struct {
	in  io.WriteCloser
	out *bufio.Reader
}

func newOracle(t testing.TB, python string) *oracle {
	t.Helper()
	cmd := exec.Command(python, "-I", "-S", "-B", "-X", "utf8", "-W", "ignore", "-c", oracleScript)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", python, err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", python, err)
		}
	})
	return &oracle{in, bufio.NewReaderSize(out, 1<<16)}
}

// ask sends a request and returns the answer.
func (o *oracle) ask(t testing.TB, kind string, level int, path string) string {
	t.Helper()
	if _, err := fmt.Fprintf(o.in, "%s %d %s\n", kind, level, path); err != nil {
		t.Fatalf("asking about %s: %v", path, err)
	}
	line, err := o.out.ReadString('\n')
	if err != nil {
		t.Fatalf("asking about %s: %v", path, err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("asking about %s: %v", path, err)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(o.out, text); err != nil {
		t.Fatalf("asking about %s: %v", path, err)
	}
	return string(text)
}

// sources lists the Python files under a folder, without those of installed
// packages.
func sources(t testing.TB, root string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "site-packages" || d.Name() == "dist-packages"):
			return fs.SkipDir
		case strings.HasSuffix(path, ".py"):
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				files = append(files, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("listing %s: %v", root, err)
	}
	return files
}
