package pyc_test

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// sampleStep is the distance between the files of the standard library that
// TestConfirmRoundTrip takes. With PYC_CONFIRM_ALL=1 it takes all.
const sampleStep = 16

// TestConfirmRoundTrip compiles files of the interpreter's standard library
// with the interpreter, and reads and writes the results.
func TestConfirmRoundTrip(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		root, out := testpython.Stdlib(t, python), t.TempDir()
		sources := sourceFiles(t, root)
		if os.Getenv("PYC_CONFIRM_ALL") == "" {
			sources = everyNth(sources, sampleStep)
		}
		compileTree(t, python, root, out, sources)
		files, size := 0, 0
		w := pyc.NewWriter(v)
		for _, source := range sources {
			data, err := os.ReadFile(filepath.Join(out, source+"c"))
			if os.IsNotExist(err) {
				continue // a test file that is no valid source of this version
			}
			if err != nil {
				t.Fatal(err)
			}
			f, err := pyc.ParseFile(data)
			if err != nil {
				t.Errorf("%s: %v", source, err)
				continue
			}
			got, err := w.Append(f.Header.Append(nil), f.Code)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: first difference at %d (%v)", source, firstDifference(got, data), err)
			}
			files++
			size += len(data)
		}
		t.Logf("%d files, %d bytes", files, size)
		if files < len(sources)*9/10 {
			t.Errorf("only %d of %d sources were compiled", files, len(sources))
		}
	})
}

// sourceFiles lists the .py files below root, relative to it and without
// spaces in their names.
func sourceFiles(t *testing.T, root string) []string {
	t.Helper()
	var sources []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "site-packages" {
			return filepath.SkipDir
		}
		if err == nil && strings.HasSuffix(path, ".py") && !strings.Contains(path, " ") && isFile(path) {
			sources = append(sources, strings.TrimPrefix(path, root+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(sources)
	return sources
}

// isFile reports whether the path leads to a file; distributions link to
// configuration that need not be there.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func everyNth(all []string, n int) []string {
	var some []string
	for i := 0; i < len(all); i += n {
		some = append(some, all[i])
	}
	return some
}

func compileTree(t testing.TB, python, root, out string, sources []string) {
	t.Helper()
	cmd := exec.Command(python, "-I", "-S", "-B", "-W", "ignore", "testdata/generate.py", root, out, "0")
	cmd.Stdin = strings.NewReader(strings.Join(sources, "\n"))
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("compiling: %v\n%s", err, msg)
	}
}

// TestConfirmAcceptance checks that what the reader accepts of damaged files,
// the interpreter accepts as well.
func TestConfirmAcceptance(t *testing.T) {
	// Each case is loaded in a process of its own: the interpreter trusts a
	// code object more than a damaged one deserves.
	const script = `import marshal, posix, sys
data = sys.stdin.buffer.read()
while data:
    size = int.from_bytes(data[:4], "little")
    case, data = data[4:4 + size], data[4 + size:]
    child = posix.fork()
    if child == 0:
        try:
            marshal.loads(case)
        except Exception as e:
            print(repr(e), case.hex(), flush=True)
        posix._exit(0)
    posix.waitpid(child, 0)
`
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		var accepted []byte
		cases := 0
		const perFile = 60
		files := goldenFiles(t, v)
		random := rand.New(rand.NewPCG(1, uint64(v)))
		for _, name := range []string{"closures.pyc", "functions.pyc", "ints.pyc", "sets.pyc", "slices.pyc", "strings.pyc"} {
			for tries, found := 0, 0; tries < 2000 && found < perFile; tries++ {
				data := mutate(random, files[name][pyc.HeaderSize:])
				if _, err := pyc.Read(data, v); err != nil {
					continue
				}
				cases++
				found++
				n := len(data)
				accepted = append(accepted, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
				accepted = append(accepted, data...)
			}
		}
		if cases == 0 {
			t.Fatal("no damaged file is accepted")
		}
		cmd := exec.Command(python, "-I", "-S", "-c", script)
		cmd.Stdin = bytes.NewReader(accepted)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if len(out) > 0 {
			t.Errorf("of %d files that the reader accepts, %d are refused:\n%s", cases, bytes.Count(out, []byte("\n")), out)
		}
	})
}

// mutate returns the data with one to three bytes changed.
func mutate(random *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	for range 1 + random.IntN(3) {
		i := random.IntN(len(data))
		switch random.IntN(3) {
		case 0:
			data[i] ^= 1 << random.IntN(8)
		case 1:
			data[i] = "NFT.SilgysazAZut()>:cr"[random.IntN(22)] | byte(random.IntN(2))<<7
		case 2:
			data[i] = byte(random.IntN(256))
		}
	}
	return data
}
