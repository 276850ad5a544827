package target

import (
	_ "embed" // for the interned strings

	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed interned/3.14.txt
var interned314 string

var v314 = Target{
	Version: pyver.V314,
	Proven:  true,
	Ops:     opcode.For(pyver.V314),
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
		MaxSmallInt:      256,
		InternsLatin1:    true,
		InternsCodeNames: true,
		PinsSetItems:     true,
		Interned:         interned314,
	},
	EndSendOffset: 5,
	ResumeDepth1:  4,
}
