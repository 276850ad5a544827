package flowgraph

import "github.com/rules-pyc/rules_pyc/compiler/internal/target"

// pipeline has the function of each pass.
var pipeline = [target.NumPasses]func(*Compiler) error{
	target.TranslateJumpLabelsToTargets:              (*Compiler).translateJumpLabelsToTargets,
	target.MarkExceptHandlers:                        (*Compiler).markExceptHandlers,
	target.LabelExceptionTargets:                     (*Compiler).labelExceptionTargets,
	target.InlineSmallOrNoLinenoBlocks:               (*Compiler).inlineSmallOrNoLinenoBlocks,
	target.RemoveUnreachable:                         (*Compiler).removeUnreachable,
	target.ResolveLineNumbers:                        (*Compiler).resolveLineNumbers,
	target.OptimizeLoadConst:                         (*Compiler).optimizeLoadConst,
	target.OptimizeBasicBlocks:                       (*Compiler).optimizeBasicBlocks,
	target.RemoveRedundantNopsAndPairs:               (*Compiler).removeRedundantNopsAndPairs,
	target.RemoveRedundantNopsAndJumps:               (*Compiler).removeRedundantNopsAndJumps,
	target.RemoveUnusedConsts:                        (*Compiler).removeUnusedConsts,
	target.AddChecksForLoadsOfUninitializedVariables: (*Compiler).addChecksForLoadsOfUninitializedVariables,
	target.InsertSuperinstructions:                   (*Compiler).insertSuperinstructions,
	target.PushColdBlocksToEnd:                       (*Compiler).pushColdBlocksToEnd,
	target.ConvertPseudoConditionalJumps:             (*Compiler).convertPseudoConditionalJumps,
	target.CalculateStackdepth:                       (*Compiler).calculateStackdepth,
	target.PrepareLocalsplus:                         (*Compiler).prepareLocalsplus,
	target.ConvertPseudoOps:                          (*Compiler).convertPseudoOps,
	target.NormalizeJumps:                            (*Compiler).normalizeJumps,
	target.OptimizeLoadFast:                          (*Compiler).optimizeLoadFast,
}
