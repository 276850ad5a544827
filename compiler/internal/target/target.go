// Package target says, as data, how each CPython version turns instructions
// into code objects: its instruction set, the passes over the flow graph and
// their order, and what its interpreter shares.
//
// Behaviours that differ between versions are features of package pyver; what
// is here are tables.
package target

//go:generate go run ../../../tools/geninterned -out interned

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Target is one version of CPython. It is never changed.
type Target struct {
	Version pyver.Version
	// Proven says that whole files of the standard library are equal at all
	// levels: only then is the compiler offered for the version.
	Proven bool
	Ops    *opcode.Table
	// Optimize and Lower are the passes over the flow graph, in order: those of
	// _PyCfg_OptimizeCodeUnit and those that follow until the assembler.
	Optimize, Lower []Pass
	Shared          object.Facts
	// EndSendOffset is the distance, in code units, that END_ASYNC_FOR's
	// operand is short of its target.
	EndSendOffset int32
	// ResumeDepth1 is the bit of RESUME's operand that says that nothing but
	// the generator's own handler is around it.
	ResumeDepth1 int32
}

// For returns the version's target, or nil if there is none yet.
func For(v pyver.Version) *Target {
	switch v {
	case pyver.V313:
		return &v313
	case pyver.V314:
		return &v314
	case pyver.V315:
		return &v315
	}
	return nil
}
