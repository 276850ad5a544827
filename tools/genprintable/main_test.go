package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const folder = "../../pyc/pyrepr"

func TestGeneratedFileIsCurrent(t *testing.T) {
	want, err := Generate(filepath.Join(folder, "data"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, "printable_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("printable_gen.go is not what the generator writes; run go generate ./pyc/pyrepr")
	}
}

func TestConfirmData(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		out, err := exec.Command(python, "-I", "-S", "dump.py").Output()
		if err != nil {
			t.Fatalf("running dump.py: %v", err)
		}
		committed, err := os.ReadFile(filepath.Join(folder, "data", v.String()+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(committed, out) {
			t.Errorf("the committed data of %v is not what the interpreter says", v)
		}
	})
}
