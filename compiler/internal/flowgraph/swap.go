package flowgraph

import "github.com/rules-pyc/rules_pyc/pyc/opcode"

const swapVisited = -1

// swaptimize replaces a run of SWAPs and NOPs, which begins at the index, by
// the shortest one with the same effect. It returns the index of its last
// instruction.
//
// The permutation of the stack that the run makes is taken apart into cycles.
// Each is undone by swaps with the top; written from the end of the run to its
// beginning, they do it instead.
//
// CPython: flowgraph.c, swaptimize.
func (c *Compiler) swaptimize(b *block, start int) int {
	run := b.instrs[start:]
	depth := run[0].Arg
	length, swaps := 1, 1
	for ; length < len(run); length++ {
		if run[length].Op == opcode.Swap {
			depth = max(depth, run[length].Arg)
			swaps++
		} else if run[length].Op != opcode.Nop {
			break
		}
	}
	if swaps == 1 {
		return start
	}
	run = run[:length]
	stack := c.simulateSwaps(run, depth)
	current := len(run) - 1
	for i := range stack {
		if stack[i] == swapVisited || stack[i] == int32(i) {
			continue
		}
		for j := int32(i); ; {
			if j != 0 {
				run[current].Op, run[current].Arg = opcode.Swap, j+1
				current--
			}
			if stack[j] == swapVisited {
				break
			}
			j, stack[j] = stack[j], swapVisited
		}
	}
	for ; current >= 0; current-- {
		c.setNop(b, &run[current])
	}
	return start + length - 1
}

// simulateSwaps returns which element each place of the stack has after the
// run, the top of the stack first.
func (c *Compiler) simulateSwaps(run []instruction, depth int32) []int32 {
	c.swaps = c.swaps[:0]
	for i := range depth {
		c.swaps = append(c.swaps, i)
	}
	for i := range run {
		if run[i].Op == opcode.Swap {
			j := run[i].Arg - 1
			c.swaps[0], c.swaps[j] = c.swaps[j], c.swaps[0]
		}
	}
	return c.swaps
}

// storesTo returns the local that an instruction stores to, or -1.
func storesTo(i *instruction) int32 {
	if i.Op == opcode.StoreFast || i.Op == opcode.StoreFastMaybeNull {
		return i.Arg
	}
	return -1
}

// nextSwappable returns the index of the next instruction after i that is not a
// NOP, if it can be swapped and, for a line that is not negative, has it; else
// -1.
//
// CPython: flowgraph.c, next_swappable_instruction.
func (c *Compiler) nextSwappable(b *block, i int, line int32) int {
	for i++; i < len(b.instrs); i++ {
		in := &b.instrs[i]
		if line >= 0 && in.Loc.Start.Line != line {
			return -1
		}
		if in.Op == opcode.Nop {
			continue
		}
		if c.is(in, isSwappable) {
			return i
		}
		return -1
	}
	return -1
}

// applyStaticSwaps swaps the instructions behind SWAPs instead of the values
// that they take, from the SWAP at the index i to the left.
//
// CPython: flowgraph.c, apply_static_swaps.
func (c *Compiler) applyStaticSwaps(b *block, i int) {
	for ; i >= 0; i-- {
		swap := &b.instrs[i]
		if swap.Op != opcode.Swap {
			if swap.Op == opcode.Nop || c.is(swap, isSwappable) {
				continue
			}
			return
		}
		j := c.nextSwappable(b, i, -1)
		if j < 0 {
			return
		}
		k, line := j, b.instrs[j].Loc.Start.Line
		for count := swap.Arg - 1; count > 0; count-- {
			if k = c.nextSwappable(b, k, line); k < 0 {
				return
			}
		}
		if storesConflict(b, j, k) {
			return
		}
		c.setNop(b, swap)
		b.instrs[j], b.instrs[k] = b.instrs[k], b.instrs[j]
	}
}

// storesConflict reports whether the instructions j and k cannot change places
// since one of them stores to the same local as the other or as one between.
func storesConflict(b *block, j, k int) bool {
	storeJ, storeK := storesTo(&b.instrs[j]), storesTo(&b.instrs[k])
	if storeJ < 0 && storeK < 0 {
		return false
	}
	if storeJ == storeK {
		return true
	}
	for i := j + 1; i < k; i++ {
		if s := storesTo(&b.instrs[i]); s >= 0 && (s == storeJ || s == storeK) {
			return true
		}
	}
	return false
}
