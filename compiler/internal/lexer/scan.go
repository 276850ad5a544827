package lexer

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// A class is what a byte may begin.
type class uint8

const (
	classBad class = iota
	classSpace
	classNewline
	classComment
	classContinue
	classLetter
	classHigh // above 127
	classDigit
	classQuote
	classDot
	classOpen
	classClose
	classOperator // perhaps of several bytes
	classSingle   // an operator that is always one byte
)

var classes = func() (t [256]class) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
			t[c] = classLetter
		case c >= '0' && c <= '9':
			t[c] = classDigit
		case c >= 0x80:
			t[c] = classHigh
		}
	}
	for class, chars := range map[class]string{
		classSpace: " \t\f", classNewline: "\n", classComment: "#", classContinue: `\`, classQuote: `"'`,
		classDot: ".", classOpen: "([{", classClose: ")]}", classOperator: "=!<>+-*/%&|^@:", classSingle: ",;~",
	} {
		for i := range len(chars) {
			t[chars[i]] = class
		}
	}
	return t
}()

// inString reports for each byte whether it is nothing but part of a string's
// text: no quote, backslash or newline, and no byte above 127.
var inString = func() (t [256]bool) {
	for c := range 0x80 {
		t[c] = c != '"' && c != '\'' && c != '\\' && c != '\n'
	}
	return t
}()

// inName reports for each byte whether it may continue an identifier.
var inName = func() (t [256]bool) {
	for c := range t {
		t[c] = classes[c] == classLetter || classes[c] == classDigit || classes[c] == classHigh
	}
	return t
}()

// scanLine scans the tokens of a logical line, its Newline included; false
// means an error.
func (l *Lexer) scanLine() bool {
	comment := -1 // offset of the last one
	for {
		if l.inLiteral() {
			if !l.literalPart() {
				return false
			}
			continue
		}
		if l.pos >= len(l.src) {
			if l.part && len(l.parens) == 1 {
				return true
			}
			return l.errorEnd()
		}
		switch c := l.src[l.pos]; classes[c] {
		case classSpace:
			l.pos++
		case classLetter:
			if !l.name() {
				return false
			}
		case classHigh:
			if !l.highName(l.pos) {
				return false
			}
		case classNewline:
			if len(l.parens) == 0 {
				l.endLine(comment)
				return true
			}
			l.pos++
			l.newline(l.pos)
		case classComment:
			comment = l.pos
			l.skipComment()
		case classContinue:
			if !l.continuation() {
				return false
			}
		default:
			if !l.symbol(c) {
				return false
			}
		}
	}
}

// endLine scans the newline of a logical line. The token begins at the comment
// in front of it, if there is one.
func (l *Lexer) endLine(comment int) {
	start := l.pos
	if comment >= l.lineStart {
		start = comment
	}
	l.pos++
	l.emitAt(token.Newline, start, l.pos)
	if !l.fstrings {
		l.toks[len(l.toks)-1].Span.End.Col--
	}
	l.newline(l.pos)
}

// symbol scans a token that is neither a name nor layout.
func (l *Lexer) symbol(c byte) bool {
	switch classes[c] {
	case classDigit:
		return l.number()
	case classQuote:
		return l.str(l.pos, l.pos, 0)
	case classDot:
		return l.dot()
	case classOpen:
		return l.open(c)
	case classClose:
		return l.close(c)
	case classSingle:
		l.op(singles[c], 1)
		return true
	case classOperator:
		return l.operator(c)
	}
	return l.strange(c)
}

// name scans an identifier, a keyword or the prefix of a string literal.
func (l *Lexer) name() bool {
	src, start := l.src, l.pos
	i := start
	for i < len(src) && inName[src[i]] {
		if src[i] >= 0x80 {
			return l.highName(start)
		}
		i++
	}
	if n := i - start; n <= maxPrefix && i < len(src) && (src[i] == '"' || src[i] == '\'') {
		if flags, kind := l.prefix(src[start:i]); kind != token.Error {
			if kind == token.String {
				return l.str(start, i, flags)
			}
			return l.startLiteral(kind, start, i, flags)
		}
		if one, other, found := incompatible(src[start:i]); found && l.namesPrefixes {
			return l.errorPrefixes(start, i, one, other)
		}
	}
	l.pos = i
	id := l.names.Intern(src[start:i])
	kind := token.Name
	if int(id) <= names.NumKeywords {
		kind = token.Keyword(id)
	}
	l.toks = append(l.toks, token.Token{
		Kind: kind, Name: id, Off: uint32(start), End: uint32(i),
		Span: source.Span{Start: l.at(start), End: l.at(i)},
	})
	return true
}

// highName scans an identifier that has bytes above 127. It is normalised,
// and never a keyword.
func (l *Lexer) highName(start int) bool {
	end := start
	for end < len(l.src) && inName[l.src[end]] {
		end++
	}
	text := l.src[start:end]
	if l.file.Invalid {
		if msg := source.Undecodable(text); msg != "" {
			l.pos = end
			return l.errorUndecodable(msg)
		}
	}
	for i, r := range text {
		if i == 0 && !l.uni.IsStart(r) && r != '_' || i > 0 && !l.uni.IsContinue(r) {
			return l.errorRune(start+i, r)
		}
	}
	id := l.names.Intern(l.uni.NFKC(text))
	kind := token.Name
	if l.checksConstants && id >= names.False && id <= names.True {
		kind = token.Constant
	}
	l.pos = end
	l.toks = append(l.toks, token.Token{
		Kind: kind, Name: id, Off: uint32(start), End: uint32(end),
		Span: source.Span{Start: l.at(start), End: l.at(end)},
	})
	return true
}

// maxPrefix is the number of letters that can be in a string's prefix.
const maxPrefix = 5

// incompatible returns two letters of a word of prefix letters that cannot be
// together.
func incompatible(word string) (one, other byte, found bool) {
	has := func(c byte) bool { return strings.IndexByte(word, c) >= 0 || strings.IndexByte(word, c&^0x20) >= 0 }
	for i := range len(word) {
		if strings.IndexByte("burft", word[i]|0x20) < 0 || strings.Count(strings.ToLower(word), string(word[i]|0x20)) > 1 {
			return 0, 0, false
		}
	}
	for _, pair := range []string{"ub", "ur", "uf", "ut", "bf", "bt", "ft"} {
		if has(pair[0]) && has(pair[1]) {
			return pair[0], pair[1], true
		}
	}
	return 0, 0, false
}

// prefix returns the flags and kind of the literal that a prefix announces,
// or Error if it is none.
func (l *Lexer) prefix(p string) (token.Flags, token.Kind) {
	var flags token.Flags
	kind := token.String
	for i := range len(p) {
		switch p[i] | 0x20 {
		case 'r':
			if flags&token.Raw != 0 {
				return 0, token.Error
			}
			flags |= token.Raw
		case 'b':
			if flags&token.Bytes != 0 || kind != token.String {
				return 0, token.Error
			}
			flags |= token.Bytes
		case 'u':
			if len(p) > 1 {
				return 0, token.Error
			}
			if p[i] == 'u' {
				flags |= token.Unicode
			}
		case 'f':
			if flags&token.Bytes != 0 || kind != token.String {
				return 0, token.Error
			}
			kind = token.FStringStart
		case 't':
			if flags&token.Bytes != 0 || kind != token.String || !l.tstrings {
				return 0, token.Error
			}
			kind = token.TStringStart
		default:
			return 0, token.Error
		}
	}
	if flags&token.Bytes != 0 && kind != token.String {
		return 0, token.Error
	}
	if kind == token.FStringStart && !l.fstrings {
		return flags | token.Formatted, token.String
	}
	return flags, kind
}

// str scans a string literal whose quotes begin at offset quote.
// CPython: lexer.c, tok_get_normal_mode, "letter_quote".
func (l *Lexer) str(start, quote int, flags token.Flags) bool {
	src, q := l.src, l.src[quote]
	begin := l.at(start)
	i := quote + 1
	if i+1 < len(src) && src[i] == q && src[i+1] == q {
		flags |= token.Triple
		i += 2
	}
	firstLine, firstStart, escaped := l.line, l.lineStart, false
	for ; ; i++ {
		for i < len(src) && inString[src[i]] {
			i++
		}
		if i >= len(src) {
			return l.errorString(start, quote, firstLine, firstStart, flags, escaped)
		}
		c := src[i]
		switch {
		case c == q:
			if flags&token.Triple != 0 {
				if i+2 >= len(src) || src[i+1] != q || src[i+2] != q {
					continue
				}
				i += 2
			}
			l.pos = i + 1
			l.toks = append(l.toks, token.Token{
				Kind: token.String, Flags: flags, Off: uint32(start), End: uint32(l.pos),
				Span: source.Span{Start: begin, End: l.at(l.pos)},
			})
			return true
		case c == '\\':
			flags |= token.HasEscape
			i++
			if i < len(src) && src[i] == '\n' {
				l.newline(i + 1)
			}
			escaped = escaped || i < len(src) && src[i] == q
		case c == '\n':
			if flags&token.Triple == 0 {
				return l.errorString(start, quote, firstLine, firstStart, flags, escaped)
			}
			l.newline(i + 1)
		case c >= 0x80:
			flags |= token.NonASCII
		}
	}
}
