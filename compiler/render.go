package compiler

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// Render returns the error as the traceback module of version v prints it: the
// place, the source line with carets below it, the class and the message. It
// does not look for misspelt keywords, which takes the whole source: Rendered has
// the outcome of that.
//
// CPython: Lib/traceback.py, TracebackException._format_syntax_error.
func (e *SyntaxError) Render(v pyver.Version) string {
	var b strings.Builder
	if e.Line > 0 || e.Offset != 0 {
		b.WriteString(`  File "` + e.Filename + `", line ` + strconv.Itoa(e.Line) + "\n")
	}
	if e.Text != "" {
		e.renderLine(&b, v)
	}
	b.WriteString(e.Class)
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String() + "\n"
}

// renderLine writes the source line without its indentation, and the carets.
func (e *SyntaxError) renderLine(b *strings.Builder, v pyver.Version) {
	whole := []rune(strings.TrimRight(e.Text, "\n"))
	line := []rune(strings.TrimLeft(string(whole), " \n\f"))
	b.WriteString("    " + string(line) + "\n")
	indent := len(whole) - len(line)
	start, end := e.carets(len(whole), v)
	if start -= indent; start < 0 {
		return
	}
	end -= indent
	before := line[:min(start, len(line))]
	if v.Has(pyver.MeasuresCarets) {
		marked := end - start
		if shown := line[len(before):min(end, len(line))]; len(shown) > 0 {
			marked = columns(shown)
		}
		b.WriteString("    " + strings.Repeat(" ", columns(before)) + strings.Repeat("^", marked) + "\n")
		return
	}
	b.WriteString("    " + blank(before) + strings.Repeat("^", max(end-start, 0)) + "\n")
}

// carets returns which characters of a line are marked, from 0, where the line
// without its newline has length characters.
func (e *SyntaxError) carets(length int, v pyver.Version) (start, end int) {
	start, end = e.Offset, e.EndOffset
	if end == 0 {
		end = start
	}
	if !v.Has(pyver.KeepsCaretsInLine) {
		if start == end || end == -1 {
			end = start + 1
		}
		return start - 1, end - 1
	}
	if e.Line != e.EndLine {
		end = length + 1
	}
	text := len([]rune(e.Text))
	if start > text {
		start = length + 1
	}
	if end > text {
		end = length + 1
	}
	if start >= end || end < 0 {
		end = start + 1
	}
	return start - 1, end - 1
}

// blank returns text with everything but white space replaced by spaces, so
// that what follows stands below what follows the text.
func blank(text []rune) string {
	var b strings.Builder
	for _, r := range text {
		if !unicode.IsSpace(r) && (r < 0x1c || r > 0x1f) {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

// columns returns how many columns of a terminal the text takes: two for each
// wide character, none for those that combine with the one before.
//
// CPython: Lib/traceback.py, _str_width.
func columns(text []rune) int {
	n := 0
	for _, r := range text {
		switch {
		case r < 0x80:
			n++
		case norm.NFD.PropertiesString(string(r)).CCC() != 0:
		case unicode.Is(unicode.Cf, r) && r != softHyphen:
		case isWide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

const softHyphen = 0xad

func isWide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}
