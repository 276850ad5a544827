package codegen

import (
	"slices"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// inlinedState is what an inlined comprehension changes and what is undone
// behind it.
//
// CPython: pycore_compile.h, _PyCompile_InlinedComprehensionState.
type inlinedState struct {
	pushed    int // where the names of locals on the stack start in Compiler.pushed
	overrides int // where the symbols to restore start in Compiler.overrides
	hidden    int // how many of the unit's fastHidden there were
	cleanup   instr.Label
}

// isIsolated reports whether a comprehension binds the name: an assignment
// expression within it binds names outside.
func isIsolated(f symtable.Flags) bool {
	return f&symtable.DefLocal != 0 && f&symtable.DefNonlocal == 0
}

// pushInlined begins an inlined comprehension, whose iterator is on the stack:
// names that it binds get its meaning, and their values are saved on the stack.
//
// CPython: codegen.c, push_inlined_comprehension_state.
func (c *Compiler) pushInlined(loc instr.Loc, comp *symtable.Scope) inlinedState {
	state := inlinedState{pushed: len(c.pushed), overrides: len(c.overrides), hidden: len(c.u.fastHidden)}
	c.tweakScopes(comp)
	c.pushLocals(loc, comp, &state)
	return state
}

// tweakScopes gives names of the unit's scope the meaning that they have in an
// inlined comprehension.
//
// CPython: compile.c, _PyCompile_TweakInlinedComprehensionScopes.
func (c *Compiler) tweakScopes(comp *symtable.Scope) {
	u := c.u
	inClass := u.scope.Type == symtable.Class && u.inlinedComps == 0
	u.inlinedComps++
	c.renumber()
	for _, sym := range comp.Symbols() {
		place := sym.Flags.Place()
		out := u.scope.Lookup(sym.Name).Place()
		if inClass || place != out && place != symtable.Free && !(place == symtable.Cell && out == symtable.Free) {
			old := u.scope.Override(sym.Name, sym.Flags)
			c.overrides = append(c.overrides, symtable.Symbol{Name: sym.Name, Flags: old})
		}
		if (inClass || isIsolated(sym.Flags)) && !u.functionLike && !slices.Contains(u.fastHidden, sym.Name) {
			u.fastHidden = append(u.fastHidden, sym.Name)
			u.Hidden.Add(sym.Name)
		}
	}
}

// pushLocals saves the values of the names that an inlined comprehension binds,
// below its iterator, and sets up the handler that restores them. In the place
// of a variable that lives in a cell, the cell is saved and the comprehension
// gets its own.
//
// CPython: codegen.c, codegen_push_inlined_comprehension_locals.
func (c *Compiler) pushLocals(loc instr.Loc, comp *symtable.Scope, state *inlinedState) {
	u := c.u
	for _, sym := range comp.Symbols() {
		if !isIsolated(sym.Flags) {
			continue
		}
		c.addI(loc, opcode.LoadFastAndClear, u.VarNames.Add(sym.Name))
		if sym.Flags.Place() == symtable.Cell {
			if u.scope.PlaceOf(sym.Name) == symtable.Free {
				c.addI(loc, opcode.MakeCell, u.freeArg(sym.Name))
			} else {
				c.addI(loc, opcode.MakeCell, u.CellVars.Add(sym.Name))
			}
		}
		c.pushed = append(c.pushed, sym.Name)
	}
	if n := len(c.pushed) - state.pushed; n > 0 {
		c.addI(loc, opcode.Swap, int32(n+1))
		state.cleanup = c.newLabel()
		c.addJump(loc, opcode.SetupFinally, state.cleanup)
		if c.version.Has(pyver.CountsInlinedComprehensions) {
			c.pushBlock(frameBlock{kind: inlinedComprehension, loc: loc})
		}
	}
}

// popInlined ends an inlined comprehension, whose result is on the stack:
//
//	         POP_BLOCK
//	         JUMP end
//	cleanup: SWAP 2, POP_TOP, to drop the result that is not complete
//	         <restore the locals>
//	         RERAISE 0
//	end:     <restore the locals>
//
// CPython: codegen.c, pop_inlined_comprehension_state.
func (c *Compiler) popInlined(loc instr.Loc, state inlinedState) {
	none := instr.NoLoc()
	if len(c.pushed) > state.pushed {
		if c.version.Has(pyver.CountsInlinedComprehensions) {
			c.popBlock()
		}
		c.add(none, opcode.PopBlock)
		end := c.newLabel()
		c.addJump(none, opcode.JumpNoInterrupt, end)
		c.use(state.cleanup)
		c.addI(none, opcode.Swap, 2)
		c.add(none, opcode.PopTop)
		c.restoreLocals(loc, state)
		c.addI(none, opcode.Reraise, 0)
		c.use(end)
		c.restoreLocals(loc, state)
		c.pushed = c.pushed[:state.pushed]
	}
	c.revertScopes(state)
}

// restoreLocals takes the saved values of locals from the stack.
//
// CPython: codegen.c, restore_inlined_comprehension_locals.
func (c *Compiler) restoreLocals(loc instr.Loc, state inlinedState) {
	pushed := c.pushed[state.pushed:]
	c.addI(loc, opcode.Swap, int32(len(pushed)+1))
	for _, name := range slices.Backward(pushed) {
		c.addI(loc, opcode.StoreFastMaybeNull, c.u.VarNames.Add(name))
	}
}

// revertScopes gives names of the unit's scope their own meaning again.
//
// CPython: compile.c, _PyCompile_RevertInlinedComprehensionScopes.
func (c *Compiler) revertScopes(state inlinedState) {
	c.u.inlinedComps--
	c.renumber()
	for _, sym := range c.overrides[state.overrides:] {
		c.u.scope.Override(sym.Name, sym.Flags)
	}
	c.overrides = c.overrides[:state.overrides]
	c.u.fastHidden = c.u.fastHidden[:state.hidden]
}
