// Package pygen writes random Python programs, for comparing compilers. They
// mean nothing and are not made to be run, but a compiler accepts nearly all of
// them: names are declared where they have to be, and a yield is where it may
// be.
package pygen

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// Program returns a random program for a version of Python. It is a function of
// the state of r.
func Program(r *rand.Rand, v pyver.Version) string {
	g := &generator{r: r, v: v, left: 3 + r.IntN(40), scope: &scope{kind: module}}
	if g.one(12) {
		g.line("from __future__ import annotations")
		g.scope.future = true
	}
	if g.one(5) {
		g.docstring()
	}
	for g.left > 0 {
		g.statement()
	}
	return g.b.String()
}

// A generator writes one program.
type generator struct {
	r      *rand.Rand
	v      pyver.Version
	b      strings.Builder
	indent int
	left   int // statements to write
	depth  int // of the expression being written
	serial int // of the last name that is used once
	scope  *scope
}

// Kinds of scopes.
const (
	module = iota
	function
	class
)

// A scope is what the program is in at the place where it is being written.
type scope struct {
	kind      int
	async     bool
	generator bool // yield is allowed, and return has no value if it is async
	loop      bool // break and continue are allowed
	star      bool // in except*: nothing leaves it
	plain     bool // in an annotation scope: no yield, await or :=
	fixed     bool // in a comprehension's iterable: no :=
	inner     bool // in a comprehension
	future    bool // annotations are text
	cells     []string
	parent    *scope
}

// one is true once in n times.
func (g *generator) one(n int) bool { return g.r.IntN(n) == 0 }

// pick returns one of the choices.
func (g *generator) pick(choices ...string) string { return choices[g.r.IntN(len(choices))] }

// size is a number that is mostly small, and now and then at the limits of the
// compiler's.
func (g *generator) size() int {
	switch {
	case g.one(60):
		return []int{15, 16, 17, 18, 29, 30, 31, 32, 33, 34}[g.r.IntN(10)]
	case g.one(400):
		return []int{127, 128, 129, 254, 255, 256, 257, 258}[g.r.IntN(8)]
	}
	return g.r.IntN(4)
}

// name returns a name to load or to store.
func (g *generator) name() string {
	if g.one(30) {
		return g.pick("__private", "é", "ﬁn", "match", "case", "type", "_", "lazy", "self", "x_"+strings.Repeat("y", 300), "Ⅷ", "__dunder__")
	}
	if s := g.scope; len(s.cells) > 0 && g.one(4) {
		return s.cells[g.r.IntN(len(s.cells))]
	}
	return g.pick("a", "b", "c", "d", "e", "f", "g", "x", "y", "z")
}

// fresh returns a name that is nowhere else.
func (g *generator) fresh(prefix string) string {
	g.serial++
	return fmt.Sprintf("%s%d", prefix, g.serial)
}

// line writes a line of the present block.
func (g *generator) line(format string, args ...any) {
	g.b.WriteString(strings.Repeat("    ", g.indent))
	fmt.Fprintf(&g.b, format, args...)
	g.b.WriteByte('\n')
	switch {
	case g.one(25):
		g.b.WriteString(strings.Repeat("\n", g.r.IntN(40)))
	case g.one(2000):
		g.b.WriteString(strings.Repeat("\n", g.r.IntN(70000)))
	case g.one(40):
		g.b.WriteString("# comment\n")
	}
}

// head writes the line of a compound statement and its block.
func (g *generator) head(format string, args ...any) {
	g.line(format, args...)
	g.block()
}

// block writes an indented block.
func (g *generator) block() {
	g.indent++
	n := 1 + g.r.IntN(3)
	for range n {
		g.statement()
	}
	g.indent--
}

// within writes with a changed scope.
func (g *generator) within(change func(*scope), write func()) {
	outer := g.scope
	s := *outer
	change(&s)
	g.scope = &s
	write()
	g.scope = outer
}

// text returns what write adds to the program, without adding it.
func (g *generator) several(n int, item func() string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = item()
	}
	return strings.Join(items, g.comma())
}

// comma separates items, on one line or on two.
func (g *generator) comma() string {
	if g.one(30) {
		return ",\n" + strings.Repeat(" ", g.r.IntN(12))
	}
	return ", "
}
