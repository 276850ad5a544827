package diag

import "github.com/rules-pyc/rules_pyc/compiler/internal/source"

// AtBytes is At for the stages behind the parser, whose columns CPython counts
// in UTF-8 bytes from 1.
func AtBytes(f *source.File, class Class, span source.Span, msg string) *Error {
	return &Error{
		Class: class, Msg: msg,
		Line: int(span.Start.Line), Offset: int(span.Start.Col) + 1,
		EndLine: int(span.End.Line), EndOffset: int(span.End.Col) + 1,
		Text: f.Line(int(span.Start.Line)),
	}
}
