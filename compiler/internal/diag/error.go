// Package diag holds what the stages report: the error that ends a
// compilation and the warnings that do not.
//
// Texts and positions are CPython's own for the version at hand. Columns of an
// error count characters from 1, as in the attributes of Python's SyntaxError;
// everything else in the compiler counts UTF-8 bytes from 0.
package diag

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

// A Class is the Python class of an error or warning.
type Class string

// The classes of errors.
const (
	SyntaxError      Class = "SyntaxError"
	IndentationError Class = "IndentationError"
	TabError         Class = "TabError"
	ValueError       Class = "ValueError"
	MemoryError      Class = "MemoryError"
	OverflowError    Class = "OverflowError"
	RecursionError   Class = "RecursionError"
)

// The classes of warnings.
const (
	SyntaxWarning      Class = "SyntaxWarning"
	DeprecationWarning Class = "DeprecationWarning"
)

// An Error is the reason why a source is not valid Python.
type Error struct {
	Class     Class
	Msg       string
	Line      int    // 1-based; 0 if the error has no place
	Offset    int    // 1-based, in characters; 0 if unknown
	EndLine   int    // 1-based; 0 if unknown
	EndOffset int    // 1-based, in characters; 0 or less if unknown
	Text      string // the source line, with its newline; "" if unknown
}

// Error returns the error as "line: class: message", for tests and logs; what
// users see is rendered from the fields.
func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s: %s", e.Line, e.Offset, e.Class, e.Msg)
}

// At returns an error about a span of a file, with the text of its first line.
func At(f *source.File, class Class, span source.Span, msg string) *Error {
	text := f.Line(int(span.Start.Line))
	endText := text
	if span.End.Line != span.Start.Line {
		endText = f.Line(int(span.End.Line))
	}
	return &Error{
		Class: class, Msg: msg,
		Line: int(span.Start.Line), Offset: offset(text, span.Start.Col),
		EndLine: int(span.End.Line), EndOffset: offset(endText, span.End.Col),
		Text: text,
	}
}

// offset turns a 0-based column in bytes into a 1-based one in characters. An
// unknown column is 0.
func offset(line string, col int32) int {
	if col < 0 {
		return 0
	}
	if int(col) >= len(line) {
		line = strings.TrimSuffix(line, "\n")
		return utf8.RuneCountInString(line) + max(0, int(col)-len(line)) + 1
	}
	return utf8.RuneCountInString(line[:col]) + 1
}

// A Warning is something CPython says of a source that it compiles all the
// same.
type Warning struct {
	Class Class
	Msg   string
	Line  int // 1-based
}
