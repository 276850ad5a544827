package codegen

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// patternClass generates a class pattern.
//
// CPython: codegen.c, codegen_pattern_class.
func (c *Compiler) patternClass(p *ast.MatchClass, pc *patternContext) {
	c.validateKeywordAttrs(p)
	c.expr(p.Class)
	items := c.pool.Slots(len(p.KeywordNames))
	for i, name := range p.KeywordNames {
		items[i] = c.pool.Ident(name)
	}
	c.addConst(p.Loc, c.pool.Tuple(items))
	c.addI(p.Loc, opcode.MatchClass, int32(len(p.Patterns)))
	c.addI(p.Loc, opcode.Copy, 1)
	c.addNone(p.Loc)
	c.addI(p.Loc, opcode.IsOp, 1)
	pc.onTop++ // the tuple of attributes, or None
	c.jumpToFailPop(p.Loc, pc, opcode.PopJumpIfFalse)
	n := len(p.Patterns) + len(p.KeywordPatterns)
	c.addI(p.Loc, opcode.UnpackSequence, int32(n))
	pc.onTop += n - 1
	for _, list := range [...][]ast.Pattern{p.Patterns, p.KeywordPatterns} {
		for _, sub := range list {
			pc.onTop--
			if isWildcard(sub) {
				c.add(p.Loc, opcode.PopTop)
				continue
			}
			c.subpattern(sub, pc)
		}
	}
}

// validateKeywordAttrs fails if an attribute is there twice.
//
// CPython: codegen.c, validate_kwd_attrs.
func (c *Compiler) validateKeywordAttrs(p *ast.MatchClass) {
	if len(p.KeywordNames) < 2 {
		return
	}
	first, other := c.repeated(len(p.KeywordNames), func(i int) names.ID { return p.KeywordNames[i] })
	if other >= 0 {
		c.fail(p.KeywordPatterns[other].Span(), "attribute name repeated in class pattern: "+c.names.Text(p.KeywordNames[first]))
	}
}
