// Package lexer splits the text of a Python file into tokens.
//
// It takes a source.File and gives all its tokens at once, as a slice of
// values that is reused from one file to the next; identifiers are numbered in
// a names.Table on the way. The last token is EndMarker, or Error where the
// text is not a sequence of tokens: the parser reports that error only when it
// gets there, as CPython does, which reads tokens as it needs them.
//
// Invariants: spans do not overlap and go forward; every Indent has its
// Dedent before EndMarker; layout tokens have no flags.
// CPython: Parser/lexer/lexer.c, tok_get.
package lexer

import (
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unidata"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The limits of CPython's tokenizer.
const (
	maxIndent       = 100
	maxParens       = 200
	maxStrings      = 150 // nested f-strings
	maxFieldNesting = 3   // replacement fields in format specs
)

const (
	tabSize  = 8
	formFeed = '\f'
)

// A Lexer scans files of one version. Its buffers are reused: the tokens of a
// file are valid until the next.
type Lexer struct {
	file  *source.File
	src   string
	names *names.Table
	uni   *unidata.Tables
	toks  []token.Token // as long as its memory; the first n are the file's
	n     int

	version pyver.Version

	pos       int // offset of the next byte
	line      int32
	lineStart int // offset of the line's first byte

	indents    [maxIndent]int32 // columns, tabs counted to the next multiple of 8
	altIndents [maxIndent]int32 // the same, tabs counted as 1
	depth      int              // index of the current indent
	parens     [maxParens]int   // indexes of the tokens of open brackets
	nparens    int
	modes      []mode // open f- and t-strings

	fstrings bool // f-strings are tokens
	tstrings bool // t-strings exist
	inBytes  bool // columns of errors are in bytes where no encoding is declared
	// The text of errors begins at the first of the lines that are joined.
	joinsText bool
	// What becomes of a format specification behind a field in it, and at a
	// newline.
	fieldEndsSpec, newlineEndsSpec bool
	mindsEscapedQuote              bool
	namesPrefixes                  bool
	rangesInChars                  bool
	explainsEscapes                bool
	splitsInequality               bool // <> is two tokens
	checksConstants                bool

	raised   bool // err is one of the characters of a token
	bare     *diag.Error
	atEnd    bool // err is that the file ends
	part     bool // scanning a Part
	err      *diag.Error
	warnings []diag.Warning
}

// New returns a lexer for sources of version v.
func New(v pyver.Version) *Lexer {
	l := &Lexer{uni: unidata.For(v), version: v}
	l.inBytes = v.Has(pyver.ErrorColumnsInBytes)
	l.joinsText = v.Has(pyver.ErrorTextFromToken)
	l.fstrings = v.Has(pyver.TokenizesFStrings)
	l.tstrings = v.Has(pyver.HasTemplateStrings)
	l.splitsInequality = v.Has(pyver.SuggestsNotEqual)
	l.explainsEscapes = v.Has(pyver.ExplainsInvalidEscapes)
	l.rangesInChars = v.Has(pyver.LexicalRangesInCharacters)
	l.checksConstants = v.Has(pyver.RefusesNamesLikeConstants)
	l.namesPrefixes = v.Has(pyver.NamesIncompatiblePrefixes)
	l.mindsEscapedQuote = v.Has(pyver.SuggestsEscapedQuote)
	l.fieldEndsSpec, l.newlineEndsSpec = v.Has(pyver.NestedFieldEndsSpec), v.Has(pyver.NewlineEndsSpec)
	return l
}

// A Result is what the lexer makes of a file. Err is that of the Error token,
// if there is one.
type Result struct {
	Tokens   []token.Token
	Err      *diag.Error
	End      End
	Warnings []diag.Warning
}

// An End is the state in which the lexer was at an error.
type End struct {
	// Raised says that the error is one of the characters of a token; it has
	// precedence over syntax errors in front of it.
	Raised bool
	// Bare is what the error is if the parser does not get there, where that is
	// another one.
	Bare      *diag.Error
	InLiteral bool    // in an f- or t-string
	AtEnd     bool    // of the file, which ends too early
	Unclosed  Bracket // the innermost open bracket, if there is one
}

// A Bracket is an open bracket in the text.
type Bracket struct {
	Char byte
	Line int32 // 1-based; 0 if there is no bracket
	Col  int32 // 0-based, in bytes
}

// Scan returns the tokens of a file, which are valid until the next Scan.
func (l *Lexer) Scan(f *source.File, t *names.Table) Result {
	l.file, l.src, l.names = f, f.Text, t
	l.n, l.pos, l.line, l.lineStart = 0, 0, 1, 0
	l.depth, l.nparens, l.modes = 0, 0, l.modes[:0]
	l.err, l.bare, l.warnings, l.raised, l.atEnd = nil, nil, nil, false, false
	if l.indentation() {
		l.scanTokens()
	}
	return l.finish()
}

// finish appends the last token.
func (l *Lexer) finish() Result {
	kind := token.EndMarker
	if l.err != nil {
		kind = token.Error
	}
	l.emitAt(kind, l.pos, l.pos)
	end := End{Raised: l.raised, Bare: l.bare, InLiteral: len(l.modes) > 0, AtEnd: l.atEnd, Unclosed: l.bracket()}
	return Result{l.toks[:l.n], l.err, end, l.warnings}
}

// A Part is a stretch of a file that is scanned by itself, as if there were
// parentheses around it, whose columns count from a place of its own.
type Part struct {
	Start, End int        // offsets of the opening and the closing parenthesis
	At         source.Pos // where the opening one is
}

// ScanPart appends the tokens of an expression in a file, from the place of its
// opening parenthesis to that of its closing one, which are other characters
// in the text. A token of several lines that begins on the first one has the
// column that it would have if that were the file's first.
func (l *Lexer) ScanPart(f *source.File, t *names.Table, part Part, toks []token.Token) Result {
	l.file, l.src, l.names = f, f.Text[:part.End], t
	// The file's tokens are in use, and their memory is for the next file.
	ofFile := l.toks
	first := len(toks)
	l.toks, l.n, l.err, l.bare, l.warnings, l.raised = toks[:cap(toks)], first, nil, nil, nil, false
	l.pos, l.line, l.lineStart = part.Start, part.At.Line, part.Start-int(part.At.Col)
	l.depth, l.nparens, l.modes = 0, 0, l.modes[:0]
	l.part = true
	l.open('(')
	l.scanTokens()
	if l.err == nil {
		l.op(token.RParen, 1)
		l.emitAt(token.Newline, l.pos, l.pos)
	}
	r := l.finish()
	l.part = false
	for i := range r.Tokens[first:] {
		tok := &r.Tokens[first+i]
		if tok.Span.Start.Line == part.At.Line && tok.Span.End.Line != part.At.Line {
			tok.Span.Start.Col -= part.At.Col
		}
	}
	l.toks = ofFile
	return r
}

func (l *Lexer) at(off int) source.Pos {
	return source.Pos{Line: l.line, Col: int32(off - l.lineStart)}
}

// set makes a token that begins and ends on the current line.
func (l *Lexer) set(t *token.Token, kind token.Kind, name names.ID, start, end int) {
	t.Kind, t.Flags, t.Name = kind, 0, name
	t.Off, t.End = uint32(start), uint32(end)
	t.Span.Start.Line, t.Span.Start.Col = l.line, int32(start-l.lineStart)
	t.Span.End.Line, t.Span.End.Col = l.line, int32(end-l.lineStart)
}

// emitAt appends a token that begins and ends on the current line.
func (l *Lexer) emitAt(kind token.Kind, start, end int) *token.Token {
	if l.n >= len(l.toks) {
		l.grow()
	}
	t := &l.toks[l.n]
	l.n++
	l.set(t, kind, names.None, start, end)
	return t
}

// grow makes room for more tokens: for as many as the rest of the text has if it
// is as dense as what was scanned, but no more than twice as many as before, since
// it may be one string. A few large steps copy less than many small ones.
func (l *Lexer) grow() {
	n := len(l.toks)
	rest := n * (len(l.src) - l.pos) / (l.pos + 1)
	l.toks = slices.Grow(l.toks, max(min(rest+rest/8, n), n/4, 64))
	l.toks = l.toks[:cap(l.toks)]
}

// last returns the last token.
func (l *Lexer) last() *token.Token { return &l.toks[l.n-1] }

// op appends the token of an operator n bytes long, and goes behind it.
func (l *Lexer) op(kind token.Kind, n int) {
	l.emitAt(kind, l.pos, l.pos+n)
	l.pos += n
}

// peek returns the byte n places ahead, or 0 beyond the end.
func (l *Lexer) peek(n int) byte {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

// newline goes to the line that begins at offset off.
func (l *Lexer) newline(off int) {
	l.line++
	l.lineStart = off
}

// skipComment goes to the end of the line, in front of the newline.
func (l *Lexer) skipComment() {
	if i := strings.IndexByte(l.src[l.pos:], '\n'); i >= 0 {
		l.pos += i
		return
	}
	l.pos = len(l.src)
}

// continuation goes over a backslash at the end of a line; false means that it
// is not at the end of a line, or at that of the file.
func (l *Lexer) continuation() bool {
	if l.peek(1) != '\n' {
		return l.errorContinuation()
	}
	l.pos += 2
	l.newline(l.pos)
	if l.pos >= len(l.src) {
		return l.errorEnd()
	}
	return true
}
