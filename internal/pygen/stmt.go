package pygen

import (
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

const deepest = 8 // indentation from which on there are simple statements only

// statement writes a statement. Those that contain others count as several.
func (g *generator) statement() {
	g.left--
	if g.indent >= deepest || g.left < 0 {
		g.simple()
		return
	}
	switch g.r.IntN(28) {
	case 0, 1:
		g.ifStatement()
	case 2:
		g.while()
	case 3, 4:
		g.forStatement()
	case 5, 6:
		g.try()
	case 7, 8:
		g.with()
	case 9:
		g.match()
	case 10, 11, 12:
		g.function()
	case 13:
		g.class()
	case 14:
		g.constantCondition()
	case 15:
		g.unreachable()
	case 16:
		if g.one(12) {
			g.filler()
			return
		}
		g.simple()
	default:
		g.simple()
	}
}

// simple writes a line of simple statements.
func (g *generator) simple() {
	if g.one(12) {
		g.line("%s; %s", g.simpleStatement(), g.simpleStatement())
		return
	}
	g.line("%s", g.simpleStatement())
}

func (g *generator) simpleStatement() string {
	switch g.r.IntN(30) {
	case 0, 1:
		return g.leave()
	case 2:
		return "assert " + g.expr() + g.pick("", ", "+g.expr())
	case 3:
		return "del " + g.target(2)
	case 4:
		return g.pick("pass", "...", "None", `"text"`, "1", "1.5", "a", "raise")
	case 5:
		return "raise " + g.expr() + g.pick("", " from "+g.expr())
	case 6, 7:
		return g.augmented()
	case 8, 9:
		return g.annotated()
	case 10:
		return g.imports()
	case 11:
		return g.alias()
	case 12, 13, 14:
		return g.expr()
	case 15:
		return g.yields()
	case 16:
		return g.target(1) + " = " + g.target(1) + " = " + g.value()
	}
	return g.target(2) + " = " + g.value()
}

// value is the right side of an assignment.
func (g *generator) value() string {
	switch g.r.IntN(12) {
	case 0:
		return g.yields()
	case 1:
		return g.expr() + ", " + g.expr()
	case 2:
		return "*" + g.inParentheses() + ", " + g.expr()
	}
	return g.expr()
}

// leave returns a statement that leaves a block.
func (g *generator) leave() string {
	s := g.scope
	switch {
	case s.loop && g.one(2):
		return g.pick("break", "continue")
	case s.star || s.kind != function:
		return "raise"
	case s.async && s.generator, g.one(3):
		return "return"
	}
	return "return " + g.value()
}

func (g *generator) yields() string {
	s := g.scope
	switch {
	case s.kind != function || s.inner || s.plain:
		return g.expr()
	case s.generator && !s.async && g.one(3):
		return "yield from " + g.expr()
	case s.generator:
		return g.pick("yield", "yield "+g.expr(), "yield "+g.expr()+", "+g.expr())
	case s.async:
		return "await " + g.primary()
	}
	return g.expr()
}

// target returns what can be assigned to.
func (g *generator) target(depth int) string {
	switch n := g.r.IntN(12); {
	case n == 0:
		return g.primary() + ".attr"
	case n == 1:
		return g.primary() + "[" + g.index() + "]"
	case n == 2 && depth > 0:
		return "(" + g.several(1+g.size(), func() string { return g.target(depth - 1) }) + ",)"
	case n == 3 && depth > 0:
		return "[" + g.several(g.size(), func() string { return g.target(depth - 1) }) + "]"
	}
	return g.name()
}

// unpacked returns the targets of an unpacking with one starred.
func (g *generator) unpacked() string {
	var b strings.Builder
	for range g.r.IntN(3) {
		b.WriteString(g.name() + ", ")
	}
	b.WriteString("*" + g.name() + ",")
	for range g.r.IntN(3) {
		b.WriteString(" " + g.name() + ",")
	}
	return b.String()
}

func (g *generator) augmented() string {
	op := g.pick("+", "-", "*", "/", "//", "%", "@", "&", "|", "^", "<<", ">>", "**")
	target := g.name()
	switch g.r.IntN(4) {
	case 0:
		target = g.primary() + "." + g.name()
	case 1:
		target = g.primary() + "[" + g.index() + "]"
	}
	return target + " " + op + "= " + g.expr()
}

func (g *generator) annotated() string {
	name := g.pick("a", "b", "c", "x", "é", "__private") // which no scope declares
	target := g.pick(name, name, "("+name+")", g.primary()+".attr", g.primary()+"["+g.expr()+"]")
	text := target + ": " + g.annotation()
	if g.one(2) {
		text += " = " + g.expr()
	}
	return text
}

// annotation is an expression in a scope of its own.
func (g *generator) annotation() (text string) {
	g.within(func(s *scope) { s.plain, s.inner, s.async, s.generator = true, true, false, false }, func() { text = g.expr() })
	return text
}

func (g *generator) imports() string {
	switch g.r.IntN(8) {
	case 0:
		if g.scope.kind == module {
			return "from " + g.pick("m", ".m", "...", "m.n") + " import *"
		}
		return "import m"
	case 1:
		return "from " + g.pick(".", "..", "...m", "m.n.o", ".... m") + " import (" + g.name() + ", " + g.name() + " as " + g.name() + ",)"
	case 2:
		return "import m.n.o, m as " + g.name()
	case 3:
		return "import m.n.o as " + g.name()
	}
	return "from m import " + g.name() + " as " + g.name() + ", " + g.name()
}

// alias is a type alias.
func (g *generator) alias() (text string) {
	if !g.v.Has(pyver.HasTypeParameters) {
		return g.expr()
	}
	return "type " + g.fresh("Alias") + g.typeParameters() + " = " + g.annotation()
}

func (g *generator) ifStatement() {
	g.head("if %s:", g.condition())
	for range g.size() {
		g.head("elif %s:", g.condition())
	}
	if g.one(2) {
		g.head("else:")
	}
}

// condition is an expression that jumps.
func (g *generator) condition() string {
	switch g.r.IntN(9) {
	case 0:
		return "not " + g.inParentheses()
	case 1:
		return g.inParentheses() + " and " + g.inParentheses() + g.pick(" or ", " and ") + g.inParentheses()
	case 2:
		return g.inParentheses() + " or not " + g.inParentheses()
	case 3:
		return g.name() + g.pick(" < ", " == ", " is not ", " not in ", " in ") + g.name() + g.pick(" <= ", " != ", " is ") + g.name()
	case 4:
		return g.name() + g.pick(" is None", " is not None", " == None", " in (1, 2)", " in [1, 2]", " in {1, 2}", " not in {1, a}")
	case 5:
		return "((" + g.condition() + ") if " + g.inParentheses() + " else (" + g.condition() + "))"
	case 6:
		return g.pick("True", "False", "__debug__", "not __debug__", "0", "1", "''", "'x'", "()", "(1,)", "...", "None", "1 and 0", "a and 0", "0 or a", "not 1")
	}
	return g.expr()
}

func (g *generator) loop(write func()) {
	g.within(func(s *scope) { s.loop = true }, write)
}

func (g *generator) while() {
	g.line("while %s:", g.condition())
	g.loop(g.block)
	if g.one(3) {
		g.head("else:")
	}
}

func (g *generator) forStatement() {
	async := ""
	if g.scope.async && g.scope.kind == function && g.one(2) {
		async = "async "
	}
	target := g.target(2)
	if g.one(6) {
		target = g.unpacked()
	}
	g.line("%sfor %s in %s:", async, target, g.pick(g.expr(), g.value1(), "[1, 2, 3]", "(1, a)", "[a, b]", "range(3)"))
	g.loop(g.block)
	if g.one(3) {
		g.head("else:")
	}
}

// value1 is a list of expressions without parentheses.
func (g *generator) value1() string { return g.expr() + ", " + g.expr() }

func (g *generator) with() {
	async := ""
	if g.scope.async && g.scope.kind == function && g.one(2) {
		async = "async "
	}
	n := 1 + g.r.IntN(3)
	if g.one(100) {
		n = 20
	}
	items := g.several(n, func() string {
		if g.one(2) {
			return g.inParentheses()
		}
		return g.inParentheses() + " as " + g.pick(g.name(), g.name(), "("+g.name()+", "+g.name()+")", "a.b", "a[b]")
	})
	if g.one(3) || strings.Contains(items, "\n") {
		items = "(" + items + ")"
	}
	g.head("%swith %s:", async, items)
}

func (g *generator) constantCondition() {
	switch g.r.IntN(6) {
	case 0:
		g.line("while %s:", g.pick("True", "1", "not 0", "__debug__"))
		g.loop(g.block)
		if g.one(3) {
			g.head("else:")
		}
	case 1:
		g.line("while %s:", g.pick("False", "0", "None", "not 1"))
		g.loop(g.block)
		if g.one(3) {
			g.head("else:")
		}
	default:
		g.head("if %s:", g.pick("0", "1", "True", "False", "None", "__debug__", "not __debug__", "()", "'a'", "1 < 2", "0 and a", "1 or a", "...", "b''"))
		if g.one(3) {
			g.head("elif %s:", g.pick("1", "0", g.name()))
		}
		if g.one(2) {
			g.head("else:")
		}
	}
}

// unreachable writes code behind a statement that leaves.
func (g *generator) unreachable() {
	g.line("if %s:", g.expr())
	g.indent++
	g.line("%s", g.leave())
	g.statement()
	g.statement()
	g.indent--
}

// filler writes many statements, so that jumps across them are long, and
// indices large.
func (g *generator) filler() {
	n := 20 + g.r.IntN(300)
	if g.one(100) {
		n = 12000
	}
	form := g.r.IntN(5)
	for i := range n {
		switch form {
		case 0:
			g.line("a.b(c)")
		case 1:
			g.line("n%d = n%d", i, i+1)
		case 2:
			g.line("a = %d.5", i)
		case 3:
			g.line("if a: b%d()", i%400)
		default:
			g.line("%s", fmt.Sprintf("x.attr%d = a or %d", i%300, i*1000))
		}
	}
}
