package flowgraph

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// prepareLocalsplus gives each local, cell and free variable its slot, and adds
// the instructions at the start that set cells and generators up. A cell that is
// a parameter or another local too has that one's slot.
//
// CPython: flowgraph.c, prepare_localsplus.
func (c *Compiler) prepareLocalsplus() error {
	c.cellFixedOffsets()
	c.insertPrefixInstructions()
	return c.fixCellOffsets()
}

// cellFixedOffsets finds the slot of each cell and free variable, as if none
// shared one.
//
// CPython: flowgraph.c, build_cellfixedoffsets.
func (c *Compiler) cellFixedOffsets() {
	u := c.unit
	locals, cells := u.VarNames.Len(), u.CellVars.Len()
	c.fixed = c.fixed[:0]
	for i := range cells + u.FreeVars.Len() {
		c.fixed = append(c.fixed, int32(locals+i))
	}
	for i, id := range u.CellVars.IDs() {
		if local, ok := u.VarNames.Lookup(id); ok {
			c.fixed[i] = local
		}
	}
}

// insertPrefixInstructions adds what a code unit does before all else, all at
// once.
//
// CPython: flowgraph.c, insert_prefix_instructions.
func (c *Compiler) insertPrefixInstructions() {
	u := c.unit
	prefix := c.prefix[:0]
	if n := u.FreeVars.Len(); n > 0 {
		prefix = append(prefix, instruction{Op: opcode.CopyFreeVars, Arg: int32(n), Loc: instr.NoLoc()})
	}
	prefix = c.appendMakeCells(prefix)
	if u.IsGenerator() && c.insertsGenerator {
		pos := source.Pos{Line: u.FirstLine, Col: -1}
		loc := instr.Loc{Start: pos, End: pos}
		prefix = append(prefix,
			instruction{Op: opcode.ReturnGenerator, Loc: loc},
			instruction{Op: opcode.PopTop, Loc: loc})
	}
	c.insert(&c.g.blocks[entry], 0, prefix...)
	c.prefix = prefix
}

// appendMakeCells adds a MAKE_CELL for each cell, in the order of the slots.
func (c *Compiler) appendMakeCells(prefix []instruction) []instruction {
	u := c.unit
	cells := u.CellVars.Len()
	if cells == 0 {
		return prefix
	}
	c.bySlot = append(c.bySlot[:0], make([]int32, cells+u.VarNames.Len())...)
	for i := range cells {
		c.bySlot[c.fixed[i]] = int32(i) + 1
	}
	for _, cell := range c.bySlot {
		if cell > 0 {
			prefix = append(prefix, instruction{Op: opcode.MakeCell, Arg: cell - 1, Loc: instr.NoLoc()})
		}
	}
	return prefix
}

// fixCellOffsets moves the slots together where cells share those of locals,
// and puts the slots into the operands.
//
// CPython: flowgraph.c, fix_cell_offsets.
func (c *Compiler) fixCellOffsets() error {
	u := c.unit
	locals := int32(u.VarNames.Len())
	dropped := int32(0)
	for i := range c.fixed {
		if c.fixed[i] == int32(i)+locals {
			c.fixed[i] -= dropped
		} else {
			dropped++
		}
	}
	if len(c.fixed) == 0 {
		return nil
	}
	for id := entry; id != noBlock; id = c.g.blocks[id].next {
		instrs := c.g.blocks[id].instrs
		for i := range instrs {
			in := &instrs[i]
			switch in.Op {
			case opcode.MakeCell, opcode.LoadClosure, opcode.LoadDeref, opcode.StoreDeref, opcode.DeleteDeref,
				opcode.LoadFromDictOrDeref:
				if int(in.Arg) >= len(c.fixed) {
					return fmt.Errorf("%v refers to cell %d of %d", in.Op, in.Arg, len(c.fixed))
				}
				in.Arg = c.fixed[in.Arg]
			}
		}
	}
	return nil
}
