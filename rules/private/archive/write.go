package main

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Every file has the same mode and time. The time is the earliest that a zip
// can hold.
const fileMode = 0o644

var fileTime = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// write writes the entries, in their order, in a format: zip, tar or folder.
func write(format, out string, entries []entry) error {
	switch format {
	case "folder":
		return writeFolder(out, entries)
	case "tar":
		return writeFile(out, entries, writeTar)
	case "zip":
		return writeFile(out, entries, writeZip)
	}
	return fmt.Errorf("format %q is not zip, tar or folder", format)
}

func writeFile(out string, entries []entry, pack func(io.Writer, []entry) error) error {
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = pack(w, entries)
	if err := errors.Join(err, w.Flush(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", out, err)
	}
	return nil
}

func writeZip(w io.Writer, entries []entry) error {
	z := zip.NewWriter(w)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: fileTime}
		header.SetMode(fileMode)
		part, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		if err := copyFrom(part, e.path); err != nil {
			return err
		}
	}
	return z.Close()
}

func writeTar(w io.Writer, entries []entry) error {
	t := tar.NewWriter(w)
	for _, e := range entries {
		info, err := os.Stat(e.path)
		if err != nil {
			return err
		}
		header := &tar.Header{
			Typeflag: tar.TypeReg,
			Name:     e.name,
			Size:     info.Size(),
			Mode:     fileMode,
			ModTime:  fileTime,
		}
		if err := t.WriteHeader(header); err != nil {
			return err
		}
		if err := copyFrom(t, e.path); err != nil {
			return err
		}
	}
	return t.Close()
}

func copyFrom(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return errors.Join(err, f.Close())
}

func writeFolder(out string, entries []entry) error {
	for _, e := range entries {
		contents, err := os.ReadFile(e.path)
		if err != nil {
			return err
		}
		name := filepath.Join(out, filepath.FromSlash(e.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, contents, fileMode); err != nil {
			return err
		}
	}
	return nil
}
