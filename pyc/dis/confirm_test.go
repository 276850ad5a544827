package dis_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/dis"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// sampleSize is the number of files of each standard library that are compared;
// PYC_DIS_ALL=1 in the environment compares all of them.
const sampleSize = 300

// TestConfirmStdlib compares the text of the interpreters' own standard
// libraries with what their own dis says of it.
func TestConfirmStdlib(t *testing.T) {
	if testing.Short() {
		t.Skip("disassembling with real interpreters takes a while")
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		files := sample(stdlib(t, python), sampleSize)
		for mode, count := range map[string]int{"plain": len(files), "full": len(files) / 3} {
			t.Run(mode, func(t *testing.T) {
				equal, compared := 0, 0
				reference(t, python, mode, sample(files, count), func(name string, marshalled []byte, want string) {
					compared++
					if sameText(t, name, disassemble(t, v, marshalled, referenceOptions(v, mode)), want) {
						equal++
					}
				})
				t.Logf("%d of %d files equal", equal, compared)
			})
		}
	})
}

// referenceOptions are those under which reference.py shows the same.
func referenceOptions(v pyver.Version, mode string) dis.Options {
	full := mode == "full"
	return dis.Options{ShowCaches: full, ShowOffsets: full, ShowPositions: full && v >= pyver.V314}
}

// reference disassembles source files with a real interpreter.
func reference(t *testing.T, python, mode string, files []string, f func(name string, marshalled []byte, text string)) {
	t.Helper()
	command := exec.Command(python, "-I", "-S", "testdata/reference.py", mode)
	command.Stdin = strings.NewReader(strings.Join(files, "\n"))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	for _, name := range files {
		var lengths [2]uint32
		if err := binary.Read(in, binary.BigEndian, &lengths); err != nil {
			t.Fatalf("reading the reference for %s: %v", name, err)
		}
		content := make([]byte, lengths[0]+lengths[1])
		if _, err := io.ReadFull(in, content); err != nil {
			t.Fatalf("reading the reference for %s: %v", name, err)
		}
		if lengths[0] > 0 {
			f(name, content[:lengths[0]], string(content[lengths[0]:]))
		}
	}
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
}

// disassemble shows a code object in marshal's format.
func disassemble(t *testing.T, v pyver.Version, marshalled []byte, o dis.Options) string {
	t.Helper()
	file, err := pyc.ParseFile(append(pyc.Header{Magic: v.Magic()}.Append(nil), marshalled...))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := dis.Fprint(&out, file.Code, v, o); err != nil {
		t.Error(err)
	}
	return out.String()
}

// sameText compares two texts, but for the order of the items in frozensets,
// which in CPython is that of a hash table with random hashes.
func sameText(t *testing.T, name, got, want string) bool {
	t.Helper()
	if got == want {
		return true
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if g, w := sortSets(gotLines[i]), sortSets(wantLines[i]); g != w {
			t.Errorf("%s, line %d of the text:\ngot  %s\nwant %s", name, i+1, g, w)
			return false
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Errorf("%s: got %d lines, want %d", name, len(gotLines), len(wantLines))
		return false
	}
	return true
}

var set = regexp.MustCompile(`frozenset\(\{.*?\}\)`)

func sortSets(line string) string {
	return set.ReplaceAllStringFunc(line, func(s string) string {
		items := strings.Split(strings.TrimSuffix(strings.TrimPrefix(s, "frozenset({"), "})"), ", ")
		slices.Sort(items)
		return "frozenset({" + strings.Join(items, ", ") + "})"
	})
}

// stdlib lists the source files of an interpreter's standard library.
func stdlib(t *testing.T, python string) []string {
	t.Helper()
	root := testpython.Stdlib(t, python)
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "site-packages" {
			return fs.SkipDir
		}
		// Debian's libraries have links to files of packages that may be absent.
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && filepath.Ext(path) == ".py" {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sample picks files at even distances.
func sample(files []string, count int) []string {
	if count >= len(files) || os.Getenv("PYC_DIS_ALL") != "" {
		return files
	}
	picked := make([]string, count)
	for i := range picked {
		picked[i] = files[i*len(files)/count]
	}
	return picked
}
