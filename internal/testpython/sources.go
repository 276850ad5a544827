package testpython

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Sources lists the Python files under a folder, without those of installed
// packages.
func Sources(t testing.TB, root string) []string {
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

// Sample returns one of so many files, or all of them if PYC_TEST_STDLIB is set,
// for tests that would take minutes otherwise. It logs how many those are.
func Sample(t testing.TB, files []string, every int) []string {
	t.Helper()
	if os.Getenv("PYC_TEST_STDLIB") != "" {
		return files
	}
	var some []string
	for i := 0; i < len(files); i += every {
		some = append(some, files[i])
	}
	t.Logf("%d of %d files; PYC_TEST_STDLIB=1 takes all", len(some), len(files))
	return some
}

// Difference shows the first line in which two texts differ, with the lines
// before it.
func Difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	var b strings.Builder
	for _, line := range w[max(0, i-3):i] {
		b.WriteString("      " + clip(line) + "\n")
	}
	if i < len(g) {
		b.WriteString("got   " + clip(g[i]) + "\n")
	}
	if i < len(w) {
		b.WriteString("want  " + clip(w[i]) + "\n")
	}
	return b.String()
}

// maxLine is how much of a line Difference shows, in bytes.
const maxLine = 1500

func clip(line string) string {
	if len(line) > maxLine {
		return line[:maxLine] + "…"
	}
	return line
}
