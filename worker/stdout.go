package worker

import (
	"fmt"
	"os"
)

// ClaimStdout takes the process's standard output away from it: the file that
// it returns is the only way left to write there. What else in the process
// writes to standard output, be it through os.Stdout or, on Unix, through file
// descriptor 1, reaches standard error. A stray print then ends up in the log
// of the worker and not amid its responses.
//
// The file is not inherited by child processes.
func ClaimStdout() (*os.File, error) {
	f, err := claim()
	if err != nil {
		return nil, fmt.Errorf("claiming standard output: %w", err)
	}
	return f, nil
}
