package compiler

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A SyntaxError says why a source is not valid Python: CPython's exception,
// with its attributes. Some sources are refused with another class, such as
// ValueError; those have no position.
type SyntaxError struct {
	Class     string // for example SyntaxError, IndentationError, TabError, ValueError
	Message   string
	Filename  string
	Line      int    // 1-based; 0 or less if unknown
	Offset    int    // 1-based, in characters; 0 or less if unknown
	EndLine   int    // 1-based; 0 or less if unknown
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

// An UnsupportedEncodingError says that a source declares an encoding that only
// CPython decodes. Whether it is valid Python is not known.
type UnsupportedEncodingError struct {
	Filename string
	Encoding string // as the source declares it
}

// Error names the file and says what to do.
func (e *UnsupportedEncodingError) Error() string {
	return fmt.Sprintf("%s: %v", e.Filename, &source.UnsupportedError{Encoding: e.Encoding})
}

// publicError gives an error of the native compiler's stages the form that
// callers know.
func publicError(err error, opts Options) error {
	e := &SyntaxError{Class: string(diag.SyntaxError), Filename: opts.Filename}
	var context diag.Context
	var d *diag.Error
	var s *source.Error
	var u *source.UnsupportedError
	switch {
	case errors.As(err, &u):
		return &UnsupportedEncodingError{opts.Filename, u.Encoding}
	case errors.As(err, &d):
		e.Class, e.Message, e.Text = string(d.Class), d.Msg, d.Text
		e.Line, e.Offset, e.EndLine, e.EndOffset = d.Line, d.Offset, d.EndLine, d.EndOffset
		context = d.Context
	case errors.As(err, &s):
		e.Message, e.Text = s.Msg, s.Text
		e.Line, e.Offset, e.EndLine, e.EndOffset = s.Line, s.Offset, s.EndLine, s.EndOffset
		if e.Line > 0 && !opts.Version.Has(pyver.PlacesEncodingErrors) {
			e.Line, e.Offset, e.EndLine, e.EndOffset, e.Text = 0, -1, 0, 0, ""
		}
	default:
		return err
	}
	e.Rendered = keywordError(e, context, opts.Version).Render(opts.Version)
	return e
}

// At returns the error with another path in the place of the file name, in the
// text too: the path by which the user knows the source, when another one is
// stored. A text that names no file, as those without a position do, gets the
// path in front.
func (e *SyntaxError) At(path string) *SyntaxError {
	at := *e
	at.Filename = path
	at.Rendered = replaceName(e.Error()+"\n", e.Filename, path)
	return &at
}

// replaceName replaces a file name in the text of an error, where the
// interpreter puts it.
func replaceName(text, name, path string) string {
	for _, around := range [][2]string{{`  File "`, `"`}, {" (", ")"}} {
		if before, after, ok := strings.Cut(text, around[0]+name+around[1]); ok {
			return before + around[0] + path + around[1] + after
		}
	}
	return path + ": " + text
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

// At returns the warning with another path in the place of the file name.
func (w Warning) At(path string) Warning {
	w.Filename = path
	return w
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
