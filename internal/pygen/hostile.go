package pygen

import (
	"strconv"
	"strings"
)

// A Hostile is a kind of source that is too much of something.
type Hostile struct {
	Name string
	// Source returns a source that has n of it.
	Source func(n int) string
	// Blocks says that it is nested by indentation, which makes the source
	// longer than n.
	Blocks bool
}

// Deep lists sources in which something is nested n levels deep.
func Deep() []Hostile {
	around := func(name, open, inner, end string) Hostile {
		return Hostile{Name: name, Source: func(n int) string { return strings.Repeat(open, n) + inner + strings.Repeat(end, n) + "\n" }}
	}
	blocks := func(name, head string) Hostile {
		return Hostile{Name: name, Blocks: true, Source: func(n int) string {
			var b strings.Builder
			for i := range n {
				indent := strings.Repeat(" ", i)
				for line := range strings.SplitSeq(strings.ReplaceAll(head, "%d", strconv.Itoa(i)), "\n") {
					b.WriteString(indent + line + "\n")
				}
			}
			return b.String() + strings.Repeat(" ", n) + "pass\n"
		}}
	}
	return []Hostile{
		around("parentheses", "(", "a", ")"),
		around("tuples", "(", "", ",)"),
		around("lists", "[", "", "]"),
		around("sets", "{", "a", "}"),
		around("dicts", "{1:", "a", "}"),
		around("calls", "f(", "a", ")"),
		around("subscripts", "a[", "0", "]"),
		around("comprehensions", "[", "a", " for a in b]"),
		around("generators", "(", "a", " for a in b)"),
		around("negations", "-", "a", ""),
		around("nots", "not ", "a", ""),
		around("awaits", "await ", "a", ""),
		around("lambdas", "lambda: ", "a", ""),
		around("lambda defaults", "lambda x=(", "a", "): x"),
		around("powers", "a ** ", "a", ""),
		around("conditionals", "a if b else ", "a", ""),
		around("conditions", "(a if ", "b", " else c)"),
		around("boolean operators", "(a and ", "b", ")"),
		around("comparisons", "(a < ", "b", ")"),
		around("walruses", "(a := ", "b", ")"),
		around("f-strings", "f'{", "a", "}'"),
		{Name: "format specifications", Source: func(n int) string {
			return "f'" + strings.Repeat("{a:", n) + strings.Repeat("}", n) + "'\n"
		}},
		around("slices", "a[:", "1", "]"),
		around("attributes", "", "a", ".b"),
		around("call chains", "", "a", "()"),
		around("subscript chains", "", "a", "[0]"),
		around("sums", "", "a", " + a"),
		around("products of constants", "", "1", " * 1"),
		around("sums of constants", "", "1", " + 1"),
		{Name: "sequence patterns", Source: func(n int) string {
			return "match a:\n case " + strings.Repeat("[", n) + "_" + strings.Repeat("]", n) + ": pass\n"
		}},
		blocks("ifs", "if a:"),
		blocks("whiles", "while a:"),
		blocks("fors", "for a in b:"),
		blocks("functions", "def f%d():"),
		blocks("classes", "class C%d:"),
		blocks("withs", "with a as b:"),
		// Those within finally clauses double with each level, in CPython too.
		{Name: "tries", Blocks: true, Source: func(n int) string {
			var b strings.Builder
			for i := range n {
				b.WriteString(strings.Repeat(" ", i) + "try:\n")
			}
			b.WriteString(strings.Repeat(" ", n) + "pass\n")
			for i := range n {
				b.WriteString(strings.Repeat(" ", n-1-i) + "except A: b\n")
			}
			return b.String()
		}},
		blocks("matches", "match a:\n case b:"),
		{Name: "elses", Blocks: true, Source: func(n int) string {
			var b strings.Builder
			for i := range n {
				indent := strings.Repeat(" ", i)
				b.WriteString(indent + "if a: pass\n" + indent + "else:\n")
			}
			return b.String() + strings.Repeat(" ", n) + "pass\n"
		}},
	}
}

// Wide lists sources that have n of something beside each other.
func Wide() []Hostile {
	items := func(name, open, item, end string) Hostile {
		return Hostile{Name: name, Source: func(n int) string {
			var b strings.Builder
			b.WriteString(open)
			for i := range n {
				b.WriteString(strings.ReplaceAll(item, "%d", strconv.Itoa(i)))
			}
			return b.String() + end + "\n"
		}}
	}
	return []Hostile{
		items("list of numbers", "a = [", "%d, ", "]"),
		items("list of names", "a = [", "n%d, ", "]"),
		items("list of strings", "a = [", "'s%d', ", "]"),
		items("list of equal numbers", "a = [", "7, ", "]"),
		items("tuple of numbers", "a = (", "%d, ", ")"),
		items("tuple of tuples", "a = (", "(%d, 1), ", ")"),
		items("set of numbers", "a = {", "%d, ", "}"),
		items("numbers to look in", "a in {", "%d, ", "}"),
		items("dict", "a = {", "%d: b, ", "}"),
		items("dict of names", "a = {", "n%d: b, ", "}"),
		items("arguments", "f(", "%d, ", ")"),
		items("keyword arguments", "f(", "k%d=1, ", ")"),
		items("starred arguments", "f(", "*a%d, ", ")"),
		items("parameters", "def f(", "p%d, ", "): pass"),
		items("defaults", "def f(", "p%d=%d, ", "): pass"),
		items("annotations", "def f(", "p%d: int, ", "): pass"),
		items("type parameters", "def f[", "T%d, ", "](): pass"),
		items("targets", "", "a%d = ", "1"),
		items("unpacked targets", "", "a%d, ", "= b"),
		items("unpacked constants", "", "a%d, ", "= 1, 2"),
		items("deletions", "del ", "a%d, ", "b"),
		items("globals", "def f():\n global ", "a%d, ", "b"),
		items("imports", "import ", "m%d, ", "m"),
		items("imported names", "from m import (", "a%d, ", ")"),
		items("decorators", "", "@a%d\n", "def f(): pass"),
		items("bases", "class C(", "B%d, ", "): pass"),
		items("with items", "with (", "a%d, ", "): pass"),
		items("elifs", "if a: pass\n", "elif a == %d: b\n", "else: pass"),
		items("handlers", "try: pass\n", "except E%d: pass\n", "finally: pass"),
		items("cases", "match a:\n", " case %d: b\n", " case _: pass"),
		items("alternatives", "match a:\n case ", "%d | ", "b.c: pass"),
		items("comparison operators", "", "a < ", "b"),
		items("and operators", "", "a and ", "b"),
		items("or operators", "if ", "a or ", "b: pass"),
		items("sums", "a = ", "b + ", "b"),
		items("strings beside strings", "a = (", "'text' ", ")"),
		items("f-strings beside f-strings", "a = (", "f'{b}' ", ")"),
		items("fields", "a = f'", "{b%d}x", "'"),
		items("template fields", "a = t'", "{b%d}x", "'"),
		items("format arguments", "a = '%s' % (", "b, ", ")"),
		items("functions", "", "def f%d(): pass\n", ""),
		items("methods", "class C:\n", " def f%d(self): self.a%d = 1\n", ""),
		items("classes", "", "class C%d: pass\n", ""),
		items("lambdas", "", "lambda: %d\n", ""),
		items("comprehensions", "", "[a for a in b]\n", ""),
		items("statements", "", "a%d = b%d\n", ""),
		items("statements in a function", "def f():\n", " a%d = b%d\n", " pass"),
		items("equal statements", "", "a = b\n", ""),
		items("annotated names", "", "a%d: int = 1\n", ""),
		items("annotated attributes", "class C:\n", " a%d: int\n", " pass"),
		items("closures", "def f():\n", " a%d = lambda: a%d\n", " pass"),
		items("ifs", "", "if a: b = %d\n", ""),
		items("constant ifs", "", "if 0: b = %d\n", ""),
		items("loops", "", "while a: b = %d\n", ""),
		items("tries", "", "try: a\nfinally: b\n", ""),
		items("returns", "def f():\n", " if a: return %d\n", " pass"),
		items("unreachable statements", "def f():\n return\n", " a = %d\n", " pass"),
		items("statements on a line", "", "a = %d; ", "pass"),
		items("continued lines", "a = b", " + \\\n c", ""),
		items("blank lines", "", "\n", "a"),
		items("comments", "", "# comment %d\n", "a"),
		items("invalid escapes", "a = '", "\\d", "'"),
		items("escapes", "a = '", "\\x41\\u1234", "'"),
		items("character", "a = '", "x", "'"),
		items("byte", "a = b'", "x", "'"),
		items("letter of a name", "", "x", ""),
		items("digit of a fraction", "a = 0.", "7", ""),
		items("digit of a hexadecimal number", "a = 0x", "f", ""),
		items("asserts", "", "assert a, b\n", ""),
		items("non-ASCII names", "", "é%d = ü%d\n", ""),
		items("type aliases", "", "type A%d = int\n", ""),
		items("yields", "def f():\n", " yield %d\n", " pass"),
		items("awaits", "async def f():\n", " await a\n", " pass"),
	}
}
