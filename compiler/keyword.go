package compiler

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/lexer"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/compiler/internal/typo"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The limits of the search for misspelt keywords.
const (
	maxTypoSource = 1024 // characters
	maxTypoNames  = 10
)

// keywordError returns an error with the name that is a misspelt keyword in the
// place of what the parser stopped at, if there is one. What an interpreter
// prints says so; what it raises does not.
// CPython: Lib/traceback.py, TracebackException._find_keyword_typos.
func keywordError(e *SyntaxError, c diag.Context, v pyver.Version) *SyntaxError {
	if e.Message != "invalid syntax" && !strings.Contains(e.Message, "Perhaps you forgot a comma") ||
		e.Text == "" || c.Source == "" || !v.Has(pyver.SuggestsKeywords) {
		return e
	}
	lines := splitLines(c.Source)
	first := min(max(c.Block-1, 0), len(lines))
	code := dedent(lines[first:max(first, min(e.Line, len(lines)))])
	p := newPipeline(target.For(v))
	if utf8.RuneCountInString(code) > maxTypoSource || v.Has(pyver.SuggestsKeywordsForErrors) && p.accepts(code) {
		return e
	}
	f := &source.File{Text: code + "\n"}
	var table names.Table
	table.Reset()
	left := maxTypoNames
	for _, t := range lexer.New(v).Scan(f, &table).Tokens {
		if t.Kind != token.Name && t.Kind != token.Constant {
			continue
		}
		if left--; left < 0 {
			break
		}
		name := f.Text[t.Off:t.End]
		for _, word := range typo.Keywords(name) {
			if word != name && p.accepts(code[:t.Off]+word+code[t.End:]) {
				return misspelt(e, f, t, word)
			}
		}
	}
	return e
}

// misspelt returns an error with the place of a name in a part of the source, but
// its line.
func misspelt(e *SyntaxError, f *source.File, t token.Token, word string) *SyntaxError {
	hinted := *e
	text := f.Line(int(t.Span.Start.Line))
	start := utf8.RuneCountInString(text[:t.Span.Start.Col])
	hinted.Text = text
	hinted.Offset, hinted.EndOffset = start+1, start+utf8.RuneCountInString(text[t.Span.Start.Col:t.Span.End.Col])+1
	hinted.EndLine = hinted.Line
	hinted.Message = "invalid syntax. Did you mean '" + word + "'?"
	return &hinted
}

// accepts reports whether a source is valid, or the beginning of one. A fault of
// ours is no reason to withhold the error that there is.
// CPython: Lib/codeop.py, compile_command.
func (p *pipeline) accepts(code string) (ok bool) {
	defer func() {
		if recover() != nil {
			p.broken, ok = true, false
		}
	}()
	if p.broken {
		return false
	}
	_, _, err := p.module([]byte(code), Options{Version: p.target.Version})
	var e *diag.Error
	return err == nil || errors.As(err, &e) && e.Context.AtEnd
}

// splitLines splits a text where Python's str.splitlines does.
func splitLines(text string) []string {
	var lines []string
	for text != "" {
		i := strings.IndexFunc(text, func(r rune) bool {
			return r >= '\n' && r <= '\r' || r >= 0x1c && r <= 0x1e || r == 0x85 || r == 0x2028 || r == 0x2029
		})
		if i < 0 {
			return append(lines, text)
		}
		lines = append(lines, text[:i])
		_, size := utf8.DecodeRuneInString(text[i:])
		text = text[i+size:]
	}
	return lines
}

// dedent joins lines without the indentation that all of them have.
// CPython: Lib/textwrap.py, dedent.
func dedent(lines []string) string {
	isBlank := func(line string) bool { return strings.TrimSpace(line) == "" }
	solid := slices.DeleteFunc(slices.Clone(lines), isBlank)
	margin := 0
	if len(solid) > 0 {
		least, most := slices.Min(solid), slices.Max(solid)
		for margin < len(least) && margin < len(most) && least[margin] == most[margin] && (least[margin] == ' ' || least[margin] == '\t') {
			margin++
		}
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if !isBlank(line) {
			b.WriteString(line[margin:])
		}
	}
	return b.String()
}
