package opcode

import "math/bits"

// An Effect is a number of stack values as a function of the operand:
// Base + Scale × Term(operand). It is data, so that a table of them costs
// nothing to build and can be checked against an interpreter.
type Effect struct {
	Base, Scale int8
	Term        Term
}

// A Term is the part of an Effect that depends on the operand.
type Term uint8

// The terms. Every effect of every version is one of them, scaled.
const (
	NoTerm     Term = iota // 0
	Arg                    // the operand
	LowBit                 // bit 0
	ThirdBit               // bit 2
	IsThree                // 1 if the operand is 3
	BytesSum               // the low byte and the rest, added
	LowBitsSet             // how many of bits 0 to 3 are set

	NumTerms
)

var termNames = [NumTerms]string{"NoTerm", "Arg", "LowBit", "ThirdBit", "IsThree", "BytesSum", "LowBitsSet"}

// String returns the term's name in Go.
func (t Term) String() string { return termNames[t] }

// At returns the number of values for an operand.
func (e Effect) At(arg int32) int {
	if e.Term == NoTerm { // nearly always
		return int(e.Base)
	}
	return int(e.Base) + int(e.Scale)*e.Term.at(int(arg))
}

func (t Term) at(arg int) int {
	switch t {
	case Arg:
		return arg
	case LowBit:
		return arg & 1
	case ThirdBit:
		return arg >> 2 & 1
	case IsThree:
		if arg == 3 {
			return 1
		}
	case BytesSum:
		return arg&0xFF + arg>>8
	case LowBitsSet:
		return bits.OnesCount(uint(arg & 15))
	}
	return 0
}
