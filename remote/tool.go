package remote

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
)

// CheckTool reports why a file cannot be the program that executors run. Of a
// Linux program it asks that it is linked statically: nobody knows which
// libraries there are.
func CheckTool(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	magic := make([]byte, len(elf.ELFMAG))
	if _, err := f.ReadAt(magic, 0); err != nil {
		return fmt.Errorf("%s is too short to be a program", path)
	}
	if !bytes.Equal(magic, []byte(elf.ELFMAG)) {
		return nil // of another system, or a script
	}
	program, err := elf.NewFile(f)
	if err != nil {
		return fmt.Errorf("%s is a damaged program: %w", path, err)
	}
	for _, segment := range program.Progs {
		if segment.Type == elf.PT_INTERP {
			return fmt.Errorf("%s needs libraries of its machine, which an executor need not have; "+
				"build it with CGO_ENABLED=0, or name one that is linked statically", path)
		}
	}
	return nil
}
