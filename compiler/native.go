package compiler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/rules-pyc/rules_pyc/compiler/internal/codegen"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/flowgraph"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/compiler/internal/preprocess"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// Native is the compiler that needs no interpreter. It keeps the memory of its
// stages for the next module. The zero Native is ready for use.
type Native struct {
	mu   sync.Mutex
	idle [pyver.Last + 1][]*pipeline
}

// Covers reports whether the native compiler is proven for a version. Those
// that are being worked on compile too, for tests to compare.
func (*Native) Covers(v pyver.Version) bool {
	t := target.For(v)
	return t != nil && t.Proven
}

// Compile compiles the bytes of a source file. See Compiler.
func (n *Native) Compile(ctx context.Context, src []byte, opts Options) (*Result, error) {
	if err := opts.Check(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !n.Covers(opts.Version) {
		return nil, fmt.Errorf("%s: the native compiler does not compile for Python %v", opts.Filename, opts.Version)
	}
	p := n.take(target.For(opts.Version))
	r, err := p.compile(src, opts)
	if !p.broken {
		n.put(opts.Version, p)
	}
	return r, err
}

func (n *Native) take(t *target.Target) *pipeline {
	n.mu.Lock()
	defer n.mu.Unlock()
	idle := n.idle[t.Version]
	if len(idle) == 0 {
		return newPipeline(t)
	}
	p := idle[len(idle)-1]
	n.idle[t.Version] = idle[:len(idle)-1]
	return p
}

func (n *Native) put(v pyver.Version, p *pipeline) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.idle[v] = append(n.idle[v], p)
}

// An InternalError says that a stage of the native compiler failed on a source
// that it should have compiled or refused.
type InternalError struct {
	Filename string
	Stage    string // the stage's package
	Version  pyver.Version
	Cause    any // what the stage panicked with
}

// Error returns the error with the file and stage.
func (e *InternalError) Error() string {
	return fmt.Sprintf("%s: compiling for Python %v: fault in stage %s: %v; please report it", e.Filename, e.Version, e.Stage, e.Cause)
}

// A pipeline is the stages of the native compiler for one version, which reuse
// their memory from module to module.
type pipeline struct {
	target  *target.Target
	parser  *parser.Parser
	symbols *symtable.Builder
	pool    *object.Pool
	codegen *codegen.Compiler
	writer  *pyc.Writer
	buf     []byte // in which code objects are written
	stage   string // at work
	broken  bool   // a stage panicked: its memory is in no known state
}

func newPipeline(t *target.Target) *pipeline {
	pool := object.NewPool(t.Shared)
	graph := flowgraph.New(t, pool)
	return &pipeline{
		target:  t,
		parser:  parser.New(t.Version),
		symbols: symtable.New(t.Version),
		pool:    pool,
		codegen: codegen.New(t.Version, pool, graph.Compile),
		writer:  pyc.NewWriter(t.Version),
	}
}

// compile runs the stages. A panic becomes an error that names the file and the
// stage.
func (p *pipeline) compile(src []byte, opts Options) (r *Result, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			p.broken = true
			r, err = nil, &InternalError{opts.Filename, p.stage, opts.Version, cause}
		}
	}()
	code, warnings, err := p.module(src, opts)
	if err != nil {
		return nil, publicError(err, opts)
	}
	p.stage = "marshal"
	data, err := p.marshal(code)
	switch {
	case errors.Is(err, pyc.ErrDepth):
		return nil, publicError(&diag.Error{Class: diag.ValueError, Msg: "object too deeply nested to marshal"}, opts)
	case err != nil:
		return nil, fmt.Errorf("%s: writing the code object: %w", opts.Filename, err)
	}
	return &Result{Code: data, Warnings: warnings}, nil
}

// maxKept is the size, in bytes, of the largest buffer that is kept for the
// next module.
const maxKept = 1 << 20

// marshal returns the bytes of a code object, in memory of their own.
func (p *pipeline) marshal(code *pyc.Code) ([]byte, error) {
	data, err := p.writer.Append(p.buf[:0], code)
	if cap(data) > maxKept {
		p.buf = nil
		return data, err
	}
	p.buf = data
	return bytes.Clone(data), err
}

// module runs the stages up to the code object.
func (p *pipeline) module(src []byte, opts Options) (*pyc.Code, []Warning, error) {
	p.stage = "source"
	f, err := source.Decode(opts.Filename, src, opts.Version)
	if err != nil {
		return nil, nil, err
	}
	p.stage = "parser"
	tree, err := p.parser.Parse(f)
	if err != nil {
		return nil, nil, err
	}
	var w warnings
	w.add(f, tree.Warnings)
	p.stage = "symtable"
	future, err := symtable.Futures(f, tree.Module, tree.Names, opts.Version)
	if err != nil {
		return nil, nil, err
	}
	p.stage = "preprocess"
	more, err := preprocess.Run(tree.Module, tree.Arena, preprocess.Options{
		Version: opts.Version, Optimize: opts.Optimize, TextAnnotations: future.Annotations(), Places: tree.Places,
	})
	if err != nil {
		return nil, nil, err
	}
	w.add(f, more)
	p.stage = "symtable"
	table, err := p.symbols.Build(f, tree.Module, tree.Names, future)
	if err != nil {
		return nil, nil, err
	}
	p.stage = "codegen"
	p.pool.Reset(tree.Names)
	code, more, err := p.codegen.Compile(codegen.Module{
		File: f, Tree: tree.Module, Names: tree.Names, Table: table,
		Filename: storedName(opts.Filename), Optimize: opts.Optimize,
	})
	if err != nil {
		return nil, nil, err
	}
	w.add(f, more)
	p.pool.Share(code, opts.Version.Has(pyver.SharesModule))
	return code, w.list, nil
}

// warnings are those of all stages, in order.
type warnings struct {
	list []Warning
	// next is the number of the line that rest starts with, which is behind the
	// line of the last warning. Lines come nearly in order.
	next int
	rest string
}

func (w *warnings) add(f *source.File, more []diag.Warning) {
	for _, d := range more {
		w.list = append(w.list, Warning{
			Category: string(d.Class), Message: d.Msg, Filename: f.Name, Line: d.Line, Text: strings.TrimSpace(w.line(f, d.Line)),
		})
	}
}

// line returns the text of a line.
func (w *warnings) line(f *source.File, n int) string {
	if w.next == 0 || n < w.next {
		w.next, w.rest = 1, f.Text
	}
	for {
		line, rest, _ := strings.Cut(w.rest, "\n")
		if w.next == n || rest == "" {
			return line
		}
		w.next, w.rest = w.next+1, rest
	}
}
