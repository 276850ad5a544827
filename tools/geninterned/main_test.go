package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func TestConfirmLists(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		want, err := os.ReadFile(filepath.Join("../../compiler/internal/target/interned", v.String()+".txt"))
		if os.IsNotExist(err) {
			t.Skip("the version has no list")
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := Generate(python)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("the committed list of %v is not what the interpreter says; run go generate ./compiler/internal/target", v)
		}
	})
}
