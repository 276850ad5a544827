//go:build !unix

package worker

import "os"

func claim() (*os.File, error) {
	f := os.Stdout
	os.Stdout = os.Stderr
	return f, nil
}
