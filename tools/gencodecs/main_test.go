package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// tables is where the generated files are.
const tables = "../../compiler/internal/source"

// TestCurrent compares what is generated from each interpreter alone with what
// the generated files say of its version.
func TestCurrent(t *testing.T) {
	committed, err := os.ReadFile(filepath.Join(tables, "codecs_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		d, err := ask(python)
		if err != nil {
			t.Fatal(err)
		}
		files, err := write([]*dump{d})
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range files {
			want := ofVersion(committed, v)
			if name != "codecs_gen.go" {
				if want, err = os.ReadFile(filepath.Join(tables, filepath.FromSlash(name))); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not what gencodecs makes of %s:\n%s", name, python, cmp.Diff(lines(want), lines(got)))
			}
		}
	})
}

// row is a line of the tables with the versions that it is for.
var row = regexp.MustCompile(`(?m)^(\t\{"[^"]*", (?:"[^"]*", \w+, \w+, )?)(0x[0-9a-f]+)([,}].*\n)`)

// ofVersion leaves out the lines of other versions, and has the version be the
// only one in the rest.
func ofVersion(source []byte, v pyver.Version) []byte {
	return row.ReplaceAllFunc(source, func(line []byte) []byte {
		part := row.FindSubmatch(line)
		versions, _ := strconv.ParseUint(string(part[2]), 0, 16)
		if versions>>(v-pyver.First)&1 == 0 {
			return nil
		}
		return append(append(part[1], "0x1"...), part[3]...)
	})
}

func lines(b []byte) []string {
	var list []string
	for line := range bytes.Lines(b) {
		list = append(list, string(line))
	}
	return list
}
