// Package compiler defines what it means to compile one Python module, whoever
// does it: the options, the result, and the errors and warnings of the source.
//
// The result is bytes: the marshalled code object that a fresh CPython process
// of the wanted version writes for the same source, file name and optimisation
// level. It depends on nothing else.
package compiler

import (
	"context"
	"fmt"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// Options are all that the result depends on beside the source.
type Options struct {
	Version pyver.Version
	// Filename is stored in the code objects (co_filename) and named in
	// errors. It need not exist.
	Filename string
	// Optimize is CPython's optimisation level: 0, 1 (-O: no asserts) or 2
	// (-OO: no docstrings either).
	Optimize int
}

// Check returns an error that says which option is out of range.
func (o Options) Check() error {
	if !o.Version.Valid() {
		return fmt.Errorf("unsupported Python version %v", o.Version)
	}
	if o.Optimize < 0 || o.Optimize > 2 {
		return fmt.Errorf("optimisation level %d is not 0, 1 or 2", o.Optimize)
	}
	return nil
}

// A Result is a compiled module.
type Result struct {
	// Code is the marshalled code object: a .pyc file without its header.
	Code []byte
	// Warnings are what CPython says of the source while compiling it, in
	// its order.
	Warnings []Warning
}

// A Compiler compiles modules. Implementations are safe for concurrent use.
type Compiler interface {
	// Compile compiles the bytes of a source file. The error is a
	// *SyntaxError when the source is not valid Python; any other error is
	// about the compiler and names the file.
	Compile(ctx context.Context, source []byte, opts Options) (*Result, error)
}
