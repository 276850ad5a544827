package precompile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
)

// serial tells apart the temporary files of one process.
var serial atomic.Uint64

// writeFile writes a file whole or not at all: the bytes go to a temporary
// file beside it, which then takes its name. The temporary name starts with a
// dot and does not end in .pyc, so that neither a glob of a build system nor
// Python mistakes it for an output.
//
// A path that is there and is no regular file is refused, as py_compile
// refuses it: the rename would replace a link or a device.
func writeFile(path string, data []byte, mode fs.FileMode) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("it exists and is not a regular file (%s)", kind(info.Mode()))
	}
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := createTemp(dir, name, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, removeTemp(f.Name()))
	}
	return nil
}

// createTemp differs from os.CreateTemp in the mode: the file gets the one it
// is to have, less the umask.
func createTemp(dir, name string, mode fs.FileMode) (*os.File, error) {
	for {
		temp := "." + name + "." + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatUint(serial.Add(1), 10) + ".tmp"
		f, err := os.OpenFile(filepath.Join(dir, temp), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// removeTemp removes a temporary file after an error. That it is gone already
// is no second error.
func removeTemp(name string) error {
	if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// outputMode returns the permissions of an output: those of its source, so
// that a private source has a private .pyc, but writable by the owner and
// never executable. CPython: importlib/_bootstrap_external.py, _calc_mode.
func outputMode(source fs.FileMode) fs.FileMode {
	return (source | 0o200) & 0o666
}

func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	default:
		return "a device, pipe or socket"
	}
}
