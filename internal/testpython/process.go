package testpython

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// A Process is an interpreter that runs a script which answers requests: one
// line each on its standard input, answered by a line with the length of a
// text in bytes, and the text.
type Process struct {
	in  io.WriteCloser
	out *bufio.Reader
}

// Start starts an interpreter. It ends with the test.
func Start(t testing.TB, python, script string) *Process {
	t.Helper()
	cmd := exec.Command(python, "-I", "-S", "-B", "-X", "utf8", "-c", script)
	cmd.Env = append(os.Environ(), "PYTHONHASHSEED=0")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", python, err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Errorf("%s: %v", python, err)
		}
	})
	return &Process{in, bufio.NewReaderSize(out, 1<<16)}
}

// Ask sends a request, which has no newline, and returns the answer.
func (p *Process) Ask(t testing.TB, request string) string {
	t.Helper()
	if _, err := fmt.Fprintln(p.in, request); err != nil {
		t.Fatalf("asking %q: %v", request, err)
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatalf("asking %q: %v", request, err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("asking %q: %v", request, err)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(p.out, text); err != nil {
		t.Fatalf("asking %q: %v", request, err)
	}
	return string(text)
}
