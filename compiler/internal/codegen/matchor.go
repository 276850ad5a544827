package codegen

import (
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// patternOr generates alternatives, which all bind the same names:
//
//	     COPY 1
//	     <alternative>, or jump to a label below
//	     <bring the names into the first alternative's order>
//	     JUMP end
//	     <labels that drop values>
//	     <the other alternatives>
//	     POP_TOP
//	     JUMP to a label of the pattern around
//	end: <bring the values of names to the others>
//	     POP_TOP
//
// CPython: codegen.c, codegen_pattern_or.
func (c *Compiler) patternOr(p *ast.MatchOr, pc *patternContext) {
	end := c.newLabel()
	var control []names.ID // the names of the first alternative
	for i, alt := range p.Patterns {
		last := i == len(p.Patterns)-1
		inner := patternContext{allowIrrefutable: last && pc.allowIrrefutable}
		loc := alt.Span()
		c.addI(loc, opcode.Copy, 1)
		c.pattern(alt, &inner)
		if i == 0 {
			control = inner.stores
		} else {
			c.reorderStores(p, loc, control, inner.stores)
		}
		c.addJump(loc, opcode.Jump, end)
		c.emitFailPop(loc, &inner)
	}
	c.add(p.Loc, opcode.PopTop)
	c.jumpToFailPop(p.Loc, pc, opcode.Jump)
	c.use(end)
	// Between the values and their place are the other values, the subject,
	// what is on top, and the names captured before.
	rotations := len(control) + 1 + pc.onTop + len(pc.stores)
	for _, name := range control {
		c.rotate(p.Loc, rotations)
		c.checkStore(p.Loc, name, pc)
		pc.stores = append(pc.stores, name)
	}
	c.add(p.Loc, opcode.PopTop)
}

// reorderStores brings the names of an alternative, and their values on the
// stack, into the order of the first one.
func (c *Compiler) reorderStores(p *ast.MatchOr, loc instr.Loc, control, stores []names.ID) {
	const different = "alternative patterns bind different names"
	if len(stores) != len(control) {
		c.fail(p.Loc, different)
	}
	for want := len(control) - 1; want >= 0; want-- {
		at := slices.Index(stores, control[want])
		if at < 0 {
			c.fail(p.Loc, different)
		}
		if at == want {
			continue
		}
		rotated := slices.Clone(stores[:at+1])
		copy(stores, stores[at+1:want+1])
		copy(stores[want-at:], rotated)
		for range rotated {
			c.rotate(loc, want+1)
		}
	}
}
