package parser

import "github.com/rules-pyc/rules_pyc/compiler/internal/token"

// A kindSet is a set of kinds of tokens.
type kindSet [2]uint64

func (s *kindSet) has(k token.Kind) bool { return s[k>>6]>>(k&63)&1 != 0 }

func (s *kindSet) add(k token.Kind) { s[k>>6] |= 1 << (k & 63) }

// merge adds the kinds of t, and reports whether there are new ones.
func (s *kindSet) merge(t kindSet) bool {
	before := *s
	s[0] |= t[0]
	s[1] |= t[1]
	return *s != before
}

var allKinds = kindSet{^uint64(0), ^uint64(0)}

// findFirst finds for each rule and alternative the tokens that a match may
// begin with. A rule that fails at any other token looks at that one alone, so
// that it need not be tried to know how far it looks.
func (g *grammar) findFirst() {
	empty := make([]bool, len(g.rules))
	for changed := true; changed; {
		changed = false
		for i := range g.rules {
			r := &g.rules[i]
			for j := range r.alts {
				canBeEmpty := g.firstOf(&r.alts[j], empty)
				if r.first.merge(r.alts[j].first) || canBeEmpty && !empty[i] {
					changed = true
				}
				empty[i] = empty[i] || canBeEmpty
			}
		}
	}
	for i := range g.rules {
		if empty[i] {
			g.rules[i].first = allKinds
		}
		for j := range g.rules[i].alts {
			g.settle(&g.rules[i].alts[j], empty)
		}
	}
}

// firstOf adds to an alternative's first tokens what is known so far, and
// reports whether the alternative can match nothing.
func (g *grammar) firstOf(a *alternative, empty []bool) bool {
	for i := range a.items {
		if !g.firstOfItem(&a.items[i], &a.first, empty) {
			return false
		}
	}
	return true
}

func (g *grammar) firstOfItem(it *item, first *kindSet, empty []bool) (canBeEmpty bool) {
	switch it.op {
	case opToken:
		first.add(it.kind)
		return false
	case opSoft, opAnySoft:
		first.add(token.Name)
		return false
	case opNever:
		return false
	case opRule:
		first.merge(g.rules[it.rule].first)
		return empty[it.rule]
	case opGroup:
		for i := range it.alts {
			if g.firstOf(&it.alts[i], empty) {
				canBeEmpty = true
			}
			first.merge(it.alts[i].first)
		}
		return canBeEmpty
	case opOptional, opStar:
		g.firstOfItem(it.inner, first, empty)
		return true
	case opPlus, opGather:
		return g.firstOfItem(it.inner, first, empty)
	case opForce:
		*first = allKinds
		return false
	}
	return true
}

// settle gives an alternative that can match nothing, or only look ahead, all
// tokens.
func (g *grammar) settle(a *alternative, empty []bool) {
	if g.firstOf(a, empty) {
		a.first = allKinds
	}
	for i := range a.items {
		g.settleItem(&a.items[i], empty)
	}
}

func (g *grammar) settleItem(it *item, empty []bool) {
	for i := range it.alts {
		g.settle(&it.alts[i], empty)
	}
	if it.inner != nil {
		if it.inner.op == opGroup {
			for i := range it.inner.alts {
				g.firstOf(&it.inner.alts[i], empty)
			}
		}
		g.settleItem(it.inner, empty)
	}
	if it.sep != nil {
		g.settleItem(it.sep, empty)
	}
}
