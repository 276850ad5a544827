package symtable

import (
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
)

const star = "*"

func (b *Builder) importStmt(s *ast.Import) {
	if s.IsLazy != 0 {
		b.checkLazy(s.Loc, "import")
	}
	for _, a := range s.Names {
		b.alias(a)
	}
}

func (b *Builder) importFrom(s *ast.ImportFrom) {
	if s.IsLazy != 0 {
		b.checkLazy(s.Loc, "from ... import")
		for _, a := range s.Names {
			if b.names.Text(a.Name) == star {
				b.fail(s.Loc, "lazy from ... import * is not allowed")
			}
		}
	}
	for _, a := range s.Names {
		b.alias(a)
	}
	b.checkFuture(s)
}

// checkLazy refuses lazy imports outside of a module's own statements.
// CPython: symtable.c, check_lazy_import_context.
func (b *Builder) checkLazy(loc source.Span, what string) {
	var where string
	switch {
	case b.cur.has(inTryBlock):
		where = "try/except blocks"
	case b.cur.Type == Function:
		where = "functions"
	case b.cur.Type == Class:
		where = "classes"
	default:
		return
	}
	b.fail(loc, "lazy "+what+" not allowed inside "+where)
}

// alias defines the name that an import binds.
// CPython: symtable.c, symtable_visit_alias.
func (b *Builder) alias(a *ast.Alias) {
	name := a.AsName
	if name == names.None {
		name = a.Name
	}
	text := b.names.Text(name)
	if text == star {
		if b.cur.Type != Module {
			b.fail(a.Loc, "import * only allowed at module level")
		}
		return
	}
	if i := strings.IndexByte(text, '.'); i >= 0 {
		name = b.names.Intern(text[:i])
	}
	b.define(name, DefImport, &a.Loc)
}

// checkFuture refuses future statements behind other statements.
// CPython: symtable.c, check_import_from.
func (b *Builder) checkFuture(s *ast.ImportFrom) {
	if !b.does.checksNames || s.Module != names.Future || s.Level != 0 {
		return
	}
	last, at := b.table.Future.Loc, s.Loc.Start
	if at.Line > last.Start.Line || at.Line == last.End.Line && at.Col > last.End.Col {
		b.fail(s.Loc, lateFuture)
	}
}
