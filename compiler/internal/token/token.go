// Package token defines the tokens of Python: their kinds and the value that
// the lexer makes of each.
package token

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

// A Token is one token. It holds no pointer, so that a slice of tokens costs
// the garbage collector nothing.
type Token struct {
	Kind  Kind
	Flags Flags
	// Name is the identifier of a Name or keyword token, NFKC-normalised; of
	// a token in or at the end of a replacement field it is the index of its
	// text in the lexer's list of expression texts, plus one.
	Name names.ID
	Span source.Span
	Off  uint32 // of the first byte in the text
	End  uint32 // offset after the last byte
}

// Flags are what the lexer knows of a literal without decoding it.
type Flags uint8

// The flags of String, FStringStart and FStringMiddle tokens.
const (
	HasEscape Flags = 1 << iota // a backslash
	Raw                         // an r prefix
	Bytes                       // a b prefix
	Unicode                     // a lower-case u prefix
	Triple                      // three quotes
	NonASCII                    // a byte above 127
	Formatted                   // an f prefix, in versions whose f-strings are String tokens
)
