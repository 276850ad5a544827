package conformance

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed errors.py
var errorsOracle string

// errorTests are the parts of CPython's test suite that are about errors of
// the parser.
var errorTests = []string{
	"test_syntax", "test_exceptions", "test_fstring", "test_tstring", "test_tokenize", "test_unicode_identifiers", "test_eof",
	"test_named_expressions", "test_patma", "test_type_params", "test_string_literals", "test_grammar", "test_positional_only_arg",
	"test_except_star", "test_unpack_ex", "test_genexps", "test_dictcomps", "test_listcomps", "test_compile", "test_coroutines",
	"test_global", "test_flufl", "test_keywordonlyarg", "test_type_aliases", "test_with", "test_decorators", "test_source_encoding",
}

// known has the sources whose errors we report otherwise, by version; it may
// only shrink.
//
//go:embed known/errors.json
var knownErrors []byte

// TestErrors compares the errors of all sources in CPython's tests with the
// interpreter's.
func TestErrors(t *testing.T) {
	if testing.Short() {
		t.Skip("parses thousands of sources")
	}
	var known map[string][]string
	if err := json.Unmarshal(knownErrors, &known); err != nil {
		t.Fatal(err)
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		expected := map[string]bool{}
		for _, source := range known[v.String()] {
			expected[source] = true
		}
		refused, equal, shown := 0, 0, 0
		for _, c := range errorCases(t, python) {
			got, want := refusal(t, c.Source, v), c.error()
			if want != nil {
				refused++
			}
			diff := cmp.Diff(want, got)
			switch {
			case diff == "":
				if want != nil {
					equal++
				}
				if expected[c.Source] {
					t.Errorf("%q is as in CPython: remove it from known/errors.json", c.Source)
				}
			case !expected[c.Source]:
				if shown++; shown <= maxShown {
					t.Errorf("%q (-CPython +ours):\n%s", c.Source, diff)
				}
			}
		}
		t.Logf("%d errors, %d equal, %d new differences", refused, equal, shown)
		if shown > 0 || equal == 0 {
			t.Fail()
		}
	})
}

// An errorCase is a source and what CPython says of it.
type errorCase struct {
	Source  string
	Verdict []any
}

// error returns the interpreter's error, or nil.
func (c errorCase) error() *compiler.SyntaxError {
	if c.Verdict == nil {
		return nil
	}
	number := func(i int) int { n, _ := c.Verdict[i].(float64); return int(n) }
	text := func(i int) string { s, _ := c.Verdict[i].(string); return s }
	return &compiler.SyntaxError{
		Class: text(0), Message: text(1), Line: number(2), Offset: number(3), EndLine: number(4), EndOffset: number(5), Text: text(6),
	}
}

// refusal returns our error of a source, or nil.
func refusal(t *testing.T, source string, v pyver.Version) *compiler.SyntaxError {
	t.Helper()
	_, err := compiler.Dump(nil, []byte(source), compiler.Options{Version: v}, compiler.StageAST)
	var e *compiler.SyntaxError
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("%q: %v", source, err)
	}
	if e == nil {
		return nil
	}
	c := *e
	c.Filename, c.Rendered = "", ""
	return &c
}

// errorCases asks an interpreter about the sources in its tests.
func errorCases(t *testing.T, python string) []errorCase {
	t.Helper()
	var paths strings.Builder
	folder := filepath.Join(testpython.Stdlib(t, python), "test")
	for _, name := range errorTests {
		path := filepath.Join(folder, name+".py")
		if _, err := os.Stat(path); err == nil {
			paths.WriteString(path + "\n")
		}
	}
	if paths.Len() == 0 {
		t.Skipf("%s has no test suite in %s", python, folder)
	}
	cmd := exec.Command(python, "-I", "-S", "-B", "-X", "utf8", "-c", errorsOracle)
	cmd.Stdin = strings.NewReader(paths.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("asking %s: %v", python, err)
	}
	var cases []errorCase
	for line := range bytes.Lines(out) {
		var row []any
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		verdict, _ := row[1].([]any)
		cases = append(cases, errorCase{row[0].(string), verdict})
	}
	return cases
}
