package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Builder builds tables for one version. It reuses its memory: a Table is
// valid until the next Build.
type Builder struct {
	version pyver.Version
	table   Table
	file    *source.File
}

// New returns a builder for modules of version v.
func New(v pyver.Version) *Builder { return &Builder{version: v} }

// Build builds the table of a preprocessed module. The file is for the text of
// errors, which are *diag.Error. The names grow by those that are mangled and
// those that CPython adds by itself. CPython: symtable.c, _PySymtable_Build.
func (b *Builder) Build(f *source.File, m *ast.Module, t *names.Table, future Future) (*Table, error) {
	b.file = f
	return nil, b.errorf(source.Span{}, "no symbol tables are built for this version")
}

func (b *Builder) errorf(span source.Span, msg string) *diag.Error {
	return diag.AtBytes(b.file, diag.SyntaxError, span, msg)
}

// A directive is a name of a global or nonlocal statement.
type directive struct {
	name names.ID // mangled
	loc  source.Span
}
