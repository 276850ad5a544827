package target

import "strconv"

// A Pass is a step over the flow graph. Its name is that of CPython's function.
type Pass uint8

// The passes.
const (
	NoPass Pass = iota
	TranslateJumpLabelsToTargets
	MarkExceptHandlers
	LabelExceptionTargets
	InlineSmallOrNoLinenoBlocks
	RemoveUnreachable
	ResolveLineNumbers
	OptimizeLoadConst
	OptimizeBasicBlocks
	RemoveRedundantNopsAndPairs
	RemoveRedundantNopsAndJumps
	RemoveUnusedConsts
	AddChecksForLoadsOfUninitializedVariables
	InsertSuperinstructions
	PushColdBlocksToEnd
	ConvertPseudoConditionalJumps
	CalculateStackdepth
	PrepareLocalsplus
	ConvertPseudoOps
	NormalizeJumps
	OptimizeLoadFast

	NumPasses
)

var passNames = [NumPasses]string{
	TranslateJumpLabelsToTargets:              "translate_jump_labels_to_targets",
	MarkExceptHandlers:                        "mark_except_handlers",
	LabelExceptionTargets:                     "label_exception_targets",
	InlineSmallOrNoLinenoBlocks:               "inline_small_or_no_lineno_blocks",
	RemoveUnreachable:                         "remove_unreachable",
	ResolveLineNumbers:                        "resolve_line_numbers",
	OptimizeLoadConst:                         "optimize_load_const",
	OptimizeBasicBlocks:                       "optimize_basic_blocks",
	RemoveRedundantNopsAndPairs:               "remove_redundant_nops_and_pairs",
	RemoveRedundantNopsAndJumps:               "remove_redundant_nops_and_jumps",
	RemoveUnusedConsts:                        "remove_unused_consts",
	AddChecksForLoadsOfUninitializedVariables: "add_checks_for_loads_of_uninitialized_variables",
	InsertSuperinstructions:                   "insert_superinstructions",
	PushColdBlocksToEnd:                       "push_cold_blocks_to_end",
	ConvertPseudoConditionalJumps:             "convert_pseudo_conditional_jumps",
	CalculateStackdepth:                       "calculate_stackdepth",
	PrepareLocalsplus:                         "prepare_localsplus",
	ConvertPseudoOps:                          "convert_pseudo_ops",
	NormalizeJumps:                            "normalize_jumps",
	OptimizeLoadFast:                          "optimize_load_fast",
}

// String returns CPython's name of the pass.
func (p Pass) String() string {
	if p == NoPass || p >= NumPasses {
		return "pass " + strconv.Itoa(int(p))
	}
	return passNames[p]
}
