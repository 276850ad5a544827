package parser

import (
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The limits of a matcher, beyond which the error is plain "invalid syntax":
// a source can be made so that looking for a better message takes forever.
const (
	maxMatchStepsPerToken = 2_000
	maxMatchDepth         = 30_000
)

// topLevel is the depth of a file's list of statements.
const topLevel = 2

// A match is what a rule or an item has matched.
type match struct {
	kind exprKind
	tok  token.Kind // of a single token
	name names.ID   // of a Name
	span source.Span
	kids []*match
	at   int32 // index of a single token
}

// A memoKey says where a rule was tried, and whether with the rules for
// invalid sources.
type memoKey struct {
	rule, mark int
	invalid    bool
}

type memoEntry struct {
	result *match
	mark   int // behind the match
}

// A matcher tries the rules of a grammar on the tokens of a source, in the
// order in which CPython's parser does.
// CPython: the generated Parser/parser.c.
type matcher struct {
	p       *Parser
	g       *grammar
	toks    []token.Token
	mark    int
	fill    int // how many tokens have been looked at
	invalid bool
	memo    map[memoKey]memoEntry
	stack   []*match // the items of alternatives under way
	steps   int
	depth   int
}

// gaveUp ends a matcher that takes too long.
type gaveUp struct{}

// look returns the current token.
func (m *matcher) look() *token.Token {
	if m.mark >= m.fill {
		m.fill = m.mark + 1
	}
	t := &m.toks[m.mark]
	if t.Kind == token.Error {
		panic(bailout{err: m.p.lexErr, final: true})
	}
	return t
}

// rule tries a rule. A rule that fails leaves the mark where it was.
func (m *matcher) rule(i int) (*match, bool) {
	r := &m.g.rules[i]
	if !r.first.has(asName(m.look().Kind)) {
		return nil, false
	}
	key := memoKey{i, m.mark, m.invalid && !r.memo && !r.left}
	if e, ok := m.memo[key]; ok && !r.recursive {
		if e.result == nil {
			return nil, false
		}
		m.mark = e.mark
		return e.result, true
	}
	m.steps++
	m.depth++
	if m.steps > maxMatchStepsPerToken*(len(m.toks)+100) || m.depth > maxMatchDepth {
		panic(gaveUp{})
	}
	was := m.invalid
	if r.withoutRule {
		m.invalid = false
	}
	var result *match
	if r.left {
		result = m.grow(r, key)
	} else {
		result, _ = m.alternatives(r.alts)
		m.memo[key] = memoEntry{result, m.mark}
	}
	m.invalid = was
	m.depth--
	return result, result != nil
}

// grow tries a rule that begins with itself: each round takes the last one's
// result for what the rule matches there.
func (m *matcher) grow(r *rule, key memoKey) *match {
	start, best := m.mark, memoEntry{nil, m.mark}
	for {
		m.memo[key] = best
		m.mark = start
		result, ok := m.alternatives(r.alts)
		if !ok || m.mark <= best.mark {
			break
		}
		best = memoEntry{result, m.mark}
	}
	m.mark = best.mark
	if best.result == nil {
		m.mark = start
	}
	return best.result
}

// alternatives tries alternatives in turn.
func (m *matcher) alternatives(alts []alternative) (*match, bool) {
	start := m.mark
	for i := range alts {
		a := &alts[i]
		if a.invalid && !m.invalid {
			continue
		}
		m.mark = start
		if !a.first.has(asName(m.toks[start].Kind)) {
			m.look()
			continue
		}
		base := len(m.stack)
		ok, cut := m.items(a.items)
		if ok {
			// An action without a result ends the rule.
			result := m.act(a, m.stack[base:], start)
			m.stack = m.stack[:base]
			if result != nil {
				return result, true
			}
			break
		}
		m.stack = m.stack[:base]
		if cut {
			break
		}
	}
	m.mark = start
	return nil, false
}

// items matches items in turn and puts a match for each on the stack.
func (m *matcher) items(items []item) (ok, cut bool) {
	for i := range items {
		var kid *match
		if items[i].op == opCut {
			cut = true
		} else if kid, ok = m.item(&items[i]); !ok {
			return false, cut
		}
		m.stack = append(m.stack, kid)
	}
	return true, cut
}

func (m *matcher) item(it *item) (*match, bool) {
	switch it.op {
	case opToken:
		return m.token(it.kind)
	case opSoft:
		if t := m.look(); t.Kind != token.Name || t.Name != it.soft {
			return nil, false
		}
		return m.token(token.Name)
	case opAnySoft:
		if t := m.look(); t.Kind != token.Name || !m.isSoft(t.Name) {
			return nil, false
		}
		return m.token(token.Name)
	case opRule:
		return m.rule(it.rule)
	case opGroup:
		return m.alternatives(it.alts)
	case opOptional:
		start := m.mark
		result, ok := m.item(it.inner)
		if !ok {
			m.mark = start
		}
		return result, true
	case opStar:
		return m.repeat(it.inner, nil, 0)
	case opPlus:
		return m.repeat(it.inner, nil, 1)
	case opGather:
		return m.repeat(it.inner, it.sep, 1)
	case opAnd, opNot:
		start := m.mark
		_, ok := m.item(it.inner)
		m.mark = start
		return nil, ok == (it.op == opAnd)
	case opForce:
		return m.force(it.inner)
	case opInequality:
		return nil, m.inequality()
	}
	m.look()
	return nil, false
}

// asName is the kind of token that a rule's first token is looked up by: rules
// for names are tried on a name that is none.
func asName(kind token.Kind) token.Kind {
	if kind == token.Constant {
		return token.Name
	}
	return kind
}

// token matches a token of a kind.
// CPython: pegen.c, _PyPegen_expect_token, _PyPegen_new_identifier.
func (m *matcher) token(kind token.Kind) (*match, bool) {
	t := m.look()
	if t.Kind == token.Constant && kind == token.Name {
		m.p.raise(diag.ValueError, source.Span{}, "identifier field can't represent '"+m.p.names.Text(t.Name)+"' constant")
	}
	if t.Kind != kind {
		return nil, false
	}
	m.mark++
	result := &match{kind: exprToken, tok: kind, span: t.Span, at: int32(m.mark - 1)}
	switch kind {
	case token.Name:
		result.kind, result.name = exprName, t.Name
	case token.Number:
		result.kind = exprLiteral
		m.number(t)
	case token.String:
		result.kind = exprLiteral
		if t.Flags&token.Formatted != 0 {
			result.kind = exprFString
		}
	}
	return result, true
}

func (m *matcher) isSoft(id names.ID) bool {
	if m.p.has(pyver.TakesPrefixesForSoftKeywords) {
		text := m.p.names.Text(id)
		return strings.HasPrefix("_", text) || strings.HasPrefix("case", text) || strings.HasPrefix("match", text) ||
			strings.HasPrefix("type", text) && m.p.has(pyver.HasTypeParameters)
	}
	switch id {
	case names.Underscore, names.Case, names.Match:
		return true
	case names.Type:
		return m.p.has(pyver.HasTypeParameters)
	case names.Lazy:
		return m.p.has(pyver.HasLazyImports)
	}
	return false
}

// repeat matches an item as often as it can, with separators between if there
// is one, and at least least times.
func (m *matcher) repeat(inner, sep *item, least int) (*match, bool) {
	result, first := &match{kind: exprList}, m.mark
	for {
		start := m.mark
		if sep != nil && len(result.kids) > 0 {
			if _, ok := m.item(sep); !ok {
				m.mark = start
				break
			}
		}
		kid, ok := m.item(inner)
		if !ok || m.mark == start {
			m.mark = start
			break
		}
		result.kids = append(result.kids, kid)
		if inner.op == opRule && inner.rule == m.g.statement && m.depth == topLevel {
			clear(m.memo) // nothing goes back behind a statement of the file
		}
	}
	if m.mark > first {
		result.span = m.spanFrom(first)
	}
	return result, len(result.kids) >= least
}

// force matches a token that must be there.
// CPython: pegen.c, _PyPegen_expect_forced_token.
func (m *matcher) force(inner *item) (*match, bool) {
	if result, ok := m.item(inner); ok {
		return result, true
	}
	t := m.look()
	m.raiseSpan(diag.SyntaxError, t.Span, "expected '"+inner.text+"'")
	return nil, false
}

// inequality checks the spelling of the operator that was just matched: !=, or
// <> as one token or as two.
// CPython: action_helpers.c, _PyPegen_check_barry_as_flufl.
func (m *matcher) inequality() bool {
	t := &m.toks[m.mark-1]
	if t.Kind == token.Greater {
		less := &m.toks[m.mark-2]
		if less.End == t.Off && !m.p.flufl && m.invalid {
			m.raiseSpan(diag.SyntaxError, less.Span.To(t.Span), "invalid syntax.  Maybe you meant '!=' instead of '<>'?")
		}
		return less.End == t.Off && m.p.flufl
	}
	old := m.p.src[t.Off] == '<'
	if m.p.flufl && !old {
		m.raiseLast(diag.SyntaxError, "with Barry as BDFL, use '<>' instead of '!='")
	}
	return old == m.p.flufl
}

// act carries out the action of an alternative and returns what it matched, or
// nil if the action has no result.
func (m *matcher) act(a *alternative, kids []*match, start int) *match {
	switch a.action.verb {
	case "":
		return m.plain(a.items, kids, start)
	case "$":
		if kid := kids[a.action.args[0].item]; kid != nil {
			return kid
		}
		return &match{kind: exprList}
	case "=":
		return m.build(a.action.kind, kids, start)
	}
	m.report(a, kids)
	return nil
}

// plain returns the match of a single item, or all of several.
func (m *matcher) plain(items []item, kids []*match, start int) *match {
	only := -1
	for i := range items {
		switch items[i].op {
		case opAnd, opNot, opCut, opInequality:
			continue
		}
		if only >= 0 {
			return &match{kind: exprList, span: m.spanFrom(start), kids: slices.Clone(kids)}
		}
		only = i
	}
	if only < 0 || kids[only] == nil {
		return &match{kind: exprList, span: m.spanFrom(start)}
	}
	return kids[only]
}

// spanFrom returns the span from the token at start to the last one that is
// not layout.
func (m *matcher) spanFrom(start int) source.Span {
	span := source.Span{Start: m.toks[start].Span.Start}
	for i := m.mark - 1; i >= 0; i-- {
		if !m.toks[i].Kind.IsLayout() {
			span.End = m.toks[i].Span.End
			break
		}
	}
	return span
}

// build makes an expression of a kind.
func (m *matcher) build(kind exprKind, kids []*match, start int) *match {
	if kind > exprPlain {
		return m.checked(kind, kids, start)
	}
	return &match{kind: kind, span: m.spanFrom(start), kids: slices.Clone(kids)}
}
