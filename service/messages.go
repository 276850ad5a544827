package service

import (
	"math"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

func syntaxErrorMessage(e *compiler.SyntaxError) *compilev1.SyntaxError {
	return &compilev1.SyntaxError{
		Class:     valid(e.Class),
		Message:   valid(e.Message),
		Filename:  valid(e.Filename),
		Line:      number(e.Line),
		Offset:    number(e.Offset),
		EndLine:   number(e.EndLine),
		EndOffset: number(e.EndOffset),
		Text:      valid(e.Text),
		Rendered:  valid(e.Rendered),
	}
}

func warningMessage(w compiler.Warning) *compilev1.Warning {
	return &compilev1.Warning{
		Category: valid(w.Category),
		Message:  valid(w.Message),
		Filename: valid(w.Filename),
		Line:     number(w.Line),
		Text:     valid(w.Text),
	}
}

// valid returns text that a message can hold. Lone surrogates, which Python's
// text may have, cannot be in it.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// number returns a number of 32 bits. Sources are shorter.
func number(n int) int32 { return int32(min(max(n, math.MinInt32), math.MaxInt32)) }
