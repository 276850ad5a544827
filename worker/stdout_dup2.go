//go:build unix && !linux

package worker

import (
	"os"

	"golang.org/x/sys/unix"
)

func replace(from, to int) error {
	return os.NewSyscallError("dup2", unix.Dup2(from, to))
}
