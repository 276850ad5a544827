package parser

import (
	"errors"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestHostile parses sources that nest as deep or as long as they can: they
// are answered, and soon.
func TestHostile(t *testing.T) {
	for name, src := range map[string]string{
		"signs":       strings.Repeat("-", 100_000) + "1",
		"not":         strings.Repeat("not ", 100_000) + "a",
		"brackets":    strings.Repeat("(", 150) + strings.Repeat(")", 150),
		"braces":      strings.Repeat("{", 150) + "a b" + strings.Repeat("}", 150),
		"lambda":      strings.Repeat("lambda: ", 100_000) + "a",
		"conditional": strings.Repeat("a if b else ", 100_000) + "c",
		"powers":      strings.Repeat("a ** ", 100_000) + "a",
		"sum":         strings.Repeat("a + ", 100_000) + "a",
		"elif":        "if a: b\n" + strings.Repeat("elif a: b\n", 10_000),
		"f-strings":   strings.Repeat("f'{", 200),
		"attributes":  strings.Repeat("a.", 100_000) + "a b",
		"calls":       strings.Repeat("a(", 150) + "b c" + strings.Repeat(")", 150),
		"indents":     indents(120),
	} {
		t.Run(name, func(t *testing.T) {
			f, err := source.Decode(name, []byte(src), pyver.Default)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range pyver.All() {
				_, err := New(v).Parse(f)
				var e *diag.Error
				if err != nil && !errors.As(err, &e) {
					t.Errorf("%v: %v", v, err)
				}
			}
		})
	}
}

func indents(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if a:\n")
	}
	return b.String()
}

// TestGrammarIsComplete checks that every rule that a version's grammar uses is
// defined in that version.
func TestGrammarIsComplete(t *testing.T) {
	for _, v := range pyver.All() {
		g := loadGrammar(v)
		used := map[int]bool{g.index["file"]: true}
		for i := range g.rules {
			if g.rules[i].defined {
				usedIn(g.rules[i].alts, used)
			}
		}
		for i := range used {
			if !g.rules[i].defined {
				t.Errorf("%v: no rule %s", v, g.rules[i].name)
			}
		}
	}
}

func usedIn(alts []alternative, used map[int]bool) {
	for _, a := range alts {
		for i := range a.items {
			usedByItem(&a.items[i], used)
		}
	}
}

func usedByItem(it *item, used map[int]bool) {
	if it.op == opRule {
		used[it.rule] = true
	}
	usedIn(it.alts, used)
	if it.inner != nil {
		usedByItem(it.inner, used)
	}
	if it.sep != nil {
		usedByItem(it.sep, used)
	}
}
