package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// analyzeChildren analyzes the children of a scope, and makes comprehensions
// part of it. The names that they take from outside are behind a.free's end.
// CPython: symtable.c, analyze_block and analyze_child_block.
func (b *Builder) analyzeChildren(s, class *Scope) {
	a := &b.analysis
	inlines := b.has(pyver.InlinesComprehensions) && !s.has(canSeeClassScope)
	inlined := false
	if s.Type == Class {
		class = s
	}
	if s.has(hasBareSignature) {
		b.analyzeBareSignature(class)
	}
	for _, child := range s.Children {
		var childClass *Scope
		if child.has(canSeeClassScope) {
			childClass = class
		}
		first := len(a.free)
		b.analyzeBlock(child, childClass)
		if inlines && child.Comprehension != NoComprehension && !child.has(generator) {
			b.inline(s, child, first)
			child.set(compInlined, true)
			inlined = true
		}
	}
	if inlined {
		b.spliceChildren(s)
	}
}

// analyzeBareSignature analyzes the annotations of functions that have none.
func (b *Builder) analyzeBareSignature(class *Scope) {
	sym := Symbol{b.known.classdict, Use}
	b.analyzeName(nil, class, &sym)
	if sym.Flags.Place() == Free {
		b.analysis.free = append(b.analysis.free, sym.Name)
	}
}

// spliceChildren puts the children of inlined comprehensions in their place.
func (b *Builder) spliceChildren(s *Scope) {
	list := b.spliced[:0]
	for _, child := range s.Children {
		if child.has(compInlined) {
			list = append(list, child.Children...)
		} else {
			list = append(list, child)
		}
	}
	s.Children = append(s.Children[:0], list...)
	b.spliced = list
}

// inline makes the names of a comprehension names of the scope around it. Those
// that the comprehension takes from outside are a.free's from first on.
// CPython: symtable.c, inline_comprehension.
func (b *Builder) inline(s, comp *Scope, first int) {
	a := &b.analysis
	a.newSet() // the names that the comprehension does not take from outside after all
	drops := false
	var removed [3]names.ID
	for _, sym := range comp.symbols {
		if sym.Flags&DefParam != 0 {
			continue
		}
		place, defs := sym.Flags.Place(), sym.Flags.Defs()
		cell := place == Cell || defs&DefCompCell != 0
		if r := b.classCell(sym.Name); r >= 0 && place == Free && s.Type == Class && b.has(pyver.KeepsClassCellsOutOfInlined) {
			place = GlobalImplicit
			if !b.has(pyver.PassesClassCellsThroughInlined) || !comp.isFreeInAnyChild(sym.Name) {
				a.mark(sym.Name)
				drops = true
			}
			removed[r] = sym.Name
		}
		i := s.index(sym.Name)
		switch {
		case i < 0:
			s.add(sym.Name, defs|Flags(place)<<scopeShift)
			i = len(s.symbols) - 1
		case s.symbols[i].Flags&DefBound != 0 && s.Type != Class && !comp.isFreeInAnyChild(sym.Name):
			a.mark(sym.Name)
			drops = true
		}
		if cell {
			s.symbols[i].Flags |= DefCompCell
		}
	}
	if drops {
		a.dropMarked(first)
	}
	for _, name := range removed {
		if name != names.None {
			comp.drop(name)
		}
	}
}

// classCell returns the number of a name that classes provide by themselves, -1
// for other names.
func (b *Builder) classCell(name names.ID) int {
	switch name {
	case b.known.class:
		return 0
	case b.known.classdict:
		return 1
	case b.known.conditional:
		return 2
	}
	return -1
}

// dropMarked takes the marked names out of the free ones from first on.
func (a *analysis) dropMarked(first int) {
	kept := first
	for _, name := range a.free[first:] {
		if !a.has(name) {
			a.free[kept] = name
			kept++
		}
	}
	a.free = a.free[:kept]
}

// isFreeInAnyChild reports whether a child of the scope takes a name from
// outside. CPython: symtable.c, is_free_in_any_child.
func (s *Scope) isFreeInAnyChild(name names.ID) bool {
	for _, child := range s.Children {
		if child.PlaceOf(name) == Free {
			return true
		}
	}
	return false
}
