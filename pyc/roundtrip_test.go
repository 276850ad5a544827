package pyc_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// goldenFiles returns the .pyc files that generate.py compiled with version v,
// by name.
func goldenFiles(t testing.TB, v pyver.Version) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", v.String(), "*.pyc"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files of %v (%v)", v, err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = data
	}
	return files
}

func parseFile(t testing.TB, data []byte) *pyc.File {
	t.Helper()
	f, err := pyc.ParseFile(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRoundTrip(t *testing.T) {
	eachVersion(t, func(t *testing.T, v pyver.Version) {
		for name, data := range goldenFiles(t, v) {
			t.Run(name, func(t *testing.T) {
				f := parseFile(t, data)
				got, err := f.Append(nil)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, data) {
					t.Errorf("file of %d bytes is written as %d bytes; first difference at %d",
						len(data), len(got), firstDifference(got, data))
				}
			})
		}
	})
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// TestWriterReuse writes several files with one Writer, among them one that
// fails: nothing of a file may reach the next.
func TestWriterReuse(t *testing.T) {
	eachVersion(t, func(t *testing.T, v pyver.Version) {
		w := pyc.NewWriter(v)
		for name, data := range goldenFiles(t, v) {
			code := parseFile(t, data).Code
			broken := *code
			broken.ExceptionTable = nil
			if b, err := w.Append([]byte("x"), &broken); err == nil || string(b) != "x" {
				t.Fatalf("writing a code object without exception table: %q, %v", b, err)
			}
			got, err := w.Append([]byte("prefix"), code)
			if err != nil {
				t.Fatal(err)
			}
			if want := append([]byte("prefix"), data[pyc.HeaderSize:]...); !bytes.Equal(got, want) {
				t.Errorf("%s: first difference at %d", name, firstDifference(got, want))
			}
		}
	})
}

// TestReadCopies checks that a code object does not depend on the bytes that it
// was read from.
func TestReadCopies(t *testing.T) {
	data := goldenFiles(t, pyver.V314)["strings.pyc"]
	source := bytes.Clone(data)
	f := parseFile(t, source)
	for i := range source {
		source[i] = 0xff
	}
	got, err := f.Append(nil)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("the code object changed with the buffer (%v)", err)
	}
}

// TestParseFileErrors checks that offsets count from the start of the file.
func TestParseFileErrors(t *testing.T) {
	data := goldenFiles(t, pyver.V314)["empty.pyc"]
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"no header", "reading header: offset 0: the file is empty; a .pyc file starts with a header of 16 bytes", nil},
		{"header only", "reading code object: offset 16: data ends where an object was expected", data[:16]},
		{"not code", "reading code object: offset 16: found None where a code object was expected", append(bytes.Clone(data[:16]), 'N')},
		{"trailing byte", "reading code object: offset 107: 1 bytes follow the object", append(bytes.Clone(data), 0)},
		{
			"other version", "reading header: offset 0: magic number 3439 is of no supported version; those are the final releases of 3.11 to 3.15",
			append([]byte{3439 & 0xff, 3439 >> 8}, data[2:]...),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := pyc.ParseFile(c.data); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
