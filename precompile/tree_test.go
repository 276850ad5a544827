package precompile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/precompile"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, path := range []string{
		"src/b.py", "src/a.py", "src/pkg/__init__.py", "src/pkg/__pycache__/x.py", "src/pkg/data.txt",
		"src/.hidden/h.py", "other/script", "other/mod.py", "src/dir.py/inner.py",
	} {
		write(t, path, "")
	}
	for _, link := range [][2]string{{"../other", "src/linked"}, {"../other/mod.py", "src/link.py"}, {"../../src", "src/pkg/up.py"}, {"src", "tree"}} {
		if err := os.Symlink(link[0], link[1]); err != nil {
			t.Fatal(err)
		}
	}
	in := func(root string, rels ...string) (files []precompile.File) {
		for _, rel := range rels {
			files = append(files, precompile.File{Path: filepath.Join(root, rel), Root: root, Rel: rel})
		}
		return files
	}
	all := []string{".hidden/h.py", "a.py", "b.py", "dir.py/inner.py", "link.py", "pkg/__init__.py"}
	for _, test := range []struct {
		operand string
		want    []precompile.File
	}{
		{"src", in("src", all...)},
		{"src/", in("src/", all...)},
		{"tree", in("tree", all...)},
		{"src/pkg", in("src/pkg", "__init__.py")},
		{"other/script", in("other", "script")},
		{"src/a.py", in("src", "a.py")},
		{"other", in("other", "mod.py")},
	} {
		t.Run(test.operand, func(t *testing.T) {
			got, err := precompile.Find([]string{test.operand})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	got, err := precompile.Find([]string{"none.py", "src/a.py", "none"})
	if err == nil || len(got) != 1 {
		t.Errorf("got %v, %v; want one file and an error about the others", got, err)
	}
}
