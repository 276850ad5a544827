package flowgraph

import (
	"bufio"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/source"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

// A dumpFile is what testdata/dump.py writes about one Python file.
type dumpFile struct {
	name  string
	units []*dumpUnit
	code  []byte // marshalled
}

// A dumpUnit is a code unit at several stages.
type dumpUnit struct {
	depth       int
	locals      int
	instrs      []instr.Instr // targets are indices
	annotations []instr.Instr
	known       map[int32][]byte // constants that the source tells, marshalled
	consts      []byte
	optimized   []instr.Instr
	optConsts   []byte
	assembled   []byte // the code object of the instructions as they are
	failed      bool
}

// readDump calls f for each file of a dump.
func readDump(t testing.TB, r io.Reader, f func(*dumpFile)) {
	t.Helper()
	in := bufio.NewReaderSize(r, 1<<20)
	var file *dumpFile
	var u *dumpUnit
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch word {
		case "file":
			file = &dumpFile{name: rest}
		case "unit":
			u = &dumpUnit{known: map[int32][]byte{}}
			depth, locals, _ := strings.Cut(rest, " ")
			u.depth, u.locals = atoi(t, depth), atoi(t, locals)
			file.units = append(file.units, u)
		case "i":
			u.instrs = append(u.instrs, parseInstr(t, rest))
		case "a":
			u.annotations = append(u.annotations, parseInstr(t, rest))
		case "o":
			u.optimized = append(u.optimized, parseInstr(t, rest))
		case "k":
			index, value, _ := strings.Cut(rest, " ")
			u.known[int32(atoi(t, index))] = unhex(t, value)
		case "consts":
			u.consts = unhex(t, rest)
		case "oconsts":
			u.optConsts = unhex(t, rest)
		case "assembled":
			u.assembled = unhex(t, rest)
		case "error":
			u.failed = true
		case "code":
			file.code = unhex(t, rest)
			f(file)
		default:
			t.Fatalf("dump line %q is of no kind", line)
		}
	}
}

func atoi(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// parseInstr reads "NAME ARG LINE ENDLINE COL ENDCOL".
func parseInstr(t testing.TB, s string) instr.Instr {
	t.Helper()
	f := strings.Fields(s)
	op, ok := opcode.Parse(f[0])
	if !ok || len(f) != 6 {
		t.Fatalf("dump line %q is no instruction", s)
	}
	var n [5]int32
	for i := range n {
		n[i] = int32(atoi(t, f[i+1]))
	}
	return instr.Instr{Op: op, Arg: n[0], Loc: instr.Loc{
		Start: source.Pos{Line: n[1], Col: n[3]}, End: source.Pos{Line: n[2], Col: n[4]},
	}}
}

// emitAll appends instructions whose targets are indices to a sequence.
func (c *Compiler) emitAll(seq *instr.Sequence, instrs []instr.Instr) {
	labels := map[int32]instr.Label{}
	for _, in := range instrs {
		if c.classes[in.Op]&hasTarget != 0 {
			if _, ok := labels[in.Arg]; !ok {
				labels[in.Arg] = seq.NewLabel()
			}
		}
	}
	for i, in := range instrs {
		if l, ok := labels[int32(i)]; ok {
			seq.Use(l)
		}
		if c.classes[in.Op]&hasTarget != 0 {
			seq.Jump(in.Op, labels[in.Arg], in.Loc)
		} else {
			seq.Emit(in.Op, in.Arg, in.Loc)
		}
	}
}

// A rig is a compiler with what it needs.
type rig struct {
	*Compiler
	pool  *object.Pool
	table names.Table
	unit  unit.Unit
}

// resetTables prepares the rig for another module.
func (r *rig) resetModule() {
	r.table.Reset()
	r.pool.Reset(&r.table)
}

// constants reads marshalled constants and gives them their identities.
func (r *rig) constants(t testing.TB, data []byte) []pyc.Object {
	t.Helper()
	o := r.constant(t, data)
	tuple, ok := o.(*pyc.Tuple)
	if !ok {
		t.Fatalf("constants are %T, not a tuple", o)
	}
	return tuple.Items
}

func (r *rig) constant(t testing.TB, data []byte) pyc.Object {
	t.Helper()
	o, err := pyc.ReadObject(data, r.target.Version)
	if err != nil {
		t.Fatal(err)
	}
	return r.canonical(o)
}

// canonical replaces the objects of a tree that an interpreter has only once.
func (r *rig) canonical(o pyc.Object) pyc.Object {
	switch o := o.(type) {
	case *pyc.Tuple:
		for i, item := range o.Items {
			o.Items[i] = r.canonical(item)
		}
	case *pyc.FrozenSet:
		for i, item := range o.Items {
			o.Items[i] = r.canonical(item)
		}
	}
	return r.pool.Canon(o)
}

// optimizeCfg does what _testinternalcapi.optimize_cfg does.
//
// CPython: flowgraph.c, _PyCompile_OptimizeCfg.
func (r *rig) optimizeCfg(u *unit.Unit) ([]instr.Instr, error) {
	if err := r.begin(u); err != nil {
		return nil, err
	}
	if err := r.run(r.target.Optimize); err != nil {
		return nil, err
	}
	if slices.Contains(r.target.Lower, target.OptimizeLoadFast) {
		if err := r.calculateStackdepth(); err != nil {
			return nil, err
		}
		if err := r.optimizeLoadFast(); err != nil {
			return nil, err
		}
	}
	return r.emit(), nil
}

// plain returns instructions as dumps have them.
func plain(out []instr.Instr) []instr.Instr {
	out = slices.Clone(out)
	for i := range out {
		out[i].Target, out[i].Except = noBlock, noBlock
	}
	return out
}

// addLocals makes a unit one with n anonymous locals.
func (r *rig) addLocals(u *unit.Unit, n int) {
	for i := range n {
		u.VarNames.Add(r.table.Intern("local" + strconv.Itoa(i)))
	}
}
