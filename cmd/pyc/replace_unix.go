//go:build unix

package main

import "syscall"

// replaceProcess makes this process another program. It returns only with an
// error.
func replaceProcess(path string, argv, env []string) (int, error) {
	return 0, syscall.Exec(path, argv, env)
}
