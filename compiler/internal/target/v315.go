package target

import (
	_ "embed" // for the interned strings

	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed interned/3.15.txt
var interned315 string

var v315 = Target{
	Version: pyver.V315,
	Proven:  true,
	Ops:     opcode.For(pyver.V315),
	Optimize: []Pass{
		TranslateJumpLabelsToTargets,
		MarkExceptHandlers,
		LabelExceptionTargets,
		InlineSmallOrNoLinenoBlocks,
		RemoveUnreachable,
		ResolveLineNumbers,
		OptimizeLoadConst,
		OptimizeBasicBlocks,
		RemoveRedundantNopsAndPairs,
		RemoveUnreachable,
		RemoveRedundantNopsAndJumps,
		RemoveUnusedConsts,
		AddChecksForLoadsOfUninitializedVariables,
		InsertSuperinstructions,
		PushColdBlocksToEnd,
		ResolveLineNumbers,
	},
	Lower: []Pass{
		ConvertPseudoConditionalJumps,
		CalculateStackdepth,
		PrepareLocalsplus,
		ConvertPseudoOps,
		NormalizeJumps,
		OptimizeLoadFast,
	},
	Shared: object.Facts{
		MinSmallInt:      -5,
		MaxSmallInt:      1024,
		InternsLatin1:    true,
		InternsCodeNames: true,
		PinsSetItems:     true,
		Interned:         interned315,
	},
	EndSendOffset: 6,
	ResumeDepth1:  8,
}
