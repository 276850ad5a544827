package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// features builds what the example has none of: sources that targets share,
// sources of another package, and folders of generated sources.
func (c *checkout) features(t *testing.T) {
	if err := os.CopyFS(filepath.Join(c.dir, "features"), os.DirFS("testdata/features")); err != nil {
		t.Fatal(err)
	}
	c.run(t, "build", "//features:all")
	for main, pyc := range map[string]string{
		"with_tree":            "features/tree/__pycache__/top.cpython-314.pyc",
		"with_tree_sourceless": "features/tree/top.pyc",
	} {
		got := c.run(t, "run", "//features:"+main).stdout
		if !strings.HasPrefix(got, "shared and foreign 42\n") || !strings.HasSuffix(got, "/"+pyc+"\n") {
			t.Errorf("%s printed %q, want it to load %s", main, got, pyc)
		}
	}
	zip := filepath.Join(c.bin(t), "features/tree_zip.zip")
	got := c.script(t, nil, `import sys; sys.path.insert(0, sys.argv[1]); from features.tree import top; print(top.answer(), top.answer.__code__.co_filename)`, zip)
	if want := "42 features/tree/top.py\n"; got != want {
		t.Errorf("importing from the zip printed %q, want %q", got, want)
	}
}
