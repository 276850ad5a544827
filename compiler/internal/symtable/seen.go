package symtable

import "github.com/rules-pyc/rules_pyc/compiler/internal/names"

// A sighting is the scope in which a name was met last during the visit, by its
// number, and the index of the name's symbol there.
type sighting struct{ scope, i int32 }

// resetSeen forgets all names.
func (b *Builder) resetSeen() {
	n := b.names.Len()
	if cap(b.seen) < n {
		b.seen = make([]sighting, n+n/2)
	}
	b.seen = b.seen[:n]
	clear(b.seen)
}

// find returns the index of a mangled name among the symbols of a scope, -1 if
// it is not there. Of most names the last sighting tells.
func (b *Builder) find(s *Scope, name names.ID) int {
	for int(name) >= len(b.seen) {
		b.seen = append(b.seen, sighting{})
	}
	switch seen := b.seen[name]; {
	case seen.scope == s.number:
		return int(seen.i)
	case s == b.cur && s.lacks(seen):
		return -1
	}
	return s.index(name)
}

// lacks reports whether the current scope, s, has not met a name yet, given the
// name's last sighting: the scopes within a scope have higher numbers than it
// has, so that a name that was met last in one with a lower number is new.
func (s *Scope) lacks(seen sighting) bool { return seen.scope < s.number && !s.has(reentered) }
