package symtable

import "github.com/rules-pyc/rules_pyc/compiler/internal/names"

// visible says what the scopes around a block make of a name.
type visible uint8

const (
	isBound     visible = 1 << iota // a local of an enclosing function
	isTypeParam                     // the binding is a type parameter
)

// An analysis decides where the names of all scopes live, from the module
// inwards. CPython copies sets of names for each block. Here, env says of each
// name what the blocks around the current one make of it; a block undoes its
// changes when it is done, so that the whole takes time in proportion to the
// number of symbols.
type analysis struct {
	env  []visible // by names.ID
	undo []change
	// free holds the names that finished blocks take from outside, in the
	// order of blocks: a block's children's are behind those of its elder
	// siblings. Names may repeat.
	free []names.ID
	// marks says which names are in the set at hand: those with the current
	// serial number. By names.ID.
	marks  []uint32
	serial uint32
}

type change struct {
	name names.ID
	was  visible
}

func (a *analysis) reset(n int) {
	if len(a.env) < n {
		a.env, a.marks = make([]visible, n+n/2), make([]uint32, n+n/2)
		a.serial = 0
	}
	clear(a.env)
	a.undo, a.free = a.undo[:0], a.free[:0]
}

func (a *analysis) set(name names.ID, v visible) {
	if was := a.env[name]; was != v {
		a.undo = append(a.undo, change{name, was})
		a.env[name] = v
	}
}

// back undoes all changes but the first n.
func (a *analysis) back(n int) {
	for i := len(a.undo) - 1; i >= n; i-- {
		a.env[a.undo[i].name] = a.undo[i].was
	}
	a.undo = a.undo[:n]
}

// newSet starts an empty set of marks.
func (a *analysis) newSet() {
	a.serial++
	if a.serial == 0 {
		clear(a.marks)
		a.serial = 1
	}
}

func (a *analysis) mark(name names.ID)     { a.marks[name] = a.serial }
func (a *analysis) unmark(name names.ID)   { a.marks[name] = 0 }
func (a *analysis) has(name names.ID) bool { return a.marks[name] == a.serial }

// analyze decides where all names live. CPython: symtable.c, symtable_analyze.
func (b *Builder) analyze() {
	b.analysis.reset(b.names.Len())
	b.analyzeBlock(b.table.Top, nil)
}

// analyzeBlock decides where the names of a scope and of its children live. The
// class is that whose names the scope sees, if any. It appends the names that
// the scope takes from outside to b.analysis.free.
// CPython: symtable.c, analyze_block.
func (b *Builder) analyzeBlock(s, class *Scope) {
	if class == nil && !s.hasInner() {
		b.analyzeLeaf(s)
		return
	}
	a := &b.analysis
	undo := len(a.undo)
	own := s.symbols
	for i := range own {
		b.analyzeName(s, class, &own[i])
	}
	if s.hasInner() {
		b.analyzeInner(s, class, undo)
		own = s.symbols[:len(own)]
	}
	for i := range own {
		if own[i].Flags.Place() == Free {
			a.free = append(a.free, own[i].Name)
		}
	}
}

// analyzeLeaf is analyzeBlock for the usual scope: there are none in it, and it
// sees no class.
func (b *Builder) analyzeLeaf(s *Scope) {
	a := &b.analysis
	own, env := s.symbols, a.env
	for i := range own {
		sym := &own[i]
		if sym.Flags&(DefGlobal|DefNonlocal) != 0 {
			b.analyzeName(s, nil, sym)
		} else {
			place := GlobalImplicit
			if env[sym.Name]&isBound != 0 {
				place = Free
			}
			if sym.Flags&DefBound != 0 {
				place = Local
			}
			sym.Flags |= Flags(place) << scopeShift
		}
		if sym.Flags.Place() == Free {
			a.free = append(a.free, sym.Name)
		}
	}
}

// hasInner reports whether there are scopes within a scope.
func (s *Scope) hasInner() bool { return len(s.Children) > 0 || s.has(hasBareSignature) }

// analyzeInner decides where the names of the scopes within a scope live, and
// what that makes of the scope's own. It undoes all changes but the first.
func (b *Builder) analyzeInner(s, class *Scope, undo int) {
	a := &b.analysis
	if s.Type == Class {
		for _, name := range b.classCells() {
			a.set(name, a.env[name]|isBound)
		}
	}
	free := len(a.free)
	b.analyzeChildren(s, class)
	a.back(undo)

	a.newSet()
	for _, name := range a.free[free:] {
		a.mark(name)
	}
	switch {
	case s.IsFunctionLike():
		b.findCells(s)
	case s.Type == Class:
		b.dropClassFree(s)
	}
	b.takeFree(s, free)
}

// classCells returns the names that a class provides by itself.
func (b *Builder) classCells() []names.ID {
	cells := [...]names.ID{b.known.class, b.known.classdict, b.known.conditional}
	switch {
	case b.does.defersAnnotations:
		return cells[:]
	case b.does.hasTypeParameters:
		return cells[:2]
	}
	return cells[:1]
}

// analyzeName decides where a name of a scope lives, and what inner scopes see
// of it. The names of a class are invisible to them.
// CPython: symtable.c, analyze_name.
func (b *Builder) analyzeName(s, class *Scope, sym *Symbol) {
	a := &b.analysis
	env := a.env[sym.Name]
	place := GlobalImplicit
	switch {
	case sym.Flags&DefGlobal != 0:
		if sym.Flags&DefNonlocal != 0 {
			b.failAt(s, sym.Name, "name '"+b.names.Text(sym.Name)+"' is nonlocal and global")
		}
		place = GlobalExplicit
		b.see(s, sym.Name, env&^isBound)
	case sym.Flags&DefNonlocal != 0:
		b.checkNonlocal(s, sym.Name, env)
		place = Free
	case sym.Flags&DefBound != 0:
		place = Local
		env &^= isTypeParam
		if s.IsFunctionLike() {
			env |= isBound
		}
		if sym.Flags&DefTypeParam != 0 {
			env |= isTypeParam
		}
		b.see(s, sym.Name, env)
	case class != nil && class.Lookup(sym.Name)&DefGlobal != 0:
		place = GlobalExplicit
	case class != nil && class.Lookup(sym.Name)&DefBound != 0 && class.Lookup(sym.Name)&DefNonlocal == 0:
	case env&isBound != 0:
		place = Free
	}
	sym.Flags |= Flags(place) << scopeShift
}

// see lets inner scopes see what a scope makes of a name. Of a class, they see
// only that a name is no type parameter.
func (b *Builder) see(s *Scope, name names.ID, v visible) {
	if !s.hasInner() {
		return
	}
	a := &b.analysis
	if s.Type == Class {
		v = a.env[name]&^isTypeParam | v&isTypeParam
	}
	a.set(name, v)
}

func (b *Builder) checkNonlocal(s *Scope, name names.ID, env visible) {
	switch {
	case s.Type == Module:
		b.failAt(s, name, "nonlocal declaration not allowed at module level")
	case env&isBound == 0:
		b.failAt(s, name, "no binding for nonlocal '"+b.names.Text(name)+"' found")
	case env&isTypeParam != 0:
		b.failAt(s, name, "nonlocal binding not allowed for type parameter '"+b.names.Text(name)+"'")
	}
}

// findCells turns the locals that inner scopes share into cells, and takes
// them out of the marked set. CPython: symtable.c, analyze_cells.
func (b *Builder) findCells(s *Scope) {
	a := &b.analysis
	for i := range s.symbols {
		sym := &s.symbols[i]
		if sym.Flags.Place() == Local && (a.has(sym.Name) || sym.Flags&DefCompCell != 0) {
			sym.Flags = sym.Flags.Defs() | Flags(Cell)<<scopeShift
			a.unmark(sym.Name)
		}
	}
}

// dropClassFree takes the names that a class provides by itself out of the
// marked set. CPython: symtable.c, drop_class_free.
func (b *Builder) dropClassFree(s *Scope) {
	a := &b.analysis
	for i, name := range b.classCells() {
		if a.has(name) {
			a.unmark(name)
			s.set([...]scopeBits{needsClassClosure, needsClassdict, hasConditionalAnnotations}[i], true)
		}
	}
}

// takeFree keeps of the free names behind the first ones only those that are
// marked, once each, and enters them in the scope, which passes them on.
// CPython: symtable.c, update_symbols.
func (b *Builder) takeFree(s *Scope, first int) {
	a := &b.analysis
	notes := s.Type == Class || s.has(canSeeClassScope)
	kept := first
	for _, name := range a.free[first:] {
		if !a.has(name) {
			continue
		}
		a.unmark(name)
		a.free[kept] = name
		kept++
		i := s.index(name)
		switch {
		case i >= 0:
			if notes && (s.symbols[i].Flags&(DefBound|DefGlobal) != 0 || b.does.hasTypeParameters) {
				s.symbols[i].Flags |= DefFreeClass
			}
		case s.Type == Module || a.env[name]&isBound != 0:
			s.add(name, Flags(Free)<<scopeShift)
		}
	}
	a.free = a.free[:kept]
}
