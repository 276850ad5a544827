// Command gencodecs writes package source's tables of text encodings from what
// dump.py reads out of real interpreters, one of each version.
//
//	gencodecs -out compiler/internal/source python3.11 python3.12 python3.13 python3.14 python3.15
package main

import (
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"

	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed dump.py
var script string

func main() {
	out := flag.String("out", "compiler/internal/source", "folder to write into")
	flag.Parse()
	if err := run(*out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "gencodecs:", err)
		os.Exit(1)
	}
}

// A dump is what an interpreter says, see dump.py.
type dump struct {
	Version  string
	Names    map[string][2]any
	Other    []string
	Stateful []string
	Bytewise map[string]struct {
		Table []rune
		Error []string
	}
	Multibyte map[string][]int
	Ranges    [][3]int
	Jamo      [3][]int
}

func run(folder string, pythons []string) error {
	files, err := Generate(pythons)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Generate returns the files by their names in the folder of package source.
// There must be an interpreter of each version, in order.
func Generate(pythons []string) (map[string][]byte, error) {
	if len(pythons) != len(pyver.All()) {
		return nil, fmt.Errorf("there are %d interpreters, need one of each of %v", len(pythons), pyver.All())
	}
	var dumps []*dump
	for i, v := range pyver.All() {
		d, err := ask(pythons[i])
		if err != nil {
			return nil, fmt.Errorf("asking %s: %w", pythons[i], err)
		}
		if d.Version != v.String() {
			return nil, fmt.Errorf("%s is %s, not %v", pythons[i], d.Version, v)
		}
		dumps = append(dumps, d)
		first := dumps[0]
		if !reflect.DeepEqual(d.Multibyte, first.Multibyte) || !reflect.DeepEqual(d.Ranges, first.Ranges) || !reflect.DeepEqual(d.Jamo, first.Jamo) {
			return nil, fmt.Errorf("the encodings of several bytes differ between %s and %v: give the tables versions", first.Version, v)
		}
	}
	return write(dumps)
}

func ask(python string) (*dump, error) {
	cmd := exec.Command(python, "-I", "-S", "-B", "-W", "ignore", "-c", script)
	cmd.Stderr = os.Stderr
	content, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	d := new(dump)
	return d, json.Unmarshal(content, d)
}
