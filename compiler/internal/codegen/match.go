package codegen

import (
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
)

// A patternContext is what the generation of a pattern knows. A pattern takes
// its subject from the top of the stack, and jumps to one of failPop if the
// subject does not match. Names are stored when the whole pattern has matched;
// until then their values are on the stack.
//
// CPython: codegen.c, pattern_context.
type patternContext struct {
	// stores are the names captured so far, whose values are on the stack in
	// this order, the last on top, below onTop other values.
	stores []names.ID
	// allowIrrefutable says that a pattern may match everything.
	allowIrrefutable bool
	// failPop are labels: jumping to failPop[n] drops n values.
	failPop []instr.Label
	onTop   int
}

// match generates a match statement:
//
//	      <subject>
//	      COPY 1, except for the last case
//	      <pattern>, or jump to a label below
//	      <store the names>
//	      <guard>, or jump to a label below
//	      POP_TOP, except for the last case
//	      <body>
//	      JUMP end
//	      <labels that drop values>
//	      <the other cases>
//	end:
//
// CPython: codegen.c, codegen_match_inner.
func (c *Compiler) match(s *ast.Match) {
	c.expr(s.Subject)
	end := c.newLabel()
	cases := s.Cases
	last := cases[len(cases)-1]
	hasDefault := isWildcard(last.Pattern) && len(cases) > 1
	if hasDefault {
		cases = cases[:len(cases)-1]
	}
	for i, m := range cases {
		c.matchCase(m, i < len(cases)-1, i == len(s.Cases)-1, end)
	}
	if hasDefault {
		c.add(last.Pattern.Span(), opcode.Nop) // for tracing
		if last.Guard != nil {
			c.jumpIf(last.Pattern.Span(), last.Guard, end, false)
		}
		c.stmts(last.Body)
	}
	c.use(end)
}

// matchCase generates a case. The subject is kept for the next one if there is
// more code that needs it.
func (c *Compiler) matchCase(m *ast.MatchCase, keep, last bool, end instr.Label) {
	loc := m.Pattern.Span()
	if keep {
		c.addI(loc, opcode.Copy, 1)
	}
	pc := patternContext{allowIrrefutable: m.Guard != nil || last}
	c.pattern(m.Pattern, &pc)
	for _, name := range pc.stores {
		c.nameOp(loc, name, ast.Store)
	}
	if m.Guard != nil {
		c.ensureFailPop(&pc, 0)
		c.jumpIf(loc, m.Guard, pc.failPop[0], false)
	}
	if keep {
		c.add(instr.NextLoc(), opcode.PopTop)
	}
	c.stmts(m.Body)
	c.addJump(instr.NoLoc(), opcode.Jump, end)
	c.emitFailPop(loc, &pc)
}

// isWildcard reports whether a pattern is _.
func isWildcard(p ast.Pattern) bool {
	as, ok := p.(*ast.MatchAs)
	return ok && as.Name == names.None
}

// ensureFailPop makes the label that drops n values.
//
// CPython: codegen.c, ensure_fail_pop.
func (c *Compiler) ensureFailPop(pc *patternContext, n int) {
	for len(pc.failPop) <= n {
		pc.failPop = append(pc.failPop, c.newLabel())
	}
}

// jumpToFailPop jumps to where all values of the pattern are dropped.
//
// CPython: codegen.c, jump_to_fail_pop.
func (c *Compiler) jumpToFailPop(loc instr.Loc, pc *patternContext, op opcode.Op) {
	pops := pc.onTop + len(pc.stores)
	c.ensureFailPop(pc, pops)
	c.addJump(loc, op, pc.failPop[pops])
}

// emitFailPop places the labels that drop values.
//
// CPython: codegen.c, emit_and_reset_fail_pop.
func (c *Compiler) emitFailPop(loc instr.Loc, pc *patternContext) {
	for i, label := range slices.Backward(pc.failPop) {
		c.use(label)
		if i > 0 {
			c.add(loc, opcode.PopTop)
		}
	}
	pc.failPop = nil
}

// pattern generates a pattern.
//
// CPython: codegen.c, codegen_pattern.
func (c *Compiler) pattern(p ast.Pattern, pc *patternContext) {
	switch p := p.(type) {
	case *ast.MatchValue:
		c.patternValue(p, pc)
	case *ast.MatchSingleton:
		c.addValue(p.Loc, &p.Value)
		c.addCompare(p.Loc, ast.Is)
		c.jumpToFailPop(p.Loc, pc, opcode.PopJumpIfFalse)
	case *ast.MatchSequence:
		c.patternSequence(p, pc)
	case *ast.MatchMapping:
		c.patternMapping(p, pc)
	case *ast.MatchClass:
		c.patternClass(p, pc)
	case *ast.MatchStar:
		c.storeName(p.Loc, p.Name, pc)
	case *ast.MatchAs:
		c.patternAs(p, pc)
	case *ast.MatchOr:
		c.patternOr(p, pc)
	}
}

// subpattern is pattern within another pattern, where it may match everything.
//
// CPython: codegen.c, codegen_pattern_subpattern.
func (c *Compiler) subpattern(p ast.Pattern, pc *patternContext) {
	allow := pc.allowIrrefutable
	pc.allowIrrefutable = true
	c.pattern(p, pc)
	pc.allowIrrefutable = allow
}

// patternValue generates a pattern that compares.
//
// CPython: codegen.c, codegen_pattern_value.
func (c *Compiler) patternValue(p *ast.MatchValue, pc *patternContext) {
	switch p.Value.(type) {
	case *ast.Constant, *ast.Attribute:
	default:
		c.fail(p.Loc, "patterns may only match literals and attribute lookups")
	}
	c.expr(p.Value)
	c.addCompare(p.Loc, ast.Eq)
	c.add(p.Loc, opcode.ToBool)
	c.jumpToFailPop(p.Loc, pc, opcode.PopJumpIfFalse)
}

// patternAs generates a pattern with a name, a name alone, or a wildcard.
//
// CPython: codegen.c, codegen_pattern_as.
func (c *Compiler) patternAs(p *ast.MatchAs, pc *patternContext) {
	if p.Pattern == nil {
		if !pc.allowIrrefutable {
			if p.Name != names.None {
				c.fail(p.Loc, "name capture "+c.reprName(p.Name)+" makes remaining patterns unreachable")
			}
			c.fail(p.Loc, "wildcard makes remaining patterns unreachable")
		}
		c.storeName(p.Loc, p.Name, pc)
		return
	}
	pc.onTop++
	c.addI(p.Loc, opcode.Copy, 1)
	c.pattern(p.Pattern, pc)
	pc.onTop--
	c.storeName(p.Loc, p.Name, pc)
}

func (c *Compiler) reprName(name names.ID) string {
	return string(pyrepr.AppendStr(nil, c.names.Text(name), c.version))
}

// rotate moves the top of the stack below count-1 other values.
//
// CPython: codegen.c, codegen_pattern_helper_rotate.
func (c *Compiler) rotate(loc instr.Loc, count int) {
	for ; count > 1; count-- {
		c.addI(loc, opcode.Swap, int32(count))
	}
}

// storeName keeps the top of the stack for a name, or drops it if there is no
// name.
//
// CPython: codegen.c, codegen_pattern_helper_store_name.
func (c *Compiler) storeName(loc instr.Loc, name names.ID, pc *patternContext) {
	if name == names.None {
		c.add(loc, opcode.PopTop)
		return
	}
	c.checkStore(loc, name, pc)
	c.rotate(loc, pc.onTop+len(pc.stores)+1)
	pc.stores = append(pc.stores, name)
}

// checkStore fails if a pattern binds a name twice.
func (c *Compiler) checkStore(loc instr.Loc, name names.ID, pc *patternContext) {
	if slices.Contains(pc.stores, name) {
		c.fail(loc, "multiple assignments to name "+c.reprName(name)+" in pattern")
	}
}

// sizeCheck goes on if the length of the subject compares with a size.
func (c *Compiler) sizeCheck(loc instr.Loc, pc *patternContext, op ast.CompareOperator, size int) {
	c.add(loc, opcode.GetLen)
	c.addInt(loc, int64(size))
	c.addCompare(loc, op)
	c.jumpToFailPop(loc, pc, opcode.PopJumpIfFalse)
}

// notNoneCheck goes on if the top of the stack is not None.
func (c *Compiler) notNoneCheck(loc instr.Loc, pc *patternContext) {
	c.addI(loc, opcode.Copy, 1)
	c.addConst(loc, pyc.None)
	c.addI(loc, opcode.IsOp, 1)
	c.jumpToFailPop(loc, pc, opcode.PopJumpIfFalse)
}
