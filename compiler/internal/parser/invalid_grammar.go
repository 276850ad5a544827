package parser

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed grammar.txt
var grammarText string

// A grammar is that of one version, with the rules that are only there to find
// out what is wrong with a source.
type grammar struct {
	rules []rule
	index map[string]int // of the rules, by name
	// statement is the index of the rule for a statement.
	statement int
}

type rule struct {
	name        string
	memo, left  bool
	defined     bool
	withoutRule bool // turns off the rules for invalid sources
	recursive   bool // begins with a rule that begins with itself
	alts        []alternative
	first       kindSet // what a match may begin with
}

type alternative struct {
	items   []item
	action  action
	invalid bool // is a single rule for invalid sources
	first   kindSet
}

type itemOp uint8

const (
	opToken   itemOp = iota
	opSoft           // a soft keyword
	opAnySoft        // any soft keyword
	opNever          // a token that this compiler does not make
	opRule
	opGroup
	opOptional
	opStar
	opPlus
	opGather
	opAnd
	opNot
	opForce
	opCut
	opInequality // the check behind !=
)

type item struct {
	op    itemOp
	bind  string
	kind  token.Kind
	soft  names.ID
	rule  int
	text  string
	alts  []alternative
	inner *item // of an operator; the separator of opGather is sep
	sep   *item
}

// An action is what happens when an alternative has matched.
type action struct {
	verb string // "" for none, $, = or the name of an error
	args []reference
	kind exprKind
	text []string // messages
}

// A reference is to an item of the alternative, or to a part of it.
type reference struct {
	item int
	part string // first, last, clause or ""
	word string // an argument that is no reference
}

// loadGrammar reads the rules of a version.
func loadGrammar(v pyver.Version) *grammar {
	g := &grammar{index: map[string]int{}}
	var current *rule
	for line := range strings.Lines(grammarText) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "" || line[0] == '#':
		case line[0] != ' ':
			words := strings.Fields(line)
			current = &g.rules[g.ruleIndex(words[0])]
			current.memo = len(words) > 1 && words[1] == "memo"
			current.left = len(words) > 1 && words[1] == "left"
		default:
			versions, text, _ := strings.Cut(strings.TrimSpace(line), "| ")
			if !inVersions(strings.TrimSpace(versions), v) {
				continue
			}
			r := grammarReader{g: g, text: text}
			i := g.index[current.name]
			alt := r.alternative()
			current = &g.rules[i]
			current.defined = true
			current.alts = append(current.alts, alt)
		}
	}
	g.statement = g.index["statement"]
	g.findFirst()
	return g
}

func inVersions(s string, v pyver.Version) bool {
	if s == "" {
		return true
	}
	from, to, _ := strings.Cut(s, "-")
	if n, err := strconv.Atoi(from); err == nil && int(v) < n {
		return false
	}
	n, err := strconv.Atoi(to)
	return err != nil || int(v) <= n
}

func (g *grammar) ruleIndex(name string) int {
	if i, ok := g.index[name]; ok {
		return i
	}
	i := len(g.rules)
	g.index[name] = i
	g.rules = append(g.rules, rule{
		name: name, withoutRule: strings.HasSuffix(name, "_without_invalid"), recursive: name == "name_or_attr",
	})
	return i
}

// A grammarReader reads the items and the action of an alternative.
type grammarReader struct {
	g    *grammar
	text string
	i    int
}

func (r *grammarReader) space() {
	for r.i < len(r.text) && r.text[r.i] == ' ' {
		r.i++
	}
}

func (r *grammarReader) peek() byte {
	if r.i < len(r.text) {
		return r.text[r.i]
	}
	return 0
}

// alternative reads up to the end, a bar or a closing bracket.
func (r *grammarReader) alternative() alternative {
	var a alternative
	for {
		r.space()
		switch c := r.peek(); {
		case c == 0 || c == '|' || c == ')' || c == ']':
			a.invalid = len(a.items) == 1 && a.items[0].op == opRule && strings.HasPrefix(a.items[0].text, "invalid_")
			return a
		case c == '$' || c == '=' || c == '!' && r.isAction():
			r.action(&a)
		default:
			a.items = append(a.items, r.item())
		}
	}
}

// isAction tells an action's exclamation mark from that of a lookahead: a word
// of an action is followed by a space or the end, and is no rule.
func (r *grammarReader) isAction() bool {
	end := r.i + 1
	for end < len(r.text) && (r.text[end] >= 'a' && r.text[end] <= 'z' || r.text[end] == '_') {
		end++
	}
	_, known := errorVerbs[r.text[r.i+1:end]]
	return known || r.text[r.i+1:end] == "barry"
}

func (r *grammarReader) item() item {
	it := r.prefixed()
	for {
		switch r.peek() {
		case '?':
			inner := it
			it = item{op: opOptional, inner: &inner, bind: inner.bind}
		case '*':
			inner := it
			it = item{op: opStar, inner: &inner, bind: inner.bind}
		case '+':
			inner := it
			it = item{op: opPlus, inner: &inner, bind: inner.bind}
		case '.':
			r.i++
			sep, inner := it, r.prefixed()
			it = item{op: opGather, inner: &inner, sep: &sep, bind: sep.bind}
		default:
			return it
		}
		r.i++
	}
}

// prefixed reads an item without what may be behind it.
func (r *grammarReader) prefixed() item {
	switch c := r.peek(); c {
	case '~':
		r.i++
		return item{op: opCut}
	case '&':
		r.i++
		op := opAnd
		if r.peek() == '&' {
			r.i++
			op = opForce
		}
		inner := r.prefixed()
		return item{op: op, inner: &inner}
	case '!':
		r.i++
		inner := r.prefixed()
		return item{op: opNot, inner: &inner}
	case '(', '[':
		return r.group(c)
	case '\'', '"':
		return r.quoted(c)
	}
	word := r.word()
	if r.peek() == '=' {
		r.i++
		it := r.prefixed()
		it.bind = word
		return it
	}
	return r.named(word)
}

func (r *grammarReader) word() string {
	start := r.i
	for c := r.peek(); c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'; c = r.peek() {
		r.i++
	}
	if r.i == start {
		diag.Bugf("grammar: cannot read %q at %d", r.text, r.i)
	}
	return r.text[start:r.i]
}

func (r *grammarReader) group(open byte) item {
	it := item{op: opGroup}
	r.i++
	for {
		it.alts = append(it.alts, r.alternative())
		c := r.peek()
		r.i++
		if c != '|' {
			break
		}
	}
	if open == '[' {
		inner := it
		return item{op: opOptional, inner: &inner}
	}
	return it
}

func (r *grammarReader) quoted(quote byte) item {
	start := r.i + 1
	n := strings.IndexByte(r.text[start:], quote)
	r.i = start + n + 1
	text := r.text[start : start+n]
	id := names.Known(text)
	switch {
	case quote == '"':
		return item{op: opSoft, soft: id, text: text}
	case id != names.None && int(id) <= names.NumKeywords:
		return item{op: opToken, kind: token.Keyword(id), text: text}
	}
	kind, ok := token.Operator(text)
	if !ok {
		diag.Bugf("grammar: no token %q in %s", text, r.text)
	}
	return item{op: opToken, kind: kind, text: text}
}

// named reads the name of a rule or of a kind of token.
func (r *grammarReader) named(word string) item {
	if word[0] >= 'a' {
		return item{op: opRule, rule: r.g.ruleIndex(word), text: word}
	}
	switch word {
	case "TYPE_COMMENT":
		return item{op: opNever}
	case "SOFT_KEYWORD":
		return item{op: opAnySoft}
	}
	kind, ok := token.Named(word)
	if !ok {
		diag.Bugf("grammar: no kind of token %s", word)
	}
	return item{op: opToken, kind: kind, text: word}
}

// errorVerbs has the actions that are errors, and how many arguments they have.
var errorVerbs = map[string]int{
	"at": 1, "range": 2, "from": 1, "next": 0, "last": 0, "indent": 1, "target": 2, "token": 2,
	"comma": 2, "legacy": 2, "genexp": 2, "arguments": 1, "key": 1, "bound": 2,
}

// action reads an action into an alternative.
func (r *grammarReader) action(a *alternative) {
	verb := r.peek()
	r.i++
	switch verb {
	case '$':
		a.action = action{verb: "$", args: []reference{a.reference(r.word())}}
		return
	case '=':
		a.action = action{verb: "=", kind: exprKinds[r.word()]}
		return
	}
	word := r.word()
	if word == "barry" {
		a.items = append(a.items, item{op: opInequality})
		return
	}
	a.action.verb = word
	for {
		r.space()
		switch c := r.peek(); {
		case c == '"':
			end := r.i + 1
			for r.text[end] != '"' || r.text[end-1] == '\\' {
				end++
			}
			a.action.text = append(a.action.text, strings.ReplaceAll(r.text[r.i+1:end], `\"`, `"`))
			r.i = end + 1
		case c >= 'a' && c <= 'z':
			ref := r.word()
			part := ""
			if r.peek() == ':' {
				r.i++
				part, ref = ref, r.word()
			}
			arg := a.reference(ref)
			arg.part = part
			a.action.args = append(a.action.args, arg)
		default:
			return
		}
	}
}

func (a *alternative) reference(name string) reference {
	for i := len(a.items) - 1; i >= 0; i-- {
		if a.items[i].bind == name {
			return reference{item: i}
		}
	}
	return reference{item: -1, word: name}
}
