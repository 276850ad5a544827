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

	UnicodeDecodeError Class = "UnicodeDecodeError"
)

// IsSyntaxError reports whether a class is SyntaxError or derived from it.
func (c Class) IsSyntaxError() bool {
	return c == SyntaxError || c == IndentationError || c == TabError
}

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
	// Context is where one may look for what was meant, of a syntax error that
	// the parser finds.
	Context Context
}

// A Context is what CPython keeps of the parser when it refuses a source.
// CPython: pegen.c, _PyPegen_set_syntax_error_metadata.
type Context struct {
	Source string // the text of the file
	// Block is the line where the last compound statement that was complete
	// begins; 0 if there is none.
	Block int
	// AtEnd says that the source is the beginning of a valid one, as far as it
	// has been parsed.
	AtEnd bool
}

// Error returns the error as "line: class: message", for tests and logs; what
// users see is rendered from the fields.
func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s: %s", e.Line, e.Offset, e.Class, e.Msg)
}

// A Place is where an error is. Columns count from 1, in UTF-8 bytes; 0 or
// less is unknown.
type Place struct {
	Line, Col, EndLine, EndCol int
}

// New returns an error about a place in a file, with the text of the line where
// it begins, with its newline if the caller wants it. CPython measures the end
// in the first line too, wherever it is. inBytes leaves columns in bytes.
// CPython: pegen_errors.c, _PyPegen_raise_error_known_location.
func New(f *source.File, class Class, at Place, msg string, newline, inBytes bool) *Error {
	text := source.Shown(f.Line(at.Line))
	e := &Error{Class: class, Msg: msg, Line: at.Line, Offset: at.Col, EndLine: at.EndLine, EndOffset: at.EndCol, Text: text}
	if !newline {
		e.Text = strings.TrimSuffix(text, "\n")
	}
	if !inBytes {
		e.Offset, e.EndOffset = Offset(e.Text, at.Col), Offset(e.Text, at.EndCol)
	}
	return e
}

// Offset turns a column in bytes into one in characters; both count from 1. A
// column beyond the line is one behind it, and one within a character is that of
// the character.
// CPython: pegen_errors.c, _PyPegen_byte_offset_to_character_offset.
func Offset(line string, col int) int {
	if col <= 0 {
		return col
	}
	n := 0
	for i := range min(col, len(line)) {
		if utf8.RuneStart(line[i]) {
			n++
		}
	}
	if col > len(line) {
		n++
	}
	return n
}

// A Warning is something CPython says of a source that it compiles all the
// same.
type Warning struct {
	Class Class
	Msg   string
	Line  int // 1-based
}

// InvalidEscape returns the message of the warning about an escape; kind is
// "octal " or "".
func InvalidEscape(kind, escape string, explain bool) string {
	if !explain {
		return fmt.Sprintf(`invalid %sescape sequence '\%s'`, kind, escape)
	}
	return fmt.Sprintf(`"\%[2]s" is an invalid %[1]sescape sequence. Such sequences will not work in the future. `+
		`Did you mean "\\%[2]s"? A raw string is also an option.`, kind, escape)
}

// A Bug is a panic that says that the compiler contradicts itself.
type Bug string

// Error returns the message.
func (b Bug) Error() string { return string(b) }

// Bugf panics with a Bug.
func Bugf(format string, args ...any) { panic(Bug(fmt.Sprintf(format, args...))) }
