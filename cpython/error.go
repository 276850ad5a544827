package cpython

import (
	"fmt"
	"strings"
	"sync"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// An Error says that an interpreter could not do its work: it did not start,
// is not the right one, crashed, was killed or took too long. What is wrong
// with a source is a *compiler.SyntaxError instead.
type Error struct {
	Version  pyver.Version
	Path     string // of the interpreter; empty if none was found
	Filename string // of the source; empty if none was to be compiled
	Stderr   string // the last lines that the interpreter printed, if any
	Err      error  // what happened; wraps the context's error if that is why
}

// Error returns the message, which names the file and the interpreter.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Filename != "" {
		fmt.Fprintf(&b, "compiling %s with ", e.Filename)
	}
	fmt.Fprintf(&b, "Python %v", e.Version)
	if e.Path != "" {
		fmt.Fprintf(&b, " (%s)", e.Path)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	if e.Stderr != "" {
		fmt.Fprintf(&b, "\nthe interpreter's last lines were:\n  %s", strings.ReplaceAll(e.Stderr, "\n", "\n  "))
	}
	return b.String()
}

// Unwrap returns what happened.
func (e *Error) Unwrap() error { return e.Err }

// tailSize is how many bytes are kept of what an interpreter prints.
const tailSize = 2 << 10

// A tail is a writer that keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write keeps the end of p.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p[max(0, len(p)-tailSize):]...)
	if extra := len(t.kept) - tailSize; extra > 0 {
		t.kept = t.kept[:copy(t.kept, t.kept[extra:])]
	}
	return len(p), nil
}

// String returns what is kept, as valid UTF-8 without space around it.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(strings.ToValidUTF8(string(t.kept), "\uFFFD"))
}
