package conformance

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// grammarFile has the rules of Python's grammar, of all versions, with those
// for mistakes. It explains its notation.
const grammarFile = "../compiler/internal/parser/grammar.txt"

// A sentenceGrammar is the rules of one version, to make sentences of.
type sentenceGrammar struct {
	rules map[string][][]symbol // alternatives
	names []string              // of the rules, in order
	least map[string]int        // how deep a rule's shortest sentence nests
}

// A symbol is an item of an alternative.
type symbol struct {
	text  string // a rule or kind of token; of a quoted token, its spelling
	quote bool
	group [][]symbol // alternatives in brackets
	sep   []symbol   // of a list
	least int        // how often it is there
	most  int
}

// readGrammar reads the rules of a version.
func readGrammar(t *testing.T, v pyver.Version) *sentenceGrammar {
	t.Helper()
	content, err := os.ReadFile(grammarFile)
	if err != nil {
		t.Fatal(err)
	}
	g := &sentenceGrammar{rules: map[string][][]symbol{}, least: map[string]int{}}
	rule := ""
	for line := range strings.SplitSeq(string(content), "\n") {
		switch {
		case line == "" || line[0] == '#':
		case line[0] != ' ':
			rule = strings.Fields(line)[0]
		default:
			versions, text, _ := strings.Cut(strings.TrimSpace(line), "| ")
			if within(strings.TrimSpace(versions), v) {
				r := symbolReader{text: text}
				g.rules[rule] = append(g.rules[rule], r.symbols())
			}
		}
	}
	for name := range g.rules {
		g.names = append(g.names, name)
	}
	slices.Sort(g.names)
	g.measure()
	return g
}

func within(versions string, v pyver.Version) bool {
	from, to, _ := strings.Cut(versions, "-")
	if n, err := strconv.Atoi(from); err == nil && int(v) < n {
		return false
	}
	n, err := strconv.Atoi(to)
	return err != nil || int(v) <= n
}

// A symbolReader reads the items of an alternative.
type symbolReader struct {
	text string
	i    int
}

func (r *symbolReader) peek() byte {
	if r.i < len(r.text) {
		return r.text[r.i]
	}
	return 0
}

// symbols reads up to the action, a bar or a closing bracket. What is only
// looked at is left out.
func (r *symbolReader) symbols() []symbol {
	var list []symbol
	for {
		switch c := r.peek(); {
		case c == 0 || strings.IndexByte("|)]$=", c) >= 0:
			r.skipAction()
			return list
		case c == ' ' || c == '~':
			r.i++
		case c == '!' && r.atAction():
			r.skipAction()
			return list
		case c == '&' && strings.HasPrefix(r.text[r.i:], "&&"):
			r.i += 2
		case c == '!' || c == '&':
			r.i++
			r.symbol()
		default:
			list = append(list, r.symbol())
		}
	}
}

// atAction tells an action from a negative lookahead.
func (r *symbolReader) atAction() bool {
	word, _, _ := strings.Cut(r.text[r.i+1:], " ")
	return slices.Contains(strings.Fields("at range from next last indent target token comma legacy genexp arguments key bound barry"), word)
}

// skipAction goes to the end of the alternative.
func (r *symbolReader) skipAction() {
	for c := r.peek(); c != 0 && c != '|' && c != ')' && c != ']'; c = r.peek() {
		r.i++
		if c == '"' {
			for r.peek() != '"' || r.text[r.i-1] == '\\' {
				r.i++
			}
			r.i++
		}
	}
}

func (r *symbolReader) symbol() symbol {
	s := r.plain()
	for {
		switch r.peek() {
		case '?':
			s.least = 0
		case '*':
			s.least, s.most = 0, 3
		case '+':
			s.most = 3
		case '.':
			r.i++
			sep := s
			s = r.plain()
			s.sep = []symbol{sep}
			continue
		default:
			return s
		}
		r.i++
	}
}

// plain reads a symbol without what may be behind it.
func (r *symbolReader) plain() symbol {
	s := symbol{least: 1, most: 1}
	switch c := r.peek(); c {
	case '(', '[':
		for c != ')' && c != ']' {
			r.i++
			s.group = append(s.group, r.symbols())
			c = r.peek()
		}
		r.i++
		if c == ']' {
			s.least = 0
		}
	case '\'', '"':
		n := strings.IndexByte(r.text[r.i+1:], c)
		s.text, s.quote = r.text[r.i+1:r.i+1+n], true
		r.i += n + 2
	default:
		start := r.i
		for c := r.peek(); c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'; c = r.peek() {
			r.i++
		}
		s.text = r.text[start:r.i]
		if r.peek() == '=' {
			r.i++
			return r.plain()
		}
	}
	return s
}

const unreachable = 1 << 20

// measure finds how deep the shortest sentence of each rule nests.
func (g *sentenceGrammar) measure() {
	for changed := true; changed; {
		changed = false
		for _, name := range g.names {
			least := unreachable
			for _, alt := range g.rules[name] {
				least = min(least, g.depth(alt)+1)
			}
			if old, ok := g.least[name]; !ok || least < old {
				g.least[name] = least
				changed = true
			}
		}
	}
}

// depth returns how deep the shortest sentence of an alternative nests.
func (g *sentenceGrammar) depth(alt []symbol) int {
	deepest := 0
	for _, s := range alt {
		switch {
		case s.least == 0 || s.quote:
		case s.group != nil:
			least := unreachable
			for _, inner := range s.group {
				least = min(least, g.depth(inner))
			}
			deepest = max(deepest, least)
		case g.rules[s.text] != nil:
			if least, ok := g.least[s.text]; ok {
				deepest = max(deepest, least)
			} else {
				deepest = unreachable
			}
		}
	}
	return deepest
}

// distances returns for each rule how many rules are between it and a goal.
func (g *sentenceGrammar) distances(goal string) map[string]int {
	d := map[string]int{goal: 0}
	for changed := true; changed; {
		changed = false
		for _, name := range g.names {
			for _, alt := range g.rules[name] {
				if n, ok := nearest(alt, d); ok {
					if old, ok := d[name]; !ok || n+1 < old {
						d[name] = n + 1
						changed = true
					}
				}
			}
		}
	}
	return d
}

// nearest returns the smallest distance of an alternative's symbols.
func nearest(alt []symbol, d map[string]int) (best int, found bool) {
	for _, s := range alt {
		n, ok := s.distance(d)
		if ok && (!found || n < best) {
			best, found = n, true
		}
	}
	return best, found
}

func (s *symbol) distance(d map[string]int) (best int, found bool) {
	if s.quote {
		return 0, false
	}
	if s.group == nil {
		best, found = d[s.text]
		return best, found
	}
	for _, alt := range s.group {
		if n, ok := nearest(alt, d); ok && (!found || n < best) {
			best, found = n, true
		}
	}
	return best, found
}

// A writer makes one sentence.
type writer struct {
	g        *sentenceGrammar
	r        *rand.Rand
	distance map[string]int // to the goal, nil once it is reached
	b        strings.Builder
	indent   int
	fresh    bool // at the beginning of a line
	budget   int  // how much deeper to nest where there is a choice
}

// sentence returns a random source in which one rule is used, unless another
// one hides it.
func (g *sentenceGrammar) sentence(r *rand.Rand) string {
	goal := g.names[r.IntN(len(g.names))]
	w := writer{g: g, r: r, distance: g.distances(goal), fresh: true, budget: 4 + r.IntN(8)}
	for range 1 + r.IntN(2) {
		w.rule("statement")
	}
	if w.b.Len() > maxSentence {
		return w.b.String()[:maxSentence]
	}
	return w.b.String()
}

// maxSentence bounds sentences, in bytes.
const maxSentence = 2000

func (w *writer) rule(name string) {
	if w.distance != nil && w.distance[name] == 0 {
		w.distance = nil
	}
	w.budget--
	w.alternatives(w.g.rules[name])
	w.budget++
}

// alternatives writes one of several alternatives: one on the way to the goal,
// or any, or the one that nests least when the budget is spent.
func (w *writer) alternatives(alts [][]symbol) {
	pick := w.r.IntN(len(alts))
	if w.distance != nil {
		best := unreachable
		for i, alt := range alts {
			if n, ok := nearest(alt, w.distance); ok && (n < best || n == best && w.r.IntN(2) == 0) {
				best, pick = n, i
			}
		}
	} else if w.budget < 0 || w.b.Len() > maxSentence {
		best := unreachable
		for i, alt := range alts {
			if n := w.g.depth(alt); n < best || n == best && w.r.IntN(2) == 0 {
				best, pick = n, i
			}
		}
	}
	goal := -1
	if w.distance != nil {
		best := unreachable
		for i, s := range alts[pick] {
			if n, ok := s.distance(w.distance); ok && n < best {
				best, goal = n, i
			}
		}
	}
	for i := range alts[pick] {
		w.symbol(&alts[pick][i], i == goal)
	}
}

func (w *writer) symbol(s *symbol, goal bool) {
	distance := w.distance
	if !goal {
		w.distance = nil
	}
	n := s.least
	if s.most > s.least && w.budget >= 0 && w.b.Len() < maxSentence {
		n += w.r.IntN(s.most - s.least + 1)
	}
	if goal && n == 0 {
		n = 1
	}
	for i := range n {
		if i > 0 {
			for j := range s.sep {
				w.symbol(&s.sep[j], false)
			}
		}
		switch {
		case s.quote:
			w.token(s.text)
		case s.group != nil:
			w.alternatives(s.group)
		case w.g.rules[s.text] != nil:
			w.rule(s.text)
		default:
			w.kind(s.text)
		}
	}
	if !goal {
		w.distance = distance
	}
}

// kinds have spellings of the kinds of tokens.
var kinds = map[string][]string{
	"NAME":         {"a", "b", "c", "x", "_", "match", "case", "type", "lazy", "print", "exec", "__debug__", "é", "None", "self", "annotations"},
	"NUMBER":       {"0", "1", "2.5", "3j", "0x1F", "1_000", "1e5", "0777", "1__0", "1if", "0b2", "1_"},
	"STRING":       {"'s'", `"t"`, "b'u'", `r'\d'`, `'\x1'`, `b'\x1'`, `'\N{dash}'`, "u'v'", "'''w\n'''", `b'é'`, `'\d'`, `'\400'`, "'"},
	"SOFT_KEYWORD": {"match", "case", "_", "type", "lazy"},
}

func (w *writer) kind(name string) {
	switch name {
	case "NEWLINE":
		w.b.WriteString("\n")
		w.fresh = true
	case "INDENT":
		w.indent++
	case "DEDENT":
		w.indent--
	case "FSTRING_START":
		w.token("f'")
	case "TSTRING_START":
		w.token("t'")
	case "FSTRING_MIDDLE", "TSTRING_MIDDLE":
		w.b.WriteString([]string{"m", " ", "é", `\n`, "{{", `\N{dash}`, `\x1`, ""}[w.r.IntN(8)])
	case "FSTRING_END", "TSTRING_END":
		w.b.WriteString("'")
	case "TYPE_COMMENT", "ENDMARKER":
	default:
		list := kinds[name]
		// What comes first is much likelier.
		w.token(list[min(w.r.IntN(len(list)), w.r.IntN(len(list)), w.r.IntN(len(list)), w.r.IntN(len(list)))])
	}
}

// token writes a token, with a space in front of it but seldom.
func (w *writer) token(text string) {
	switch {
	case w.fresh:
		w.b.WriteString(strings.Repeat("  ", max(w.indent, 0)))
		w.fresh = false
	case w.r.IntN(10) > 0 || text[0] == '_' || text[0]|0x20 >= 'a' && text[0]|0x20 <= 'z':
		w.b.WriteByte(' ')
	}
	w.b.WriteString(text)
}
