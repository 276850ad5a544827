package conformance

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed fuzz.py
var fuzzOracle string

// TestFuzz compares what we make of random sources with an interpreter: trees,
// and errors with their places. A source is a piece of the standard library
// with tokens taken away, doubled, swapped or put in, or a sentence of the
// grammar, whose rules for mistakes make it wrong in a likely way. Differences
// are reported once for each kind, reduced to what causes them.
//
// PYC_SOURCES is how many sources there are, PYC_SECONDS for how long there are
// more of them, and PYC_SEED what they depend on.
func TestFuzz(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		seed := setting("PYC_SEED", 1)
		r := rand.New(rand.NewPCG(uint64(seed), uint64(v)))
		f := newFuzzer(t, v, python, r)
		end := time.Now().Add(time.Duration(setting("PYC_SECONDS", 0)) * time.Second)
		for n := setting("PYC_SOURCES", 500); n > 0 || time.Now().Before(end); n -= sourcesInBatch {
			f.batch(t, r)
		}
		t.Logf("seed %d: %d sources: %d trees equal, %d errors equal, %d kinds of differences in %d sources",
			seed, f.asked, f.trees, f.errors, len(f.found), f.different)
	})
}

const (
	sourcesInBatch = 50
	// patience is how long a source may take us.
	patience = 20 * time.Second
)

type fuzzer struct {
	version pyver.Version
	oracle  *testpython.Process
	corpus  *corpus
	grammar *sentenceGrammar
	native  *compiler.Native
	found   map[string]bool // kinds of differences

	asked, trees, errors, different int
}

func newFuzzer(t *testing.T, v pyver.Version, python string, r *rand.Rand) *fuzzer {
	t.Helper()
	return &fuzzer{
		version: v, oracle: testpython.Start(t, python, fuzzOracle), native: new(compiler.Native),
		corpus:  readCorpus(t, r, testpython.Sources(t, testpython.Stdlib(t, python))),
		grammar: readGrammar(t, v), found: map[string]bool{},
	}
}

// batch compares some sources.
func (f *fuzzer) batch(t *testing.T, r *rand.Rand) {
	t.Helper()
	var list []string
	for range sourcesInBatch {
		switch r.IntN(4) {
		case 0:
			list = append(list, f.grammar.sentence(r))
		case 1:
			list = append(list, f.corpus.mutate(r, f.grammar.sentence(r)))
		default:
			list = append(list, f.corpus.mutate(r, f.corpus.pieces[r.IntN(len(f.corpus.pieces))]))
		}
	}
	for i := range list {
		list[i] = disguise(r, list[i])
	}
	for i, want := range f.ask(t, list) {
		f.asked++
		got := f.ours(t, list[i])
		kind, _ := disagreement(got, want)
		switch {
		case want.gaveUp:
		case kind == "" && want.parsed.err == nil:
			f.trees++
		case kind == "":
			f.errors++
		default:
			f.different++
			f.report(t, list[i], kind)
		}
	}
}

// report describes a difference of a new kind.
func (f *fuzzer) report(t *testing.T, source, kind string) {
	t.Helper()
	if f.found[kind] {
		return
	}
	f.found[kind] = true
	source = reduce(source, func(s string) bool {
		other, _ := disagreement(f.ours(t, s), f.ask(t, []string{s})[0])
		return other == kind
	})
	_, text := disagreement(f.ours(t, source), f.ask(t, []string{source})[0])
	t.Errorf("%s: %q\n%s", kind, source, text)
}

// An answer is what a compiler says of a source.
type answer struct {
	parsed   outcome
	compiled outcome // of the tree, if there is one and this is known
	unknown  bool    // whether it compiles
	gaveUp   bool
}

// An outcome is the hash of a tree, or an error.
type outcome struct {
	hash string
	err  *compiler.SyntaxError
}

// ask returns the interpreter's answers.
func (f *fuzzer) ask(t *testing.T, sources []string) []answer {
	t.Helper()
	var words []string
	for _, s := range sources {
		words = append(words, "x"+hex.EncodeToString([]byte(s)))
	}
	var cells []any
	if err := json.Unmarshal([]byte(f.oracle.Ask(t, strings.Join(words, " "))), &cells); err != nil || len(cells) != 2*len(sources) {
		t.Fatalf("%d answers to %d sources: %v", len(cells), len(sources), err)
	}
	answers := make([]answer, len(sources))
	for i := range answers {
		a := &answers[i]
		a.parsed, a.compiled = oracleOutcome(cells[2*i]), oracleOutcome(cells[2*i+1])
		a.gaveUp = cells[2*i] == nil
	}
	return answers
}

func oracleOutcome(cell any) outcome {
	if hash, ok := cell.(string); ok {
		return outcome{hash: hash}
	}
	row, _ := cell.([]any)
	e := errorCase{Verdict: row}.error()
	if e != nil {
		e.Rendered, _ = row[len(row)-1].(string)
	}
	return outcome{err: e}
}

// ours is what we make of a source. It is an error of the test if that takes
// long.
func (f *fuzzer) ours(t *testing.T, source string) answer {
	t.Helper()
	done := make(chan answer, 1)
	go func() { done <- f.answer([]byte(source)) }()
	select {
	case a := <-done:
		return a
	case <-time.After(patience):
		t.Fatalf("no answer after %v to %q", patience, source)
		return answer{}
	}
}

func (f *fuzzer) answer(source []byte) (a answer) {
	defer func() {
		if cause := recover(); cause != nil {
			a.parsed = outcome{err: &compiler.SyntaxError{Class: "panic", Message: fmt.Sprint(cause)}}
		}
	}()
	opts := compiler.Options{Version: f.version, Filename: "x.py"}
	tree, err := compiler.Dump(nil, source, opts, compiler.StageAST)
	if err != nil {
		return answer{parsed: outcome{err: bare(err)}}
	}
	a.parsed.hash = hash(string(bytes.TrimSuffix(tree, []byte("\n"))))
	if a.unknown = !f.native.Covers(f.version); !a.unknown {
		_, err = f.native.Compile(context.Background(), source, opts)
		a.compiled.err = bare(err)
	}
	return a
}

// bare returns an error with the attributes that an interpreter's has, and
// what is printed.
func bare(err error) *compiler.SyntaxError {
	var e *compiler.SyntaxError
	switch {
	case errors.As(err, &e):
		c := *e
		c.Filename = ""
		return &c
	case err != nil:
		return &compiler.SyntaxError{Class: "other", Message: err.Error()}
	}
	return nil
}

// disagreement returns what kind of difference there is, if any, and all of it.
func disagreement(got, want answer) (kind, text string) {
	stage, g, w := "parsing", got.parsed, want.parsed
	if g == w {
		return "", ""
	}
	if g.err == nil && w.err == nil && g.hash == w.hash {
		if got.unknown {
			return "", ""
		}
		stage, g, w = "compiling", got.compiled, want.compiled
	}
	text = fmt.Sprintf("got  %+v\nwant %+v", describe(g), describe(w))
	switch {
	case g.err == nil && w.err == nil && g.hash == w.hash:
		return "", ""
	case g.err == nil && w.err == nil:
		return stage + ": tree", text
	case g.err == nil || w.err == nil, g.err.Class != w.err.Class, g.err.Message != w.err.Message:
		return fmt.Sprintf("%s: %s instead of %s", stage, summary(g), summary(w)), text
	case *g.err == *w.err:
		return "", ""
	}
	return stage + ": " + different(*g.err, *w.err) + " of " + summary(w), text
}

// different says what differs first in two errors with the same message.
func different(g, w compiler.SyntaxError) string {
	if g.Rendered = w.Rendered; g == w {
		return "print"
	}
	if g.Text = w.Text; g == w {
		return "text"
	}
	return "place"
}

func describe(o outcome) string {
	if o.err == nil {
		return "accepted"
	}
	return fmt.Sprintf("%+v", *o.err)
}

// particulars are what differs in an error's message from source to source.
var particulars = regexp.MustCompile(`'[^']*'|"[^"]*"|\d+|U\+\w+|line .*`)

func summary(o outcome) string {
	if o.err == nil {
		return "accepted"
	}
	return o.err.Class + ": " + particulars.ReplaceAllString(o.err.Message, "…")
}
