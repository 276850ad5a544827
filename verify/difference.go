package verify

import (
	"fmt"
	"strings"
)

// A Stage is a part of a compilation in which outcomes can differ. Its text is
// what a user reads.
type Stage string

// The stages, in the order in which they are compared: the verdict on a source
// before its code, names and variables before the instructions that refer to
// them by number, instructions before the tables about them, and values before
// the identities that marshal records of them. Each stage is compared in all
// code objects before the next.
const (
	Verdict        Stage = "verdict"         // only one compiler refuses the source, or the native one fails
	Error          Stage = "error"           // both refuse it, with other errors
	Definition     Stage = "definition"      // name, file name, parameters, first line
	Locals         Stage = "locals"          // names and kinds of variables
	Bytecode       Stage = "bytecode"        // instructions
	Consts         Stage = "consts"          // values of constants; code objects are compared by themselves
	Names          Stage = "names"           // names of globals and attributes
	StackSize      Stage = "stack size"      // in values
	Flags          Stage = "flags"           // CO_* bits
	ExceptionTable Stage = "exception table" // handlers
	LineTable      Stage = "line table"      // locations of instructions
	References     Stage = "references"      // FLAG_REF, interning, and which slots share an object
	Marshal        Stage = "marshal"         // bytes that give equal objects, or none
	Warnings       Stage = "warnings"        // what is said of a source that compiles
)

// A Difference is the first thing in which two outcomes differ.
type Difference struct {
	Stage    Stage  `json:"stage"`
	QualName string `json:"qualname,omitempty"` // of the code object; empty if it is about none
	Path     string `json:"path,omitempty"`     // of the code object, such as consts[3].consts[0]; empty for the module
	// Line is the 1-based line of the source that is concerned, 0 if it is not
	// known: that of an instruction or error, or the first of the code object.
	Line      int32  `json:"line,omitempty"`
	Where     string `json:"where,omitempty"` // the place within the stage
	Native    string `json:"native"`          // what the native compiler has there
	Reference string `json:"reference"`       // what the reference has there
}

// String returns the difference as three lines, without a newline at the end.
func (d *Difference) String() string {
	var b strings.Builder
	b.WriteString(string(d.Stage))
	if d.QualName != "" {
		fmt.Fprintf(&b, " of %s", d.QualName)
	}
	if d.Line > 0 {
		fmt.Fprintf(&b, ", line %d", d.Line)
	}
	if d.Path != "" {
		fmt.Fprintf(&b, " (%s)", d.Path)
	}
	if d.Where != "" {
		fmt.Fprintf(&b, ": %s", d.Where)
	}
	fmt.Fprintf(&b, "\n  native     %s\n  reference  %s", indent(d.Native), indent(d.Reference))
	return b.String()
}

// indent keeps the lines of a text below each other.
func indent(s string) string { return strings.ReplaceAll(s, "\n", "\n             ") }
