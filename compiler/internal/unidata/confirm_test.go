package unidata_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rules-pyc/rules_pyc/compiler/internal/unidata"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

const (
	randomTexts  = 200_000
	maxDifferent = 20 // differences that a test prints
)

// ask returns the interpreter's answers to confirm.py's question about the texts.
func ask(t *testing.T, python, question string, texts []string) []string {
	t.Helper()
	cmd := exec.Command(python, "-I", "-S", "testdata/confirm.py", question)
	cmd.Stdin = strings.NewReader(strings.Join(append(texts, ""), "\xff"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("asking %s: %v", python, err)
	}
	answers := strings.Split(string(out), "\xff")
	return answers[:len(answers)-1]
}

// A tally counts the comparisons of a test and reports those that differ.
type tally struct {
	t         *testing.T
	n, differ int
}

func (c *tally) compare(got, want any, format string, args ...any) {
	c.t.Helper()
	c.n++
	if got == want {
		return
	}
	if c.differ++; c.differ <= maxDifferent {
		c.t.Errorf("%s = %+q, the interpreter says %+q", fmt.Sprintf(format, args...), got, want)
	}
}

func (c *tally) done() { c.t.Logf("%d of %d are equal", c.n-c.differ, c.n) }

func TestConfirmCodePoints(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		tables := unidata.For(v)
		answers := ask(t, python, "codes", nil)
		if len(answers) != utf8.MaxRune+1 {
			t.Fatalf("the interpreter speaks of %d code points", len(answers))
		}
		properties, forms, names := tally{t: t}, tally{t: t}, tally{t: t}
		for i, answer := range answers {
			r := rune(i)
			facts, form, _ := strings.Cut(answer, "\t")
			bits, name, _ := strings.Cut(facts, " ")
			properties.compare(propertyBits(tables, r), bits, "properties of %U", r)
			if utf8.ValidRune(r) {
				forms.compare(tables.NFKC(string(r)), form, "NFKC of %U", r)
			}
			if name != "" {
				got, _ := tables.LookupName(name)
				names.compare(got, r, "LookupName(%q)", name)
			}
		}
		properties.done()
		forms.done()
		names.done()
	})
}

func propertyBits(tables *unidata.Tables, r rune) string {
	bits := 0
	for i, is := range []bool{tables.IsStart(r), tables.IsContinue(r)} {
		if is {
			bits |= 1 << i
		}
	}
	return fmt.Sprint(bits)
}

// TestConfirmTexts compares the normal forms of random texts, most of them of
// characters that normalization acts on, some of them long runs of these.
func TestConfirmTexts(t *testing.T) {
	texts := randomTextsOf(busyRunes(t))
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		tables := unidata.For(v)
		c := tally{t: t}
		for i, want := range ask(t, python, "nfkc", texts) {
			c.compare(tables.NFKC(texts[i]), want, "NFKC(%+q)", texts[i])
		}
		c.done()
		if c.n != len(texts) {
			t.Errorf("the interpreter answered for %d texts, want %d", c.n, len(texts))
		}
	})
}

// busyRunes returns the characters that decompose, compose or combine in some
// version.
func busyRunes(t *testing.T) []rune {
	t.Helper()
	var busy []rune
	for _, line := range dataLines(t, "facts.txt") {
		// The set of versions, the kind and the values.
		fields := strings.Fields(line)
		switch fields[1] {
		case "nfkd", "compose":
			for _, digits := range fields[2:] {
				busy = append(busy, codePoint(t, digits))
			}
		case "combining":
			first, last, _ := strings.Cut(fields[2], "..")
			for r := codePoint(t, first); r <= codePoint(t, last); r++ {
				busy = append(busy, r)
			}
		}
	}
	slices.Sort(busy)
	return slices.Compact(busy)
}

func codePoint(t *testing.T, digits string) rune {
	t.Helper()
	n, err := strconv.ParseUint(digits, 16, 21)
	if err != nil {
		t.Fatal(err)
	}
	return rune(n)
}

func randomTextsOf(busy []rune) []string {
	chance := rand.New(rand.NewPCG(1, 2))
	few := func(n int) int { return chance.IntN(n) }
	texts := make([]string, randomTexts)
	for i := range texts {
		// Texts of few different characters meet each other's compositions.
		alphabet := []rune{'a', 'e', 0x1100 + rune(few(19)), 0x1161 + rune(few(21)), 0x11a7 + rune(few(28)), 0xac00 + rune(few(11172))}
		for range 2 + few(10) {
			alphabet = append(alphabet, busy[few(len(busy))])
		}
		alphabet = append(alphabet, 0x300+rune(few(0x70)), 0x300+rune(few(0x70)))
		length := 2 + few(10)
		if i%100 == 0 {
			length = few(200)
		}
		var b strings.Builder
		for range length {
			b.WriteRune(alphabet[few(len(alphabet))])
		}
		texts[i] = b.String()
	}
	return texts
}

// TestConfirmNames looks up all names that any version has, those of all code
// points under the prefixes of ideographs, all syllables, and what is nearly
// one of these.
func TestConfirmNames(t *testing.T) {
	names := confirmedNames(t)
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		tables := unidata.For(v)
		c := tally{t: t}
		for i, want := range ask(t, python, "names", names) {
			r, ok := tables.LookupName(names[i])
			if !ok {
				r = -1
			}
			c.compare(fmt.Sprint(r), want, "LookupName(%q)", names[i])
		}
		c.done()
		if c.n != len(names) {
			t.Errorf("the interpreter answered for %d names, want %d", c.n, len(names))
		}
	})
}

func confirmedNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, n := range listedNames(t) {
		names = append(names, n.text)
	}
	for r := range rune(0x40000) {
		names = append(names, hexName("CJK UNIFIED IDEOGRAPH-", r), hexName("TANGUT IDEOGRAPH-", r))
	}
	for _, leading := range strings.Split("G GG N D DD R M B BB S SS  J JJ C K T P H", " ") {
		for _, vowel := range strings.Fields("A AE YA YAE EO E YEO YE O WA WAE OE YO U WEO WE WI YU EU YI I") {
			for _, trailing := range strings.Split(" G GG GS N NJ NH D L LG LM LB LS LT LP LH M B BS S SS NG J C K T P H", " ") {
				names = append(names, "HANGUL SYLLABLE "+leading+vowel+trailing)
			}
		}
	}
	return append(names, spoil(names)...)
}

// spoil returns names with something changed in each.
func spoil(names []string) []string {
	chance := rand.New(rand.NewPCG(3, 4))
	spoiled := make([]string, 0, 150_000)
	for range cap(spoiled) {
		name := []byte(names[chance.IntN(len(names))])
		i := chance.IntN(len(name))
		switch chance.IntN(7) {
		case 0:
			name = bytes.ToLower(name)
		case 1:
			name = append(bytes.ToLower(name[:i]), name[i:]...)
		case 2:
			name[i] = "ABEGHINOS 0-"[chance.IntN(12)]
		case 3:
			name = append(name[:i], name[i+1:]...)
		case 4:
			name = append(name, "AGHS 0X"[chance.IntN(7)])
		case 5:
			name = append(name[:i], append([]byte{name[i]}, name[i:]...)...)
		case 6:
			name = bytes.ReplaceAll(name, []byte("-"), []byte("-0"))
		}
		spoiled = append(spoiled, string(name))
	}
	return spoiled
}
