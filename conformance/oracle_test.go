package conformance

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

//go:embed astdump.py
var astDump string

// An oracle is an interpreter that answers requests about source files.
type oracle struct {
	in  io.WriteCloser
	out *bufio.Reader
}

// newOracle starts an interpreter. It ends with the test.
func newOracle(t testing.TB, python string) *oracle {
	t.Helper()
	cmd := exec.Command(python, "-I", "-S", "-B", "-X", "utf8", "-c", astDump)
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
func (o *oracle) ask(t testing.TB, letter, path string) string {
	t.Helper()
	if _, err := fmt.Fprintf(o.in, "%s %s\n", letter, path); err != nil {
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
