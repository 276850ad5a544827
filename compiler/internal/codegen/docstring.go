package codegen

import (
	"math"
	"math/bits"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
)

// docstring returns the text of a docstring without the indentation of the
// source.
//
// CPython: compile.c, _PyCompile_CleanDoc.
func (c *Compiler) docstring(doc *ast.Constant) string {
	s := expandTabs(doc.Value.Text)
	if i := strings.IndexByte(s, surrogateByte); i >= 0 {
		c.refuseSurrogates(s)
	}
	first := strings.IndexByte(s, '\n') + 1
	if first == 0 {
		return strings.TrimLeft(s, " ")
	}
	margin := margin(s[first:])
	if margin == 0 && !strings.HasPrefix(s, " ") {
		return s
	}
	c.text = append(c.text[:0], strings.TrimLeft(s[:first], " ")...)
	for rest := s[first:]; rest != ""; {
		rest = rest[spaces(rest, margin):]
		end := strings.IndexByte(rest, '\n') + 1
		if end == 0 {
			end = len(rest)
		}
		c.text = append(c.text, rest[:end]...)
		rest = rest[end:]
	}
	return c.newText()
}

// margin returns the smallest indentation of the lines that are not blank, 0 if
// there are none.
func margin(lines string) int {
	least := math.MaxInt
	for lines != "" {
		n := spaces(lines, least)
		end := strings.IndexByte(lines[n:], '\n')
		if end != 0 && n < len(lines) {
			least = n
		}
		if end < 0 {
			break
		}
		lines = lines[n+end+1:]
	}
	if least == math.MaxInt {
		return 0
	}
	return least
}

// spaces returns how many spaces a text begins with, at most limit.
func spaces(s string, limit int) int {
	n := 0
	for len(s)-n >= 8 && n < limit {
		if others := wordOf(s[n:n+8]) ^ eightSpaces; others != 0 {
			return min(n+bits.TrailingZeros64(others)/8, limit)
		}
		n += 8
	}
	for n < len(s) && n < limit && s[n] == ' ' {
		n++
	}
	return min(n, limit)
}

// eightSpaces is wordOf eight spaces.
const eightSpaces = 0x2020202020202020

// wordOf returns eight bytes as one number, the first of them lowest.
func wordOf(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

const tabSize = 8

// expandTabs replaces tabs by spaces.
//
// CPython: unicodeobject.c, unicode_expandtabs_impl.
func expandTabs(s string) string {
	if strings.IndexByte(s, '\t') < 0 {
		return s
	}
	var b strings.Builder
	column := 0 // in characters
	for i := range len(s) {
		switch ch := s[i]; {
		case ch == '\t':
			n := tabSize - column%tabSize
			b.WriteString("        "[:n])
			column += n
			continue
		case ch == '\n' || ch == '\r':
			column = 0
		case ch&0xC0 != 0x80: // not within a character
			column++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
