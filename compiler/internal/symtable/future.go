package symtable

import (
	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Future is what the future statements of a module ask for.
type Future struct {
	// Flags are the bits that every code object of the module has in its
	// co_flags: FutureAnnotations and FutureFlufl.
	Flags uint32
	// Loc is the span of the last future statement; its lines are -1 if
	// there is none.
	Loc source.Span
}

// The bits of co_flags for future statements.
const (
	FutureAnnotations uint32 = 0x1000000 // annotations are strings
	FutureFlufl       uint32 = 0x400000  // from __future__ import barry_as_FLUFL
)

// Annotations reports whether annotations are strings.
func (f Future) Annotations() bool { return f.Flags&FutureAnnotations != 0 }

// A futureParser reads the future statements of a module.
type futureParser struct {
	file    *source.File
	names   *names.Table
	version pyver.Version
	future  Future
	done    bool // a statement that is no future statement has been seen
	line    int32
}

// Futures reads the future statements at the start of a module, before
// preprocessing. An error is a *diag.Error. CPython: future.c, _PyFuture_FromAST.
func Futures(f *source.File, m *ast.Module, t *names.Table, v pyver.Version) (Future, error) {
	nowhere := source.Pos{Line: -1, Col: -1}
	p := futureParser{file: f, names: t, version: v, future: Future{Loc: source.Span{Start: nowhere, End: nowhere}}}
	body := m.Body
	if _, ok := ast.Docstring(body); ok {
		body = body[1:]
	}
	for _, s := range body {
		more, err := p.statement(s)
		if err != nil {
			return Future{}, err
		}
		if !more {
			break
		}
	}
	return p.future, nil
}

// statement reads a statement, and reports whether another future statement
// may follow.
func (p *futureParser) statement(s ast.Stmt) (more bool, err error) {
	line := s.Span().Start.Line
	if p.done && line > p.line {
		return false, nil
	}
	p.line = line
	if imp, ok := s.(*ast.ImportFrom); ok && imp.Module == names.Future && (imp.Level == 0 || p.version.Has(pyver.RelativeFutures)) {
		if p.done {
			return false, p.late(imp)
		}
		if err := p.features(imp); err != nil {
			return false, err
		}
		p.future.Loc = imp.Loc
		return true, nil
	}
	p.done = true
	// Where futures are known by their line, one may still follow on it.
	return p.version.Has(pyver.FuturesByLine), nil
}

// late returns the error about a future statement behind a semicolon.
func (p *futureParser) late(s *ast.ImportFrom) error {
	e := diag.AtBytes(p.file, diag.SyntaxError, s.Loc, lateFuture)
	e.Offset, e.EndLine, e.EndOffset = int(s.Loc.Start.Col), e.Line, 0
	return e
}

const lateFuture = "from __future__ imports must occur at the beginning of the file"

// features takes the features of a future statement.
func (p *futureParser) features(s *ast.ImportFrom) error {
	for _, a := range s.Names {
		switch feature := p.names.Text(a.Name); feature {
		case "nested_scopes", "generators", "division", "absolute_import", "with_statement", "print_function", "unicode_literals", "generator_stop":
		case "barry_as_FLUFL":
			p.future.Flags |= FutureFlufl
		case "annotations":
			p.future.Flags |= FutureAnnotations
		case "braces":
			return p.refuse(s, a, "not a chance")
		default:
			return p.refuse(s, a, "future feature "+clip(feature)+" is not defined")
		}
	}
	return nil
}

// maxFeature is how many bytes of an unknown feature an error names.
const maxFeature = 100

// clip cuts a feature as the precision of a C format does, which leaves out a
// character that does not fit.
func clip(feature string) string {
	if len(feature) <= maxFeature {
		return feature
	}
	n := maxFeature
	for n > 0 && feature[n]&0xC0 == 0x80 {
		n--
	}
	return feature[:n]
}

func (p *futureParser) refuse(s *ast.ImportFrom, a *ast.Alias, msg string) error {
	if p.version.Has(pyver.SpansFutureErrors) {
		return diag.AtBytes(p.file, diag.SyntaxError, a.Loc, msg)
	}
	e := diag.AtBytes(p.file, diag.SyntaxError, s.Loc, msg)
	e.EndLine, e.EndOffset = e.Line, 0
	return e
}
