//go:build !unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
)

// replaceProcess runs another program in the place of this one, and returns its
// exit code.
func replaceProcess(path string, argv, env []string) (int, error) {
	// An interrupt reaches the other program, too, which decides what to do.
	signal.Ignore(os.Interrupt)
	cmd := &exec.Cmd{Path: path, Args: argv, Env: env, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
