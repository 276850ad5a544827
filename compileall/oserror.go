package compileall

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// errnoClasses are the classes of Python's OSErrors, by error number.
//
// CPython: Objects/exceptions.c, _PyExc_InitState.
var errnoClasses = map[syscall.Errno]string{
	syscall.EACCES:  "PermissionError",
	syscall.EEXIST:  "FileExistsError",
	syscall.EINTR:   "InterruptedError",
	syscall.EISDIR:  "IsADirectoryError",
	syscall.ENOENT:  "FileNotFoundError",
	syscall.ENOTDIR: "NotADirectoryError",
	syscall.EPERM:   "PermissionError",
}

// describeOSError returns an error of the operating system as Python prints it,
// and false if the error is none. The path is the file's that the work was on;
// an error about a folder that could not be made names that.
func describeOSError(err error, path string, v pyver.Version) (string, bool) {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return "", false
	}
	var about *fs.PathError
	if errors.As(err, &about) && about.Op == "mkdir" {
		if errno == syscall.EEXIST || errno == syscall.ENOTDIR {
			// Something else has the folder's name, which Python finds out
			// when it opens the file.
			errno = syscall.ENOTDIR
		} else {
			path = about.Path
		}
	}
	class, ok := errnoClasses[errno]
	if !ok {
		class = "OSError"
	}
	return fmt.Sprintf("%s: [Errno %d] %s: %s", class, uint(errno), capitalise(errno.Error()), repr(path, v)), true
}

// capitalise gives an error's text the first letter that C's strerror gives it.
func capitalise(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

// willChange takes the path, what it is, and what a file of the other kind is
// called.
const willChange = "FileExistsError: %s is a %s and will be changed into a regular %s if import writes a byte-compiled file to it"

// checkOutput returns what py_compile says of an output that is there and not
// a regular file: the rename would make it one.
//
// CPython: Lib/py_compile.py, compile.
func checkOutput(path string) (message string) {
	info, err := os.Lstat(path)
	switch {
	case err != nil || info.Mode().IsRegular():
		return ""
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Sprintf(willChange, path, "symlink", "file")
	}
	return fmt.Sprintf(willChange, path, "non-regular file", "one")
}
