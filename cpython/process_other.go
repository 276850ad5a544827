//go:build !unix

package cpython

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// ownGroup refuses: the driver forks.
func ownGroup(*exec.Cmd) error {
	return fmt.Errorf("driving CPython needs fork, which %s does not have", runtime.GOOS)
}

func killGroup(int) {}

func reapGroup(int) {}

func exitReason(state *os.ProcessState) string { return "the interpreter ended: " + state.String() }
