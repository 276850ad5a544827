package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const (
	folder = "../../compiler/internal/unidata"
	data   = folder + "/data"
)

func TestGeneratedFilesAreCurrent(t *testing.T) {
	files, err := Generate(data)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes; run go generate ./compiler/internal/unidata", name)
		}
	}
}

// TestMerge takes the facts apart into dumps, which are to merge to the same.
func TestMerge(t *testing.T) {
	all, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	dumps := t.TempDir()
	for _, v := range pyver.All() {
		if err := os.WriteFile(filepath.Join(dumps, v.String()+".txt"), []byte(dump(all, v)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := Merge(dumps)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range files {
		want, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s does not merge to itself", name)
		}
	}
}

// dump returns the facts of a version as dump.py prints them.
func dump(all []Fact, v pyver.Version) string {
	var b strings.Builder
	for _, f := range all {
		if f.versions.has(v) {
			b.WriteString(f.Line() + "\n")
		}
	}
	return b.String()
}

func TestConfirmFacts(t *testing.T) {
	all, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		out, err := exec.Command(python, "-I", "-S", "dump.py").Output()
		if err != nil {
			t.Fatalf("running dump.py: %v", err)
		}
		if want := dump(all, v); want != string(out) {
			t.Errorf("the committed facts of %v are not what the interpreter says (-committed +interpreter):\n%s",
				v, cmp.Diff(different(want, string(out)), different(string(out), want)))
		}
	})
}

// different returns the first lines of a that b does not have.
func different(a, b string) []string {
	has := map[string]bool{}
	for line := range strings.Lines(b) {
		has[line] = true
	}
	var lines []string
	for line := range strings.Lines(a) {
		if !has[line] && len(lines) < 20 {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestReadErrors(t *testing.T) {
	for name, line := range map[string]string{
		"no set":        "start 000041..00005A",
		"set too large": "fff start 000041..00005A",
		"no value":      "1f start",
	} {
		t.Run(name, func(t *testing.T) {
			if err := generate(t, line, ""); err == nil || !strings.Contains(err.Error(), "facts.txt") {
				t.Errorf("reading %q: got error %v, want one that names facts.txt", line, err)
			}
		})
	}
}

func TestPackErrors(t *testing.T) {
	for name, tt := range map[string]struct{ facts, names, want string }{
		"no code point":      {"1f start 0041..XYZ", "", "packing classes"},
		"no combining class": {"1f combining 000300..000314 256", "", "packing classes"},
		"half a composition": {"1f compose 000041 000300", "", "packing normalization"},
		"two characters":     {"", "1f name 000041 LETTER\n1f name 000042 LETTER", "two characters"},
		"jamo of a version":  {"10 jamo 0 00 G", "", "every version"},
		"jamo out of order":  {"1f jamo 0 01 G", "", "next part"},
		"a column too many":  {"1f jamo 3 00 G", "", "every version"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := generate(t, tt.facts, tt.names); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// generate generates from the two files of facts.
func generate(t *testing.T, facts, names string) error {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{factsFile: facts, namesFile: names} {
		if content != "" {
			content += "\n"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Generate(dir)
	return err
}
