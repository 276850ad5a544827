// Package ast is Python's syntax tree: one Go type for each node of the ast
// module, of all supported versions together.
//
// It takes nothing and decides nothing: the parser builds trees, preprocess
// edits them, symtable, codegen and unparse read them. Trees live in an Arena
// and die with its Reset. Spans are CPython's, exactly; identifiers are
// numbers of the compilation's names.Table, absent ones names.None; absent
// nodes are nil interfaces or nil pointers, never interfaces that hold nil.
// CPython: Parser/Python.asdl.
package ast

//go:generate go run ../../../tools/genast .

import (
	"math/big"

	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

// A Node is a node with a place in the source.
type Node interface {
	// Span returns where the node is in the source.
	Span() source.Span
}

// A ValueKind is the type of a constant.
type ValueKind uint8

// The kinds of constants.
const (
	NoneValue ValueKind = iota
	FalseValue
	TrueValue
	EllipsisValue
	IntValue // Bits is an int64, or Big is set
	FloatValue
	ComplexValue // with real part 0 in a fresh tree
	StrValue     // Text is WTF-8: UTF-8 that may hold surrogates
	BytesValue   // Text is the bytes
	TupleValue   // Items; only preprocessing makes it
	FrozenSetValue
)

// A Value is a constant.
type Value struct {
	Kind  ValueKind
	Bits  uint64 // int64, or the bits of a float or of the imaginary part
	Text  string
	Big   *big.Int // an int beyond 64 bits
	Items *Items   // of a tuple or frozenset, or a complex's real part
}

// Items is the part of a Value that few values have.
type Items struct {
	Values []Value
	Real   uint64 // bits of a complex's real part
}

// StrOf returns the constant of a str.
func StrOf(s string) Value { return Value{Kind: StrValue, Text: s} }

// IntOf returns the constant of a small int.
func IntOf(i int64) Value { return Value{Kind: IntValue, Bits: uint64(i)} }
