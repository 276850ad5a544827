package pygen

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/pyver"
)

func (g *generator) try() {
	g.head("try:")
	star := g.one(3)
	handlers := 1 + g.r.IntN(2)
	if g.one(4) {
		handlers = 0
	}
	for i := range handlers {
		switch {
		case star:
			g.line("except* %s%s:", g.caught(), g.pick("", " as "+g.name()))
			g.within(func(s *scope) { s.star, s.loop = true, false }, g.block)
		case i == handlers-1 && g.one(3):
			g.head("except:")
		default:
			g.head("except %s%s:", g.caught(), g.pick("", " as "+g.name()))
		}
	}
	if handlers > 0 && g.one(3) {
		g.head("else:")
	}
	if handlers == 0 || g.one(3) {
		g.head("finally:")
	}
}

// caught is what a handler catches.
func (g *generator) caught() string {
	return g.pick(g.name(), "("+g.name()+", "+g.name()+")", "a.b", g.inParentheses())
}

// function writes a function.
func (g *generator) function() {
	g.decorators()
	s := &scope{kind: function, async: g.one(3), generator: g.one(3), future: g.scope.future, parent: g.scope}
	inherited := g.enclosingCells()
	head := "def "
	if s.async {
		head = "async def "
	}
	head += g.pick(g.name(), g.fresh("f"))
	var types string
	if g.one(4) {
		types = g.typeParameters()
	}
	returns := ""
	if g.one(3) {
		returns = " -> " + g.annotation()
	}
	g.line("%s%s(%s)%s:", head, types, g.parameters(true), returns)
	outer := g.scope
	g.scope = s
	g.indent++
	if g.one(4) {
		g.docstring()
	}
	g.declarations(inherited)
	for range 1 + g.r.IntN(5) {
		g.statement()
	}
	g.indent--
	g.scope = outer
}

// enclosingCells returns the variables of functions around that nonlocal may
// name.
func (g *generator) enclosingCells() []string {
	for s := g.scope; s != nil; s = s.parent {
		if s.kind == function && len(s.cells) > 0 {
			return s.cells
		}
	}
	return nil
}

// declarations writes what declares the scope's variables: before they are used.
func (g *generator) declarations(inherited []string) {
	if g.one(5) {
		g.line("global %s", g.pick("G", "G, H", "H"))
		g.line("G = H = %s", g.expr())
	}
	if len(inherited) > 0 && g.one(2) {
		g.line("nonlocal %s", strings.Join(inherited, ", "))
		g.scope.cells = inherited
		return
	}
	if g.scope.kind == function && g.one(3) {
		g.scope.cells = []string{g.fresh("n"), g.fresh("n")}
		g.line("%s = %s", strings.Join(g.scope.cells, " = "), g.expr())
	}
}

func (g *generator) decorators() {
	for range g.r.IntN(7) / 4 {
		g.line("@%s", g.pick(g.name(), g.name()+"."+g.name(), g.name()+"("+g.several(g.size(), g.expr)+")", g.inParentheses()))
	}
}

// docstring writes a docstring or what looks like one.
func (g *generator) docstring() {
	g.line("%s", g.pick(`"doc"`, `"""Doc.

    More, indented.
      Deeper.	tab
    """`, "'''  leading'''", `""`, `r"raw \d"`, `"a" "b"`, `f"no doc"`, `b"no doc"`, `"x" % ()`, "\"\"\"\n\ttabs\n\t  and spaces  \n\"\"\""))
}

// parameters returns those of a function, or without annotations of a lambda.
func (g *generator) parameters(annotated bool) string {
	var parts []string
	names := []string{"p", "q", "r", "s", "self", "t", "u", "__v"}
	if g.scope.kind == class && g.one(2) {
		names = append([]string{"self"}, "p", "q", "r", "s", "__t")
	}
	if g.one(150) {
		for range 260 {
			names = append(names, g.fresh("p"))
		}
	}
	defaults := false
	one := func(prefix string, mayDefault bool) {
		name := names[0]
		names = names[1:]
		text := prefix + name
		if annotated && g.one(3) {
			text += ": " + g.annotation()
		}
		if mayDefault && (defaults || g.one(4)) {
			text += "=" + g.expr()
			defaults = prefix == ""
		}
		parts = append(parts, text)
	}
	positional := g.r.IntN(len(names) - 3)
	slash := -1
	if positional > 0 && g.one(5) {
		slash = g.r.IntN(positional)
	}
	for i := range positional {
		one("", true)
		if i == slash {
			parts = append(parts, "/")
		}
	}
	defaults = false
	switch g.r.IntN(6) {
	case 0:
		one("*", false)
	case 1:
		parts = append(parts, "*")
		one("", true)
	case 2:
		one("*", false)
		defaults = false
		one("", true)
	}
	defaults = false
	if g.one(5) {
		one("**", false)
	}
	return strings.Join(parts, ", ")
}

// typeParameters returns the type parameters of a definition, or nothing.
func (g *generator) typeParameters() string {
	if !g.v.Has(pyver.HasTypeParameters) || g.one(3) {
		return ""
	}
	defaults := g.v.Has(pyver.HasTypeParameterDefaults) && g.one(3)
	var parts []string
	for range 1 + g.r.IntN(3) {
		name := g.fresh("T")
		form := g.r.IntN(5)
		switch form {
		case 0:
			name += ": " + g.annotation()
		case 1:
			name += ": (" + g.annotation() + ", " + g.annotation() + ")"
		case 2:
			name = "*" + name
		case 3:
			name = "**" + name
		}
		if defaults {
			name += " = " + g.annotation()
			if form == 2 { // nothing with a default may follow
				parts = append(parts, name)
				break
			}
		}
		parts = append(parts, name)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// class writes a class.
func (g *generator) class() {
	g.decorators()
	types := ""
	if g.one(4) {
		types = g.typeParameters()
	}
	bases := ""
	if g.one(2) {
		bases = "(" + g.pick(g.name(), g.name()+", "+g.name(), "*"+g.name(), "metaclass="+g.name(), g.name()+", k="+g.inParentheses(), "**"+g.name(), "") + ")"
	}
	inherited := g.enclosingCells()
	g.line("class %s%s%s:", g.pick(g.fresh("C"), g.name(), "_", "__"), types, bases)
	outer := g.scope
	g.scope = &scope{kind: class, future: outer.future, parent: outer}
	g.indent++
	if g.one(4) {
		g.docstring()
	}
	g.declarations(inherited)
	for range 1 + g.r.IntN(4) {
		switch g.r.IntN(4) {
		case 0:
			g.line("%s", g.annotated())
		case 1:
			g.method()
		default:
			g.statement()
		}
	}
	g.indent--
	g.scope = outer
}

// method writes a method that uses super() and sets attributes.
func (g *generator) method() {
	g.left--
	g.line("def %s(self%s):", g.pick("__init__", g.name(), "__m"), g.pick("", ", a=1", ", *args", ", **kw"))
	outer := g.scope
	g.scope = &scope{kind: function, future: outer.future, parent: outer}
	g.indent++
	for range 1 + g.r.IntN(3) {
		switch g.r.IntN(5) {
		case 0:
			g.line("self.%s = %s", g.name(), g.expr())
		case 1:
			g.line("%s = super().%s", g.name(), g.name())
		case 2:
			g.line("super().%s(%s)", g.pick(g.name(), "__init__"), g.several(g.size(), g.expr))
		case 3:
			g.line("%s", g.pick("__class__", "super(A, self).f()", "super(A, self).f", "self.x: int = 1", "self.a, self.b = c", "super().__init__(*a, **b)", "super"))
		default:
			g.statement()
		}
	}
	g.indent--
	g.scope = outer
}

func (g *generator) match() {
	subject := g.pick(g.name(), g.inParentheses(), g.name()+", "+g.name(), "*"+g.name()+", a")
	g.line("match %s:", subject)
	g.indent++
	cases := 1 + g.r.IntN(4)
	for i := range cases {
		switch {
		case i == cases-1 && g.one(3):
			g.head("case %s:", g.pick("_", g.name(), "(_)", g.fresh("m")+" as "+g.fresh("m")))
		case g.one(4):
			g.head("case %s if %s:", g.pattern(3), g.condition())
		default:
			g.head("case %s:", g.refutable(3))
		}
	}
	g.indent--
}

// pattern returns any pattern.
func (g *generator) pattern(depth int) string {
	if g.one(4) {
		return g.pick("_", g.fresh("m"))
	}
	return g.refutable(depth)
}

// refutable returns a pattern that does not match everything.
func (g *generator) refutable(depth int) string {
	if depth == 0 {
		return g.literalPattern()
	}
	switch g.r.IntN(9) {
	case 0:
		return g.sequencePattern(depth)
	case 1:
		return "(" + g.refutable(depth-1) + ")"
	case 2:
		return g.mappingPattern(depth)
	case 3:
		return g.classPattern(depth)
	case 4:
		return g.literalPattern() + " | " + g.literalPattern() + g.pick("", " | "+g.literalPattern())
	case 5:
		return "(" + g.refutable(depth-1) + ") as " + g.fresh("m")
	case 6:
		m := g.fresh("m")
		return "([" + m + ", 1] | {'k': " + m + "} | A(" + m + "))"
	}
	return g.literalPattern()
}

func (g *generator) literalPattern() string {
	return g.pick("1", "-1", "1.5", "-0", "1+2j", "-1.5-2j", "'a'", "'a' 'b'", "b'x'", "None", "True", "False", "a.b", "a.b.c", "0", "''", "10000000000000000000000")
}

func (g *generator) sequencePattern(depth int) string {
	var parts []string
	for range g.size() {
		parts = append(parts, g.pattern(depth-1))
	}
	if g.one(2) {
		i := g.r.IntN(len(parts) + 1)
		star := "*" + g.pick("_", g.fresh("m"))
		parts = append(parts[:i], append([]string{star}, parts[i:]...)...)
	}
	if len(parts) == 1 {
		return "[" + parts[0] + "]"
	}
	text := strings.Join(parts, ", ")
	return g.pick("["+text+"]", "("+text+")")
}

func (g *generator) mappingPattern(depth int) string {
	keys := []string{"'a'", "1", "-2", "None", "b.c", "1.5", "b'x'", "1j"}
	var parts []string
	for i := range g.r.IntN(4) {
		parts = append(parts, keys[i*2+g.r.IntN(2)]+": "+g.pattern(depth-1))
	}
	if g.one(3) {
		parts = append(parts, "**"+g.fresh("m"))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (g *generator) classPattern(depth int) string {
	var parts []string
	for range g.r.IntN(3) {
		parts = append(parts, g.pattern(depth-1))
	}
	for _, k := range []string{"k", "__l"} {
		if g.one(3) {
			parts = append(parts, k+"="+g.pattern(depth-1))
		}
	}
	return g.pick(g.name(), "a.b") + "(" + strings.Join(parts, ", ") + ")"
}
