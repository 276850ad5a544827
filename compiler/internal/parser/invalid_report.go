package parser

import (
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// report raises the error of an alternative, or returns where the alternative
// is no error after all.
func (m *matcher) report(a *alternative, kids []*match) {
	arg := func(i int) *match { return m.resolve(a.action.args[i], kids) }
	text := ""
	if len(a.action.text) > 0 {
		text = a.action.text[0]
	}
	switch a.action.verb {
	case "at":
		e := arg(0)
		m.raiseSpan(diag.SyntaxError, e.span, withName(text, e))
	case "range":
		e := arg(0)
		m.raiseSpan(diag.SyntaxError, e.span.To(arg(1).span), withName(text, e))
	case "from":
		m.raiseFrom(arg(0), text)
	case "next":
		m.raiseNext(text)
	case "last":
		m.raiseLast(diag.SyntaxError, text)
	case "indent":
		if strings.Contains(text, "%d") {
			text = fmt.Sprintf(text, arg(0).span.Start.Line)
		}
		m.raiseLast(diag.IndentationError, text)
	case "token":
		e := arg(0)
		m.raiseSpan(diag.SyntaxError, e.span.To(arg(1).span), fmt.Sprintf(text, m.text(e.span)))
	case "key":
		s := arg(0).span
		m.raise(diag.SyntaxError, place{s.Start.Line, s.End.Col, s.End.Line, 0}, text)
	default:
		m.reportMore(a, arg, text)
	}
}

// reportMore raises the errors that depend on more than what has matched.
func (m *matcher) reportMore(a *alternative, arg func(int) *match, text string) {
	switch a.action.verb {
	case "target":
		m.reportTarget(targetType(a.action.args[0].word), arg(1))
	case "comma":
		m.reportComma(arg(0), arg(1))
	case "legacy":
		if e := arg(0); isLegacy(e) {
			name := m.p.names.Text(e.name)
			m.raiseSpan(diag.SyntaxError, e.span.To(arg(1).span), fmt.Sprintf(text, name, name))
		}
	case "genexp":
		if args := arg(0).positional(); len(args) > 1 {
			m.raiseSpan(diag.SyntaxError, args[len(args)-1].span.To(lastOfClauses(arg(1)).span), "Generator expression must be parenthesized")
		}
	case "arguments":
		msg := "positional argument follows keyword argument"
		for _, e := range arg(0).elements() {
			if e.kind == exprDoubleStar {
				msg = "positional argument follows keyword argument unpacking"
			}
		}
		m.raiseLast(diag.SyntaxError, msg)
	case "bound":
		if arg(1).kind != exprTuple {
			text = a.action.text[1]
		}
		m.raiseFrom(arg(0), text)
	default:
		diag.Bugf("grammar: no action %s", a.action.verb)
	}
}

// resolve returns what a reference means.
func (m *matcher) resolve(r reference, kids []*match) *match {
	e := kids[r.item]
	switch r.part {
	case "first":
		return e.kids[0]
	case "last":
		return e.kids[len(e.kids)-1]
	case "clause":
		return lastOfClauses(e)
	}
	return e
}

func withName(text string, e *match) string {
	if !strings.Contains(text, "%s") {
		return text
	}
	return fmt.Sprintf(text, exprNames[e.kind])
}

// reportTarget raises the error of an expression that is no target.
func (m *matcher) reportTarget(t targetType, e *match) {
	bad := invalidTarget(e, t)
	if bad == nil {
		return
	}
	verb := "assign to"
	if t == delTargets {
		verb = "delete"
	}
	m.raiseSpan(diag.SyntaxError, bad.span, "cannot "+verb+" "+exprNames[bad.kind])
}

// reportComma raises the error of two expressions in brackets without a comma
// between them.
func (m *matcher) reportComma(a, b *match) {
	if isLegacy(a) || m.level(m.mark-1) == 0 {
		return
	}
	const msg = "invalid syntax. Perhaps you forgot a comma?"
	if a.span.Start.Line != a.span.End.Line && m.p.has(pyver.CommaErrorsAtLastLine) {
		start := source.Pos{Line: a.span.End.Line, Col: a.span.Start.Col}
		m.raiseSpan(diag.SyntaxError, source.Span{Start: start, End: a.span.End}, msg)
	}
	m.raiseSpan(diag.SyntaxError, a.span.To(b.span), msg)
}

// level returns how many brackets are open behind a token.
func (m *matcher) level(i int) int {
	n := 0
	for _, t := range m.toks[:i+1] {
		switch t.Kind {
		case token.LParen, token.LBracket, token.LBrace:
			n++
		case token.RParen, token.RBracket, token.RBrace:
			n--
		}
	}
	return n
}

// isLegacy reports whether an expression is the name of a statement of
// Python 2.
// CPython: action_helpers.c, _PyPegen_check_legacy_stmt.
func isLegacy(e *match) bool {
	return e.kind == exprName && (e.name == names.Print || e.name == names.Exec)
}

// text returns the source of a span within a line.
func (m *matcher) text(s source.Span) string {
	line := m.p.file.Line(int(s.Start.Line))
	return line[s.Start.Col:s.End.Col]
}

// A place is where CPython has an error: columns count from 1, in bytes, 0 is
// unknown.
type place struct {
	line, col, endLine, endCol int32
}

// raise gives up with an error.
// CPython: pegen_errors.c, _PyPegen_raise_error_known_location.
func (m *matcher) raise(class diag.Class, at place, msg string) {
	newline := m.toks[max(m.fill-1, 0)].Span.End.Line <= at.line
	panic(bailout{err: m.p.errorAt(class, at, msg, newline)})
}

func (m *matcher) raiseSpan(class diag.Class, s source.Span, msg string) {
	m.raise(class, place{s.Start.Line, s.Start.Col + 1, s.End.Line, s.End.Col + 1}, msg)
}

// raiseFrom raises an error from the start of a match to where the lexer is.
func (m *matcher) raiseFrom(e *match, msg string) {
	end := m.toks[m.fill-1].Span.End
	m.raise(diag.SyntaxError, place{e.span.Start.Line, e.span.Start.Col + 1, end.Line, end.Col}, msg)
}

// raiseNext raises an error at the next token.
func (m *matcher) raiseNext(msg string) {
	m.look()
	m.raiseToken(diag.SyntaxError, m.mark, msg)
}

// raiseLast raises an error at the last token that was looked at.
func (m *matcher) raiseLast(class diag.Class, msg string) { m.raiseToken(class, m.fill-1, msg) }

// raiseToken raises an error at a token. Layout other than a newline has no
// column of its own: that of the lexer stands for it.
// CPython: pegen_errors.c, _PyPegen_raise_error.
func (m *matcher) raiseToken(class diag.Class, i int, msg string) {
	t := &m.toks[i]
	if t.Kind.IsLayout() && t.Kind != token.Newline {
		end := m.toks[m.fill-1].Span.End
		m.raise(class, place{t.Span.Start.Line, end.Col, t.Span.End.Line, -1}, msg)
	}
	m.raiseSpan(class, t.Span, msg)
}
