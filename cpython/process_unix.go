//go:build unix

package cpython

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup has the command run in a process group of its own, which includes
// the children that it forks.
func ownGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return nil
}

// killGroup kills a process and all in its group.
func killGroup(pid int) {
	// The error is that nobody is left to kill.
	_ = syscall.Kill(-pid, syscall.SIGKILL)
}

// reapGroup waits for the killed processes of a group whose leader has been
// waited for. They are children of this process only when it adopts orphans,
// as the first process of a container does; there they would stay as zombies.
func reapGroup(pid int) {
	for {
		if _, err := syscall.Wait4(-pid, nil, 0, nil); err != nil && err != syscall.EINTR {
			return
		}
	}
}

// exitReason says how an interpreter ended. The driver passes the end of its
// child on in its own exit status, as a shell does.
func exitReason(state *os.ProcessState) string {
	status, ok := state.Sys().(syscall.WaitStatus)
	switch {
	case !ok:
		return "the interpreter ended: " + state.String()
	case status.Signaled():
		return "the interpreter was killed by " + signalName(status.Signal())
	case status.ExitStatus() > 128:
		return "the interpreter's compiling process was killed by " + signalName(syscall.Signal(status.ExitStatus()-128))
	}
	return fmt.Sprintf("the interpreter exited with status %d", status.ExitStatus())
}

func signalName(s syscall.Signal) string {
	hint := ""
	if s == syscall.SIGKILL {
		hint = ", as happens when memory runs out"
	}
	return fmt.Sprintf("signal %d (%v%s)", int(s), s, hint)
}
