package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// patternSequence generates a sequence pattern.
//
// CPython: codegen.c, codegen_pattern_sequence.
func (c *Compiler) patternSequence(p *ast.MatchSequence, pc *patternContext) {
	size, star := len(p.Patterns), -1
	onlyWildcard, starWildcard := true, false
	for i, elt := range p.Patterns {
		s, ok := elt.(*ast.MatchStar)
		if !ok {
			onlyWildcard = onlyWildcard && isWildcard(elt)
			continue
		}
		if star >= 0 {
			c.fail(p.Loc, "multiple starred names in sequence pattern")
		}
		starWildcard = s.Name == names.None
		onlyWildcard = onlyWildcard && starWildcard
		star = i
	}
	pc.onTop++ // the subject
	c.add(p.Loc, opcode.MatchSequence)
	c.jumpToFailPop(p.Loc, pc, opcode.PopJumpIfFalse)
	switch {
	case star < 0:
		c.sizeCheck(p.Loc, pc, ast.Eq, size)
	case size > 1:
		c.sizeCheck(p.Loc, pc, ast.GtE, size-1)
	}
	pc.onTop--
	switch {
	case onlyWildcard:
		c.add(p.Loc, opcode.PopTop)
	case starWildcard:
		c.sequenceSubscr(p.Loc, p.Patterns, star, pc)
	default:
		c.sequenceUnpack(p.Loc, p.Patterns, pc)
	}
}

// unpackPattern takes a subject apart for patterns.
//
// CPython: codegen.c, codegen_pattern_unpack_helper.
func (c *Compiler) unpackPattern(loc instr.Loc, patterns []ast.Pattern) {
	for i, p := range patterns {
		if _, ok := p.(*ast.MatchStar); !ok {
			continue
		}
		after := len(patterns) - i - 1
		if i > maxBeforeStar || after > maxAfterStar {
			c.fail(loc, "too many expressions in star-unpacking sequence pattern")
		}
		c.addI(loc, opcode.UnpackEx, int32(i+after<<8))
		return
	}
	c.addI(loc, opcode.UnpackSequence, int32(len(patterns)))
}

// sequenceUnpack matches the items of a sequence after unpacking all.
//
// CPython: codegen.c, pattern_helper_sequence_unpack.
func (c *Compiler) sequenceUnpack(loc instr.Loc, patterns []ast.Pattern, pc *patternContext) {
	c.unpackPattern(loc, patterns)
	pc.onTop += len(patterns)
	for _, p := range patterns {
		pc.onTop--
		c.subpattern(p, pc)
	}
}

// sequenceSubscr matches the items of a sequence one by one, where a starred
// wildcard stands for those in between. Items behind it have indices that count
// from the length: not every sequence takes negative ones.
//
// CPython: codegen.c, pattern_helper_sequence_subscr.
func (c *Compiler) sequenceSubscr(loc instr.Loc, patterns []ast.Pattern, star int, pc *patternContext) {
	pc.onTop++
	size := len(patterns)
	for i, p := range patterns {
		if isWildcard(p) || i == star {
			continue
		}
		c.addI(loc, opcode.Copy, 1)
		if i < star {
			c.addInt(loc, int64(i))
		} else {
			c.add(loc, opcode.GetLen)
			c.addInt(loc, int64(size-i))
			c.addBinary(loc, ast.Sub)
		}
		c.addI(loc, opcode.BinaryOp, subscriptOperator)
		c.subpattern(p, pc)
	}
	pc.onTop--
	c.add(loc, opcode.PopTop)
}
