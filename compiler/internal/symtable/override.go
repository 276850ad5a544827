package symtable

import "github.com/rules-pyc/rules_pyc/compiler/internal/names"

// Override gives a mangled name other flags, for as long as code of an inlined
// comprehension is generated, and returns those that it had: 0 if the scope did
// not have it. CPython: compile.c, _PyCompile_TweakInlinedComprehensionScopes.
func (s *Scope) Override(name names.ID, flags Flags) Flags {
	i := s.index(name)
	if i < 0 {
		s.add(name, flags)
		return 0
	}
	old := s.symbols[i].Flags
	s.symbols[i].Flags = flags
	return old
}
