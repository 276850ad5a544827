package codegen_test

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler/internal/codegen"
	"github.com/rules-pyc/rules_pyc/compiler/internal/diag"
	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/parser"
	"github.com/rules-pyc/rules_pyc/compiler/internal/preprocess"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/symtable"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// notParsed is the dump of a source that the parser refuses.
const notParsed = "!parser"

// A dumper writes what the code generator makes of sources as text, in the form
// that testdata/oracle.py gives CPython's. In the place of code objects it has
// stand-ins, so that the test needs no flow graph.
type dumper struct {
	version pyver.Version
	parser  *parser.Parser
	builder *symtable.Builder
	pool    *object.Pool
	codegen *codegen.Compiler
	out     []byte
	consts  []byte // of the last unit
	// starts says, for each stand-in, where the text of its unit and of those
	// within starts.
	starts map[*pyc.Code]int
}

func newDumper(v pyver.Version) *dumper {
	d := &dumper{version: v, parser: parser.New(v), builder: symtable.New(v), pool: object.NewPool(target.For(v).Shared)}
	d.codegen = codegen.New(v, d.pool, d.finish)
	return d
}

// dump returns what is made of a source, or "!" and the error.
func (d *dumper) dump(src []byte, optimize int) string {
	f, err := source.Decode("x.py", src, pyver.Default)
	if err != nil {
		return notParsed
	}
	tree, err := d.parser.Parse(f)
	if err != nil {
		return notParsed
	}
	future, err := symtable.Futures(f, tree.Module, tree.Names, d.version)
	if err != nil {
		return describe(err)
	}
	opts := preprocess.Options{Version: d.version, Optimize: optimize, TextAnnotations: future.Annotations(), Places: tree.Places}
	warnings, err := preprocess.Run(tree.Module, tree.Arena, opts)
	if err != nil {
		return describe(err)
	}
	table, err := d.builder.Build(f, tree.Module, tree.Names, future)
	if err != nil {
		return describe(err)
	}
	d.pool.Reset(tree.Names)
	d.out, d.starts = d.out[:0], map[*pyc.Code]int{}
	_, more, err := d.codegen.Compile(codegen.Module{
		File: f, Tree: tree.Module, Names: tree.Names, Table: table, Filename: "x.py", Optimize: optimize,
	})
	if err != nil {
		return describe(err)
	}
	d.out = append(d.out, d.consts...)
	for _, w := range append(warnings, more...) {
		d.out = fmt.Appendf(d.out, "%d: %s: %s\n", w.Line, w.Class, w.Msg)
	}
	return strings.TrimSuffix(string(d.out), "\n")
}

// finish writes a unit, and returns a stand-in for its code object.
func (d *dumper) finish(u *unit.Unit) (*pyc.Code, error) {
	start := len(d.out)
	if u.Annotations.Len() > 0 {
		start = d.dropAnnotations(u)
	}
	first := start
	d.out = append(d.out, "unit\n"...)
	for _, in := range u.Instrs.Instrs() {
		arg := in.Arg
		if hasTarget(in.Op) {
			arg = u.Instrs.Place(instr.Label(arg))
		}
		s, e := in.Loc.Start, in.Loc.End
		d.out = fmt.Appendf(d.out, "%v %d %d %d %d %d\n", in.Op, arg, s.Line, e.Line, s.Col, e.Col)
	}
	d.consts = d.consts[:0]
	for _, o := range u.Consts.List() {
		if code, ok := o.(*pyc.Code); ok {
			d.consts = fmt.Appendf(d.consts, "code %s\n", code.Name.Value)
			first = min(first, d.starts[code])
			continue
		}
		d.consts = append(pyrepr.Append(d.consts, o, d.version, math.MaxInt32), '\n')
	}
	text := &pyc.Bytes{Value: append([]byte(nil), d.out[start:]...)}
	tuple, bytes := &pyc.Tuple{}, &pyc.Bytes{}
	locals := &pyc.Tuple{}
	for _, id := range u.VarNames.IDs() {
		locals.Items = append(locals.Items, d.pool.Ident(id))
	}
	code := &pyc.Code{
		Name: u.Name, QualName: u.QualName, Filename: u.Filename, FirstLine: u.FirstLine, Flags: u.Flags,
		Bytecode: text, Consts: tuple, Names: tuple, LocalsPlusNames: locals, LineTable: bytes, ExceptionTable: bytes,
	}
	d.starts[code] = first
	return code, nil
}

// dropAnnotations drops the unit of a module's __annotate__ function, which was
// finished last, and those within. CPython attaches them to a sequence that its
// interface does not show.
func (d *dumper) dropAnnotations(u *unit.Unit) int {
	for _, in := range u.Annotations.Instrs() {
		if in.Op != opcode.LoadConst {
			continue
		}
		if code, ok := u.Consts.List()[in.Arg].(*pyc.Code); ok {
			d.out = d.out[:d.starts[code]]
		}
	}
	return len(d.out)
}

func hasTarget(op opcode.Op) bool {
	switch op {
	case opcode.ForIter, opcode.Send, opcode.EndAsyncFor:
		return true
	}
	name := op.String()
	return strings.Contains(name, "JUMP") || strings.HasPrefix(name, "SETUP_") && op != opcode.SetupAnnotations
}

// describe returns an error in the form that the oracle gives it.
func describe(err error) string {
	var e *diag.Error
	if !errors.As(err, &e) {
		return "!" + err.Error()
	}
	if e.Class != diag.SyntaxError {
		return fmt.Sprintf("!%s: %s", e.Class, e.Msg)
	}
	return fmt.Sprintf("!%s: %s %d,%d-%d,%d", e.Class, e.Msg, e.Line, e.Offset, e.EndLine, e.EndOffset)
}
