package compileall

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// askRe prints whether a pattern is found in a text, or that it is no pattern.
const askRe = `
import json, re, sys
for line in sys.stdin:
    pattern, text = json.loads(line)
    try:
        answer = "found" if re.compile(pattern).search(text) else "not found"
    except re.error:
        answer = "error"
    print(len(answer), answer, sep="\n", end="", flush=True)
`

// patternTexts are paths, and a text that is none for what paths do not have.
var patternTexts = []string{
	"src/pkg/mod.py", "src/pkg/tests/test_mod.py", "site-packages/lib2to3/tests/data/py2.py", "/usr/lib/a.py",
	"src/café/ñ.py", "x\\y", "aa.py\n", "a{,b.py", "src/A1_b-c[d].py", "",
}

// TestPattern compares -x with Python's re.
func TestPattern(t *testing.T) {
	process := testpython.Start(t, testpython.Get(t, pyver.Default), askRe)
	for _, pattern := range []string{
		"pkg", "test", "^src/", `\.py$`, `bad_coding|site-packages|lib2to3/tests`, `ba[^\\/]*$`, `[/\\][.]svn`,
		`^(?!.*pkg)`, `^(?!src/)`, `(?<=pkg/)mod`, `(?<!tests/)test_`, `(?=.*tests)src`, `(?i)SRC`, `(?i:SRC)/pkg`, `(?s).\Z`,
		`(.)\1`, `(?P<c>.)(?P=c)`, `(?P<dir>\w+)/(?P=dir)`, `(a)?(?(1)a|s)`, `(?:pkg/){1,2}`, `s{,1}rc/p{1,}`, `a{,b`, `a{`, `a{,}\.py$`,
		`\Asrc`, `py\Z`, `py$`, `\bmod\b`, `\Bod`, `\d`, `\D+\.py`, `\w+\s`, `\W`, `\S\n`, `é`, `\xe9`, `\u00e9`, `\U000000e9`, `[\U000000e9]`,
		`[]]`, `[^]]$`, `[[]`, `[a-c-[b]]`, `[\d]`, `[\]]`, `[^\w/.]`, `.`, `^$`, ``, `|`, `(?#comment)src`, `(?x) s r c`, `(?u)caf.`, `(?iu)CAF`, `a|b*?`, `a??`, `(?>s+)rc`,
		`(`, `)`, `[`, `*`, `a**`, `\`, `\p{L}`, `\k<a>`, `\e`, `\c`, `\G`, `(?<n>a)`, `(?'n'a)`, `(?P=n)`, `(?P=n`, `\2`, `a{2,1}`, `[z-a]`, `(?P<1>a)`, `[\A]`, `[\B]`, `\y`, `(?z)`, `(?P<n`,
	} {
		re, err := compilePattern(pattern)
		for _, text := range patternTexts {
			request, marshalErr := json.Marshal([]string{pattern, text})
			if marshalErr != nil {
				t.Fatal(marshalErr)
			}
			want := process.Ask(t, string(request))
			got := "error"
			if err == nil {
				got = "not found"
				if found, err := re.MatchString(text); err != nil {
					t.Errorf("%q in %q: %v", pattern, text, err)
				} else if found {
					got = "found"
				}
			}
			if got != want {
				t.Errorf("%q in %q: got %s (%v), Python %s", pattern, text, got, err, want)
			}
		}
	}
}

// TestPatternUnsupported holds what is refused although Python takes it.
func TestPatternUnsupported(t *testing.T) {
	for pattern, want := range map[string]string{
		`(?a)\w`:   "the flags a and L are not supported at position 0",
		`x(?ia:b)`: "the flags a and L are not supported at position 1",
		`\N{DASH}`: `bad escape \N at position 0`,
		`a++`:      "invalid nested repetition operator",
	} {
		if re, err := compilePattern(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v; want an error with %q", pattern, re, err, want)
		}
	}
}
