package lexer

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// FirstJoined returns the first of the lines that CPython's tokenizer has in its
// buffer at a line, when it has read the tokens: those that a token of several
// lines, or a backslash behind a token, joins to it.
// CPython: tokenizer/string_tokenizer.c, tok_underflow_string.
func FirstJoined(f *source.File, toks []token.Token, line int32) int32 {
	for i := len(toks) - 1; i >= 0; i-- {
		if toks[i].Kind == token.Error {
			continue
		}
		s, layout := toks[i].Span, toks[i].Kind.IsLayout()
		if s.End.Line < line {
			if layout || !joined(f, s.End.Line, line) {
				break
			}
			line = s.End.Line
		}
		if s.End.Line == line && !layout {
			line = min(line, s.Start.Line)
		}
	}
	return line
}

// joined reports whether all lines from first to the one before line end in a
// backslash.
func joined(f *source.File, first, line int32) bool {
	for ; first < line; first++ {
		if !strings.HasSuffix(f.Line(int(first)), "\\\n") {
			return false
		}
	}
	return true
}

// Lines returns the text of the lines from first to last.
func Lines(f *source.File, first, last int32) string {
	var b strings.Builder
	for ; first <= last; first++ {
		b.WriteString(f.Line(int(first)))
	}
	return b.String()
}
