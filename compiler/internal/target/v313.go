package target

import (
	_ "embed" // for the interned strings

	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

//go:embed interned/3.13.txt
var interned313 string

var v313 = Target{
	Version: pyver.V313,
	Ops:     opcode.For(pyver.V313),
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
		CalculateStackdepth,
		PrepareLocalsplus,
		ConvertPseudoOps,
		NormalizeJumps,
	},
	Shared: object.Facts{
		MinSmallInt:      -5,
		MaxSmallInt:      256,
		InternsLatin1:    true,
		InternsCodeNames: true,
		PinsSetItems:     true,
		Interned:         interned313,
	},
	ResumeDepth1: 4,
}
