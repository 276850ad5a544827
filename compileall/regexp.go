package compileall

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dlclark/regexp2"
)

// compilePattern compiles a regular expression of Python's re module. The
// engine is one for .NET's syntax, which has what Python's has, look-around and
// references included, but for what translatePattern deals with.
func compilePattern(pattern string) (*regexp2.Regexp, error) {
	translated, err := translatePattern(pattern)
	if err != nil {
		return nil, err
	}
	return regexp2.Compile(translated, regexp2.None)
}

// patternEscapes are the letters that mean the same after a backslash in both
// syntaxes. Digits and signs do, too.
const patternEscapes = "AbBdDsSwWafnrtvxu"

// translatePattern writes a pattern of Python's in .NET's syntax.
func translatePattern(pattern string) (string, error) {
	t := translation{rest: pattern}
	for t.rest != "" {
		if err := t.step(); err != nil {
			return "", fmt.Errorf("%w at position %d", err, len(pattern)-len(t.rest))
		}
	}
	return t.out.String(), nil
}

// A translation is a pattern on its way into the other syntax.
type translation struct {
	out   strings.Builder
	rest  string
	class bool // inside of [...]
}

// noLeast matches a repetition that leaves out its least number.
var noLeast = regexp.MustCompile(`^\{,[0-9]*\}`)

func (t *translation) step() error {
	switch {
	case t.class:
		return t.inClass()
	case strings.HasPrefix(t.rest, "["):
		t.class = true
		t.take(1)
		if strings.HasPrefix(t.rest, "^") {
			t.take(1)
		}
		if strings.HasPrefix(t.rest, "]") { // the first one is a character
			t.put(1, `\]`)
		}
		return nil
	case strings.HasPrefix(t.rest, "(?P="):
		name, _, ok := strings.Cut(t.rest[4:], ")")
		if !ok {
			return errors.New("missing ), unterminated name")
		}
		t.put(len("(?P=")+len(name)+1, `\k<`+name+`>`)
		return nil
	case strings.HasPrefix(t.rest, "(?"):
		return t.group()
	}
	switch {
	case strings.HasPrefix(t.rest, `\Z`):
		t.put(2, `\z`)
		return nil
	case strings.HasPrefix(t.rest, `\`):
		return t.escape()
	case noLeast.MatchString(t.rest):
		t.put(len("{"), "{0")
	default:
		t.take(1)
	}
	return nil
}

// flagged matches the flags at the beginning of a group, and what ends them.
var flagged = regexp.MustCompile(`^\(\?([aiLmsux]+)([-:)])`)

// group translates what follows an opening parenthesis and a question mark.
func (t *translation) group() error {
	if m := flagged.FindStringSubmatch(t.rest); m != nil {
		if strings.ContainsAny(m[1], "aL") {
			return errors.New("the flags a and L are not supported")
		}
		flags := strings.ReplaceAll(m[1], "u", "") // what there is anyway
		text := "(?" + flags + m[2]
		if flags == "" && m[2] == ")" {
			text = ""
		}
		t.put(len(m[0]), text)
		return nil
	}
	extension, named := strings.CutPrefix(t.rest[2:], "P<")
	switch {
	case named && extension != "" && extension[0] >= '0' && extension[0] <= '9':
		return errors.New("bad character in group name")
	case named:
		t.put(len("(?P<"), "(?<")
		return nil
	case notPython.MatchString(extension):
		return fmt.Errorf("unknown extension ?%.2s", extension)
	}
	t.take(2)
	return nil
}

// notPython matches what names a group in the other syntax alone.
var notPython = regexp.MustCompile(`^('|<[^=!])`)

func (t *translation) inClass() error {
	switch {
	case strings.HasPrefix(t.rest, "]"):
		t.class = false
	case strings.HasPrefix(t.rest, "["):
		t.put(1, `\[`) // which would be a subtraction after a dash
		return nil
	case strings.HasPrefix(t.rest, `\`):
		return t.escape()
	}
	t.take(1)
	return nil
}

// escape translates a backslash and what follows.
func (t *translation) escape() error {
	if len(t.rest) < 2 {
		return errors.New("bad escape (end of pattern)")
	}
	c := t.rest[1]
	if c == 'U' && len(t.rest) >= 10 {
		code, err := strconv.ParseUint(t.rest[2:10], 16, 32)
		if err == nil {
			t.put(10, regexp2.Escape(string(rune(code))))
			return nil
		}
	}
	isLetter := c|0x20 >= 'a' && c|0x20 <= 'z'
	if isLetter && (!strings.ContainsRune(patternEscapes, rune(c)) || t.class && strings.ContainsRune("AB", rune(c))) {
		return fmt.Errorf(`bad escape \%c`, c)
	}
	t.take(2)
	return nil
}

// take copies n bytes.
func (t *translation) take(n int) { t.put(n, t.rest[:n]) }

// put writes text in the place of n bytes.
func (t *translation) put(n int, text string) {
	t.out.WriteString(text)
	t.rest = t.rest[n:]
}
