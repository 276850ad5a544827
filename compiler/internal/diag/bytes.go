package diag

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

// AtBytes is At for the stages behind the parser, whose columns CPython counts
// in UTF-8 bytes from 1. The text of the line is that of the file itself, whose
// last line may have no newline.
func AtBytes(f *source.File, class Class, span source.Span, msg string) *Error {
	line := int(span.Start.Line)
	text := f.Line(line)
	if f.ImplicitNewline && f.Line(line+1) == "" {
		text = strings.TrimSuffix(text, "\n")
	}
	return &Error{
		Class: class, Msg: msg,
		Line: line, Offset: int(span.Start.Col) + 1,
		EndLine: int(span.End.Line), EndOffset: int(span.End.Col) + 1,
		Text: text,
	}
}
