package conformance

import (
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
)

// A corpus is sources to begin with, and tokens to put into them.
type corpus struct {
	pieces []string
	tokens []string
}

// The sizes of what is taken from files.
const (
	filesInCorpus = 150
	maxPiece      = 1200 // bytes
	linesPerPiece = 4    // every so many lines begin one
)

// readCorpus takes pieces of random files.
func readCorpus(t *testing.T, r *rand.Rand, files []string) *corpus {
	t.Helper()
	c := new(corpus)
	for range filesInCorpus {
		content, err := os.ReadFile(files[r.IntN(len(files))])
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(content), "\n")
		for i := range lines {
			if r.IntN(linesPerPiece) > 0 {
				continue
			}
			if piece := statement(lines[i:]); piece != "" && len(piece) < maxPiece {
				c.pieces = append(c.pieces, piece)
			}
		}
	}
	for range 2 * len(c.pieces) {
		words := split(c.pieces[r.IntN(len(c.pieces))])
		c.tokens = append(c.tokens, words[r.IntN(len(words))])
	}
	return c
}

// continues finds lines that belong to the one before with the same
// indentation.
var continues = regexp.MustCompile(`^([)\]}]|else\b|elif\b|except\b|finally\b)`)

// statement returns the statement at the first of the lines, as far as one can
// see without parsing, without indentation.
func statement(lines []string) string {
	text := strings.TrimLeft(lines[0], " ")
	indent := lines[0][:len(lines[0])-len(text)]
	if text == "" || strings.IndexByte("\n#", text[0]) >= 0 || continues.MatchString(text) {
		return ""
	}
	var b strings.Builder
	b.WriteString(text)
	for _, line := range lines[1:] {
		rest, inside := strings.CutPrefix(line, indent)
		if line != "\n" && (!inside || rest == "" || rest[0] != ' ' && !continues.MatchString(rest)) {
			break
		}
		b.WriteString(rest)
	}
	return b.String()
}

// words are what tokens look like, or nearly so.
var words = regexp.MustCompile(`[ \t\f]+|\n[ \t]*|#[^\n]*|(?:(?i:[a-z]{0,2})(?:"""(?s:.*?)"""|'''(?s:.*?)'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|[\pL_][\pL\pN_]*|[0-9][0-9A-Za-z_.]*|\*\*=?|//=?|<<=?|>>=?|[-+*/%&|^!<>=:@]=|->|\.\.\.|(?s:.)`)

func split(source string) []string { return words.FindAllString(source, -1) }

// oddities are pieces of text that are where errors begin.
var oddities = []string{
	"'", `"`, `'''`, `"""`, `\`, "\\\n", "{", "}", "(", ")", "[", "]", ":", ":=", "=", "==", "!", "!=", "<>", "!r", ";", ",", ".", "...", "*", "**", "->", "@",
	"\n", "\n ", "\n    ", "\n\t", "\t", "\f", "\r", " ", "#", "$", "?", "é", "\u00a0", "\u200b", "\xff", "０", "ﬁ", "𝐓𝐫𝐮𝐞", "\U0001F40D",
	"f'", `rf"`, "t'", "b'", "u'", "br'", "ub'", "f'{a}'", "f'{a=}'", "f'{a!r:>{b}}'", "f'{", "t'{a}'", `'\x'`, `b'\x'`, `'\N{x}'`, `'\8'`, "'''\n'''",
	"0", "0x", "0777", "1_", "1__0", "1e", "1.e1", "1j", "0b12", "1if", "1.real", "99999999999999999999",
	"print", "exec", "match", "case", "type", "lazy", "_", "None", "True", "__debug__", "if", "else", "elif", "for", "in", "not", "is", "async", "await", "lambda",
	"yield", "from", "import", "as", "with", "try", "except", "finally", "def", "class", "return", "raise", "global", "nonlocal", "del", "assert", "pass",
	"while", "break", "continue", "and", "or", "except*", "print ", "x = ", "import a from b", "from __future__ import annotations\n",
	"from __future__ import barry_as_FLUFL\n", "# coding: latin-1\n",
}

// disguise changes, but seldom, how a source is written down: its newlines, its
// end and what it declares.
func disguise(r *rand.Rand, source string) string {
	switch r.IntN(40) {
	case 0:
		return strings.ReplaceAll(source, "\n", "\r\n")
	case 1:
		return strings.ReplaceAll(source, "\n", "\r")
	case 2:
		return strings.TrimRight(source, "\n")
	case 3:
		return "\ufeff" + source
	case 4:
		return "# coding: utf-8\n" + source
	case 5:
		return "# coding: latin-1\n" + source
	case 6:
		return source[:r.IntN(len(source)+1)]
	}
	return source
}

// sameKind is how many tokens are looked at for one of a kind.
const sameKind = 20

// kindOf tells words, numbers, strings and operators apart, by what they begin
// with.
func kindOf(token string) byte {
	if token == "" {
		return 0
	}
	switch c := token[0]; {
	case c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' && token[len(token)-1] != '"' && token[len(token)-1] != '\'':
		return 'a'
	case c >= '0' && c <= '9':
		return '0'
	case strings.IndexByte("+-*/%&|^<>=", c) >= 0:
		return '+'
	case token[len(token)-1] == '"' || token[len(token)-1] == '\'':
		return '"'
	default:
		return c
	}
}

// mutate changes a source at some places.
func (c *corpus) mutate(r *rand.Rand, source string) string {
	list := split(source)
	if len(list) == 0 {
		return source
	}
	for range 1 + min(r.IntN(4), r.IntN(4)) {
		i := r.IntN(len(list))
		switch r.IntN(20) {
		case 0:
			list[i] = ""
		case 1:
			list[i] += list[i]
		case 2:
			j := min(i+1+r.IntN(3), len(list)-1)
			list[i], list[j] = list[j], list[i]
		case 3:
			list[i] = c.tokens[r.IntN(len(c.tokens))]
		case 4:
			list[i] += " " + c.tokens[r.IntN(len(c.tokens))] + " "
		case 5, 6:
			list[i] += oddities[r.IntN(len(oddities))]
		case 7:
			list[i] = oddities[r.IntN(len(oddities))]
		case 8:
			if word := list[i]; word != "" {
				at := r.IntN(len(word))
				list[i] = word[:at] + word[at+1:]
			}
		case 9:
			list = append(list[:i:i], append(split(c.pieces[r.IntN(len(c.pieces))]), list[i:]...)...)
		default:
			// A token of the same kind is often right.
			for range sameKind {
				if t := c.tokens[r.IntN(len(c.tokens))]; kindOf(t) == kindOf(list[i]) {
					list[i] = t
					break
				}
			}
		}
	}
	return strings.Join(list, "")
}
