package pygen

import (
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

const deepestExpr = 6

// expr returns an expression that can be anywhere but where a comma would end
// it.
func (g *generator) expr() string {
	g.depth++
	defer func() { g.depth-- }()
	if g.depth > deepestExpr || g.one(3) {
		return g.atom()
	}
	switch g.r.IntN(16) {
	case 0:
		return g.inParentheses() + " " + g.pick("+", "-", "*", "/", "//", "%", "@", "&", "|", "^", "<<", ">>", "**") + " " + g.inParentheses()
	case 1:
		return g.pick("-", "+", "~", "not ") + g.inParentheses()
	case 2:
		return g.inParentheses() + g.pick(" and ", " or ") + g.inParentheses() + g.pick("", " and "+g.inParentheses(), " or "+g.inParentheses())
	case 3:
		return g.comparison()
	case 4:
		return g.inParentheses() + " if (" + g.condition() + ") else " + g.inParentheses()
	case 5:
		return g.lambda()
	case 6, 7:
		return g.call()
	case 8:
		return g.display()
	case 9, 10:
		return g.comprehension()
	case 11:
		return g.formatted()
	case 12:
		return g.constant()
	case 13:
		return g.folded()
	}
	return g.primary()
}

// inParentheses returns an expression that any operator can stand beside.
func (g *generator) inParentheses() string {
	if g.one(2) {
		return g.atom()
	}
	if g.one(8) {
		return "(" + g.special() + ")"
	}
	return "(" + g.expr() + ")"
}

// special is an expression that not every scope allows.
func (g *generator) special() string {
	s := g.scope
	switch {
	case s.kind == function && !s.inner && !s.plain && g.one(2):
		return g.yields()
	case s.kind == function && s.async && !s.plain && g.one(2):
		return "await " + g.primary()
	case !s.plain && !s.fixed && !(s.inner && s.kind == class):
		return g.pick("w", "v", "u") + " := " + g.expr()
	}
	return g.expr()
}

func (g *generator) comparison() string {
	text := g.inParentheses()
	for range 1 + g.r.IntN(3) {
		text += " " + g.pick("<", "<=", "==", "!=", ">", ">=", "is", "is not", "in", "not in") + " " + g.inParentheses()
	}
	return text
}

func (g *generator) lambda() string {
	parameters := g.parameters(false)
	outer := g.scope
	g.scope = &scope{kind: function, parent: outer, generator: !outer.inner && g.one(6)}
	body := g.expr()
	if g.scope.generator && !outer.plain {
		body = "(" + g.yields() + ")"
	}
	g.scope = outer
	return "(lambda " + parameters + ": " + body + ")"
}

// atom returns a name or a constant.
func (g *generator) atom() string {
	if g.one(3) {
		return g.constant()
	}
	return g.name()
}

// primary returns what an attribute can be taken of.
func (g *generator) primary() string {
	g.depth++
	defer func() { g.depth-- }()
	if g.depth > deepestExpr {
		return g.name()
	}
	switch g.r.IntN(9) {
	case 0, 1:
		return g.primary() + "." + g.name()
	case 2:
		return g.primary() + "[" + g.index() + "]"
	case 3:
		return g.call()
	case 4:
		return g.primary() + "\\\n." + g.name() + "(" + g.several(g.size(), g.expr) + ")"
	case 5:
		return "(" + g.primary() + "\n  ." + g.name() + "(" + g.several(g.size(), g.expr) + ")\n .f())"
	}
	return g.name()
}

func (g *generator) index() string {
	switch g.r.IntN(8) {
	case 0:
		return g.expr() + ":" + g.expr()
	case 1:
		return ":"
	case 2:
		return "1:2" + g.pick("", ":3", ":None")
	case 3:
		return g.pick("", "-1") + ":" + g.pick("", "None", "10") + ":" + g.pick("", "-1", "a")
	case 4:
		return g.expr() + ", " + g.expr() + ":" + g.expr() + ", ..."
	case 5:
		return "*" + g.inParentheses() + ", " + g.expr()
	}
	return g.expr()
}

// call returns a call of any form.
func (g *generator) call() string {
	f := g.primary()
	if g.one(12) {
		f = g.pick("super", "any", "all", "tuple", "list", "set", "print")
	}
	switch g.r.IntN(9) {
	case 0:
		return f + "(" + g.generatorExpr() + ")"
	case 1:
		return f + "(" + g.several(g.size(), func() string { return g.pick("", "*") + g.inParentheses() }) + ")"
	case 2:
		return f + "(" + g.inParentheses() + ", k=" + g.expr() + g.pick("", ", *"+g.inParentheses(), ", **"+g.inParentheses()) + ")"
	case 3:
		return f + "(**" + g.inParentheses() + g.pick("", ", k="+g.expr(), ", **"+g.inParentheses()) + ")"
	case 4:
		i := 0
		return f + "(" + g.several(g.size(), func() string { i++; return fmt.Sprintf("k%d=%s", i, g.expr()) }) + ")"
	}
	return f + "(" + g.several(g.size(), g.expr) + ")"
}

// display returns a list, tuple, set or dict.
func (g *generator) display() string {
	item := g.expr
	switch g.r.IntN(4) {
	case 0:
		item = g.constant
	case 1:
		item = func() string { return g.pick("", "", "*") + g.inParentheses() }
	}
	n := g.size()
	switch g.r.IntN(4) {
	case 0:
		return "[" + g.several(n, item) + "]"
	case 1:
		return "{" + g.several(n+1, item) + "}"
	case 2:
		return "{" + g.several(n, func() string {
			if g.one(6) {
				return "**" + g.inParentheses()
			}
			return g.inParentheses() + ": " + g.expr()
		}) + "}"
	}
	if n == 0 {
		return "()"
	}
	return "(" + g.several(n, item) + ",)"
}

func (g *generator) generatorExpr() string { return g.comprehensionOf(g.expr) }

func (g *generator) comprehension() string {
	switch g.r.IntN(4) {
	case 0:
		return "[" + g.comprehensionOf(g.element) + "]"
	case 1:
		return "{" + g.comprehensionOf(g.element) + "}"
	case 2:
		return "{" + g.comprehensionOf(func() string {
			if g.v.Has(pyver.UnpacksInComprehensions) && g.one(8) {
				return "**" + g.inParentheses()
			}
			return g.inParentheses() + ": " + g.expr()
		}) + "}"
	}
	return "(" + g.comprehensionOf(g.element) + ")"
}

func (g *generator) element() string {
	if g.v.Has(pyver.UnpacksInComprehensions) && g.one(8) {
		return "*" + g.inParentheses()
	}
	return g.expr()
}

// comprehensionOf returns what is between the brackets.
func (g *generator) comprehensionOf(element func() string) (text string) {
	g.within(func(s *scope) { s.inner = true }, func() {
		text = element()
		for i := range 1 + g.r.IntN(7)/3 {
			async := ""
			if g.scope.async && g.scope.kind == function && !g.scope.plain && g.one(4) {
				async = "async "
			}
			var iterable string
			g.within(func(s *scope) { s.fixed = true }, func() {
				iterable = g.pick(g.inParentheses(), g.name(), "[a]", "(b,)", "[1, 2]", "range(3)")
			})
			sep := g.pick(" ", " ", " ", "\n   ")
			text += sep + async + "for " + g.pick(g.name(), g.name()+", "+g.name(), "("+g.name()+", *"+g.name()+")", "a.b", "a[0]") + " in " + iterable
			if i == 0 || g.one(2) {
				for range g.r.IntN(5) / 3 {
					text += " if " + g.conditionInComprehension()
				}
			}
		}
	})
	return text
}

func (g *generator) conditionInComprehension() string {
	if g.one(2) {
		return g.name()
	}
	return "(" + g.condition() + ")"
}

// formatted returns an f-string or t-string.
func (g *generator) formatted() string {
	kind, plain := g.pick("f", "f", "F", "rf"), ""
	if g.v.Has(pyver.HasTemplateStrings) && g.one(3) {
		kind = g.pick("t", "tr")
		plain = "t" // which does not mix with others
	}
	quote := g.pick(`"`, `"""`, `'''`)
	var b strings.Builder
	b.WriteString(kind + quote)
	for range g.size() {
		switch g.r.IntN(6) {
		case 0:
			b.WriteString(g.pick("text", "{{", "}}", " é ", `\n`, `\\`))
		case 1:
			b.WriteString("%s")
		default:
			b.WriteString(g.field(2))
		}
	}
	b.WriteString(quote)
	return g.pick("", plain+"'x' ") + b.String() + g.pick("", "", "", " "+plain+"'y'", " "+plain+quote+quote)
}

// field returns a replacement field.
func (g *generator) field(depth int) string {
	text := "{ " + g.name()
	switch g.r.IntN(5) {
	case 0:
		text = "{(" + g.name() + " + 1)"
	case 1:
		text = "{a.b(c, *d)"
	case 2:
		text = "{ {'k': a}['k'] "
	}
	if depth > 0 { // CPython fails on f"{a:{b:{c=}}}"
		text += g.pick("", "", "=", " = ")
	}
	text += g.pick("", "", "!r", "!s", "!a")
	switch g.r.IntN(5) {
	case 0:
		text += ":>10"
	case 1:
		text += ":"
	case 2:
		if depth > 0 {
			text += ":" + g.field(depth-1) + g.pick("", "x", g.field(depth-1))
		}
	}
	return text + "}"
}

// constant returns a literal.
func (g *generator) constant() string {
	switch g.r.IntN(10) {
	case 0:
		return fmt.Sprint(g.r.IntN(300))
	case 1:
		return g.pick("1024", "1025", "255", "256", "257", "0x7fffffff", "0x80000000", "1_000_000_000_000", "123456789012345678901234567890", "0b1010", "0o777", "0", "00")
	case 2:
		return g.pick("0.0", "1.5", "1e308", "1e-320", "1e400", "0j", "1.5j", ".5", "1.", "3.14159265358979")
	case 3:
		return g.pick(`""`, `"a"`, `'abc'`, `"é"`, `"\ud800"`, `"\N{BULLET}"`, `r"\d"`, `"a b"`, `"not-a-name"`, `"""long
  text"""`, `"`+strings.Repeat("word ", g.r.IntN(70))+`"`, `"`+strings.Repeat("w", 250+g.r.IntN(10))+`"`)
	case 4:
		return g.pick(`b""`, `b"a"`, `b"\xff\x00"`, `b"abc" b"d"`)
	case 5:
		return g.pick("None", "True", "False", "...", "__debug__")
	case 6:
		return fmt.Sprint(g.r.IntN(1 << 20))
	}
	return g.pick("1", "2", "'s'", "'t'", "1.5")
}

// folded returns an operation on constants.
func (g *generator) folded() string {
	switch g.r.IntN(12) {
	case 0:
		return "-" + g.pick("1", "0", "0.0", "1.5j", "5", "6", "1_000", "0j", "(-1)")
	case 1:
		return g.pick("1 + 2", "2 ** 10", "2 ** 200", "1 << 100", "1 / 3", "7 // 2", "7 % 3", "1.5 + 2j", "3 - 5", "0xff & 15", "1 | 6", "5 ^ 3", "256 >> 3", "1 / 0", "1 << -1", "-7 // 2", "-7 % 3.5", "10 ** -2", "2 ** 0.5")
	case 2:
		return g.pick(`"a" * 10`, `"a" * 5000`, `"a" + "b"`, `b"a" * 3`, `(1, 2) + (3,)`, `(1, 2) * 3`, `"abc"[1]`, `"abc"[-1]`, `"abc"[5]`, `(1, 2, 3)[0]`, `"abc"[1:2]`, `b"abc"[0]`, `(1, 2)[1:]`, `3 * "ab"`, `0 * (1, 2)`)
	case 3:
		return g.pick(`"%s" % a`, `"%s %r" % (a, b)`, `"%d" % a`, `"%s" % (a,)`, `"%5s|%-5r" % (a, b)`, `"%%" % ()`, `"%a%s" % (a, b)`, `"x%sy%sz" % (a, 1)`)
	case 4:
		return g.pick("not 1", "not a in b", "not a is b", "not not a", "~1", "+1", "-True", "~True", "not None", "-(-1)", "~0.5")
	case 5:
		return "(" + g.several(2+g.size(), g.constant) + ")"
	case 6:
		return "((1, 2), (3, (4, 'a')), ())"
	case 7:
		return "[" + g.several(g.size(), g.constant) + "]"
	case 8:
		return "{" + g.several(1+g.size(), g.constant) + "}"
	case 9:
		return "a in " + g.pick("[1, 2]", "(1, 2)", "{1, 2}", "[1, a]", "{1, a}", "[]", "[*a]", "('a', 'b', 'c')")
	case 10:
		return g.pick("1 if 1 else 2", "a if 0 else b", "1 and 2", "0 and a", "a and 1 and b", "0 or 1 or a", "1 < 2", "1 < 2 < a", "'a' in 'abc'")
	}
	return "{" + g.several(g.size(), func() string { return g.constant() + ": " + g.constant() }) + "}"
}
