// Command geninterned writes the lists of the strings that are interned in a
// fresh process of each CPython version, which decide a few bits of .pyc files.
// It asks the interpreters that internal/testpython finds:
//
//	geninterned -out compiler/internal/target/interned
package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed candidates.py
var candidates string

//go:embed probe.py
var probe string

func main() {
	out := flag.String("out", "interned", "folder to write to")
	only := flag.String("python", "", "the only version to write, such as 3.14")
	flag.Parse()
	for _, v := range pyver.All() {
		if *only != "" && *only != v.String() {
			continue
		}
		if err := write(*out, v); err != nil {
			fmt.Fprintf(os.Stderr, "geninterned: %v: %v\n", v, err)
			os.Exit(1)
		}
	}
}

func write(folder string, v pyver.Version) error {
	python, err := testpython.Find(v)
	if err != nil {
		return err
	}
	list, err := Generate(python)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, v.String()+".txt"), list, 0o644)
}

// Generate returns the strings that are interned in a fresh process of the
// interpreter, in byte order, one on a line.
func Generate(python string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "geninterned")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left of it is in the folder for temporary files
	lines, err := run(python, filepath.Join(dir, "candidates.py"), candidates, nil)
	if err != nil {
		return nil, err
	}
	return run(python, filepath.Join(dir, "probe.py"), probe, lines)
}

func run(python, path, script string, input []byte) ([]byte, error) {
	if err := os.WriteFile(path, []byte(script), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command(python, "-I", "-S", "-B", path)
	cmd.Stdin = bytes.NewReader(input)
	cmd.Stderr = os.Stderr
	list, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("running %s: %w", filepath.Base(path), err)
	}
	return list, nil
}
