package compiler

import (
	"fmt"
	"strings"
)

// A SyntaxError says why a source is not valid Python: CPython's exception,
// with its attributes. Some sources are refused with another class, such as
// ValueError; those have no position.
type SyntaxError struct {
	Class     string // for example SyntaxError, IndentationError, TabError, ValueError
	Message   string
	Filename  string
	Line      int    // 1-based; 0 if unknown
	Offset    int    // 1-based, in characters; 0 if unknown
	EndLine   int    // 1-based; 0 if unknown
	EndOffset int    // 1-based, in characters; 0 or less if unknown
	Text      string // the source line, if known
	// Rendered is the error as the interpreter prints it: file, line, source
	// text with carets, class and message, each line ended by a newline.
	Rendered string
}

// Error returns the text that the interpreter prints, without the newline at
// the end.
func (e *SyntaxError) Error() string {
	if e.Rendered != "" {
		return strings.TrimSuffix(e.Rendered, "\n")
	}
	if e.Line > 0 {
		return fmt.Sprintf("  File \"%s\", line %d\n%s: %s", e.Filename, e.Line, e.Class, e.Message)
	}
	return fmt.Sprintf("%s: %s (%s)", e.Class, e.Message, e.Filename)
}

// A Warning is something CPython says of a source that it compiles all the
// same.
type Warning struct {
	Category string // for example SyntaxWarning, DeprecationWarning
	Message  string
	Filename string
	Line     int    // 1-based
	Text     string // the source line, without indentation; empty if unknown
}

// String returns the text that the interpreter prints, without the newline at
// the end.
func (w Warning) String() string {
	s := fmt.Sprintf("%s:%d: %s: %s", w.Filename, w.Line, w.Category, w.Message)
	if w.Text != "" {
		s += "\n  " + w.Text
	}
	return s
}
