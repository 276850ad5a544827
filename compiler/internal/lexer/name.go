package lexer

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/token"
)

// simpleName scans an identifier or keyword of up to sixteen bytes with nothing
// behind it that makes it something else: else it returns None and start.
func (l *Lexer) simpleName(src string, start int) (id names.ID, end int) {
	var head, last uint64 // see names.Table.InternWords
	if start+8 <= len(src) {
		head = load(src, start)
	} else {
		head = tail(src, start)
	}
	mask := notName(head)
	next := head
	end = start + first(mask)
	if mask != 0 {
		head &= mask&-mask>>7 - 1
	} else {
		next = wordAt(src, end)
		mask = notName(next)
		if mask == 0 {
			return names.None, start
		}
		if size := first(mask); size > 0 {
			end += size
			last = load(src, end-8)
		}
	}
	if joinsName[byte(next>>(8*first(mask)))] {
		return names.None, start
	}
	return l.names.InternWords(head, last, src[start:end]), end
}

// nameKind returns the kind of a keyword, or Name.
func nameKind(id names.ID) token.Kind {
	if int(id) <= names.NumKeywords {
		return token.Keyword(id)
	}
	return token.Name
}

// name scans an identifier, a keyword or the prefix of a string literal.
func (l *Lexer) name() bool {
	src, start := l.src, l.pos
	end := start
	for {
		mask := notName(wordAt(src, end))
		end += first(mask)
		if mask != 0 {
			break
		}
	}
	if end < len(src) {
		switch classes[src[end]] {
		case classHigh:
			return l.highName(start)
		case classQuote:
			if end-start <= maxPrefix {
				return l.prefixed(start, end)
			}
		}
	}
	l.emitName(start, end)
	return true
}

// prefixed scans a string literal with a prefix, or a name in front of one.
func (l *Lexer) prefixed(start, quote int) bool {
	word := l.src[start:quote]
	switch flags, kind := l.prefix(word); kind {
	case token.Error:
	case token.String:
		return l.str(start, quote, flags)
	default:
		return l.startLiteral(kind, start, quote, flags)
	}
	if one, other, found := incompatible(word); found && l.namesPrefixes {
		return l.errorPrefixes(start, quote, one, other)
	}
	l.emitName(start, quote)
	return true
}

// emitName appends the token of an ASCII identifier, and goes behind it.
func (l *Lexer) emitName(start, end int) {
	id := l.names.Intern(l.src[start:end])
	l.emitAt(nameKind(id), start, end).Name = id
	l.pos = end
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
	l.emitAt(kind, start, end).Name = id
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
