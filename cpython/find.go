package cpython

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// Find returns the absolute path of the interpreter to use for version v:
// path if it is not empty (a file, or a name on PATH), and python3.X on PATH
// if it is. It does not run it: that the interpreter is a CPython of that
// version is checked when a [Pool] starts it.
func Find(v pyver.Version, path string) (string, error) {
	name := path
	if name == "" {
		name = "python" + v.String()
	}
	found, err := exec.LookPath(name)
	if err == nil {
		found, err = filepath.Abs(found)
	}
	if err != nil {
		return "", fmt.Errorf("finding Python %v: %w; put python%v on PATH or say where a CPython %v is", v, err, v, v)
	}
	return found, nil
}

// An Interpreter is what an interpreter says of itself.
type Interpreter struct {
	Path       string // how it was started
	Executable string // sys.executable, which differs when Path is a wrapper
	Name       string // "cpython"
	Version    string // of the release, for example "3.14.2" or "3.15.0rc1"
	ABIFlags   string // "t" for a free-threaded build, "d" for a debug build
	Magic      uint16 // the first two bytes of the .pyc files that it writes
}

// parseHello reads the body of an interpreter's first frame.
func parseHello(path string, body []byte) (Interpreter, error) {
	f := strings.Split(string(body), "\n")
	if len(f) < 5 {
		return Interpreter{Path: path}, fmt.Errorf("%w: its greeting is %q", errGarbage, body)
	}
	magic, err := strconv.ParseUint(f[3], 10, 16)
	if err != nil {
		return Interpreter{Path: path}, fmt.Errorf("%w: its magic number: %w", errGarbage, err)
	}
	return Interpreter{
		Path:       path,
		Name:       f[0],
		Version:    f[1],
		ABIFlags:   f[2],
		Magic:      uint16(magic),
		Executable: strings.Join(f[4:], "\n"),
	}, nil
}

// check returns an error that says why the interpreter does not give the bytes
// of version v.
func (i Interpreter) check(v pyver.Version) error {
	const advice = "a final release of CPython %v with the GIL is needed"
	switch got, err := pyver.Parse(i.Version); {
	case i.Name != "cpython":
		return fmt.Errorf("it is %s, whose bytecode is not CPython's; "+advice, i.Name, v)
	case strings.Contains(i.ABIFlags, "t"):
		return fmt.Errorf("it is a free-threaded build of %s, which shares other objects and so writes other bytes; "+advice, i.Version, v)
	case err != nil || got != v:
		return fmt.Errorf("it is Python %s; "+advice, i.Version, v)
	case i.Magic != v.Magic():
		return fmt.Errorf("it is Python %s, whose .pyc files have the magic number %d and not %d; "+advice, i.Version, i.Magic, v.Magic(), v)
	}
	return nil
}
