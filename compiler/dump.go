package compiler

import (
	"fmt"
	"strconv"

	"github.com/rules-pyc/rules_pyc/compiler/internal/ast"
	"github.com/rules-pyc/rules_pyc/compiler/internal/lexer"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A Stage is a stage of the native compiler whose output can be printed.
type Stage string

// The stages, in their order.
const (
	StageTokens Stage = "tokens" // one token a line
	StageAST    Stage = "ast"    // ast.dump(tree, include_attributes=True)
)

// Stages lists the stages that Dump prints, in their order.
func Stages() []Stage { return []Stage{StageTokens, StageAST} }

// Dump appends the output of one stage of the native compiler as text. The
// error is a *SyntaxError when the source is not valid Python.
func Dump(dst, src []byte, opts Options, stage Stage) ([]byte, error) {
	if err := opts.Check(); err != nil {
		return dst, err
	}
	f, err := source.Decode(opts.Filename, src, opts.Version)
	if err != nil {
		return dst, publicError(err, opts)
	}
	switch stage {
	case StageTokens:
		return dumpTokens(dst, f, opts)
	case StageAST:
		t, err := parser.New(opts.Version).Parse(f)
		if err != nil {
			return dst, publicError(err, opts)
		}
		if opts.Version.Has(pyver.ChecksFuturesOfTrees) {
			if _, err := symtable.Futures(f, t.Module, t.Names, opts.Version); err != nil {
				return dst, publicError(err, opts)
			}
		}
		return ast.Dump(dst, t.Module, t.Names, opts.Version), nil
	}
	return dst, fmt.Errorf("there is no stage %q to print; stages are %v", stage, Stages())
}

// dumpTokens appends one token a line: its span, its kind and its text.
func dumpTokens(dst []byte, f *source.File, opts Options) ([]byte, error) {
	var t names.Table
	t.Reset()
	r := lexer.New(opts.Version).Scan(f, &t)
	for _, tok := range r.Tokens {
		s := tok.Span
		dst = fmt.Appendf(dst, "%d,%d-%d,%d\t%v\t", s.Start.Line, s.Start.Col, s.End.Line, s.End.Col, tok.Kind)
		dst = append(strconv.AppendQuote(dst, f.Text[tok.Off:tok.End]), '\n')
	}
	if r.Err != nil {
		return dst, publicError(r.Err, opts)
	}
	return dst, nil
}

// A Parsing is the front half of the native compiler alone, with memory that it
// reuses: what there is to measure.
type Parsing struct {
	version pyver.Version
	parser  *parser.Parser
}

// NewParsing returns a Parsing for sources of version v.
func NewParsing(v pyver.Version) *Parsing { return &Parsing{v, parser.New(v)} }

// Parse parses a source. The error is a *SyntaxError when it is not valid.
func (p *Parsing) Parse(src []byte) error {
	f, err := source.Decode("", src, p.version)
	if err == nil {
		_, err = p.parser.Parse(f)
	}
	if err != nil {
		return publicError(err, Options{Version: p.version})
	}
	return nil
}
