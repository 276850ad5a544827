// Package golden reads the expected values of tests: archives in which real
// CPythons have written what they make of small sources.
//
// An archive is a comment, a file in.py with the sources, separated by lines
// "# ---", and a file for each group of versions that agree, named by the
// versions ("3.11 3.12"), with what they make of each source, separated by lines
// "---". tools/goldens/cases.py writes all but in.py.
package golden

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rules-pyc/rules_pyc/pyver"
)

const (
	input           = "in.py"
	sourceSeparator = "# ---\n"
	answerSeparator = "---\n"
)

// A Case is a source and what one version makes of it.
type Case struct {
	Source, Want string
}

// Each runs f as a subtest for every archive that matches the pattern and every
// version in it, with the archive's cases.
func Each(t *testing.T, pattern string, f func(t *testing.T, v pyver.Version, cases []Case)) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("looking for archives %s: found none (%v)", pattern, err)
	}
	for _, path := range paths {
		sources, answers := read(t, path)
		t.Run(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), func(t *testing.T) {
			for _, v := range pyver.All() {
				list, ok := answers[v.String()]
				if !ok {
					continue
				}
				if len(list) != len(sources) {
					t.Fatalf("%s: %d sources and %d answers of %v; run tools/goldens/cases.py", path, len(sources), len(list), v)
				}
				cases := make([]Case, len(sources))
				for i := range sources {
					cases[i] = Case{sources[i], list[i]}
				}
				t.Run(v.String(), func(t *testing.T) { f(t, v, cases) })
			}
		})
	}
}

// Sources returns all sources of the archives that match the pattern: seeds for
// fuzzing.
func Sources(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, path := range paths {
		sources, _ := read(t, path)
		all = append(all, sources...)
	}
	return all
}

// read returns the sources of an archive and the answers of each version.
func read(t testing.TB, path string) (sources []string, answers map[string][]string) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	answers = map[string][]string{}
	for _, file := range archive.Files {
		if file.Name == input {
			sources = strings.Split(string(file.Data), sourceSeparator)
			continue
		}
		for _, v := range strings.Fields(file.Name) {
			answers[v] = strings.Split(string(file.Data), answerSeparator)
		}
	}
	return sources, answers
}
