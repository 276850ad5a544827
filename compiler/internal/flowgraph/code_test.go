package flowgraph

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/compiler/internal/unit"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A codeCheck compares the code objects that Compile makes with those of a
// real file. The dump has the instructions of all units, but the names and
// constants of the module only: names come from the code object, and so do
// those constants that the source does not tell, once all else agrees.
type codeCheck struct {
	*rig
	file         *dumpFile
	units, equal int
	dropped      int // units without a code object, which the compiler dropped
	report       func(format string, args ...any)
}

// run checks the unit with the index, and those within it.
func (k *codeCheck) run(t *testing.T, index int, code *pyc.Code) {
	t.Helper()
	k.units++
	if msg := k.compare(t, k.file.units[index], code); msg != "" {
		k.report("%s, %s at line %d: %s", k.file.name, code.QualName.Value, code.FirstLine, msg)
	} else {
		k.equal++
	}
	var codes []*pyc.Code
	for _, o := range code.Consts.Items {
		if c, ok := o.(*pyc.Code); ok {
			codes = append(codes, c)
		}
	}
	matched := make([]bool, len(codes))
	for _, child := range k.children(index) {
		at := k.match(t, k.file.units[child], codes, matched)
		if at < 0 {
			k.dropped++
			continue
		}
		if !matched[at] {
			matched[at] = true
			k.run(t, child, codes[at])
		}
	}
	if i := slices.Index(matched, false); i >= 0 {
		k.report("%s, %s at line %d: no unit", k.file.name, codes[i].QualName.Value, codes[i].FirstLine)
	}
}

func (k *codeCheck) children(index int) []int {
	depth := k.file.units[index].depth
	var found []int
	for i := index + 1; i < len(k.file.units) && k.file.units[i].depth > depth; i++ {
		if k.file.units[i].depth == depth+1 {
			found = append(found, i)
		}
	}
	return found
}

// match returns the index of the unit's code object: one of the same line, if
// possible one that nothing differs from.
func (k *codeCheck) match(t *testing.T, u *dumpUnit, codes []*pyc.Code, matched []bool) int {
	t.Helper()
	// 3.15 gives the RESUME of a generator expression no location.
	line, at := u.instrs[0].Loc.Start.Line, u.instrs[0].Op == opcode.Resume
	found := -1
	for i, c := range codes {
		if at && line >= 0 && c.FirstLine != line {
			continue
		}
		if k.compare(t, u, c) == "" {
			if !matched[i] {
				return i
			}
			found = i
		}
	}
	for i, c := range codes {
		if found < 0 && !matched[i] && (line < 0 || c.FirstLine == line) && len(c.Bytecode.Value) > 2*len(u.instrs)/3 {
			found = i
		}
	}
	return found
}

// compare says what differs between the code object of a unit and CPython's,
// "" if nothing does.
func (k *codeCheck) compare(t *testing.T, u *dumpUnit, want *pyc.Code) string {
	t.Helper()
	known := map[int32]pyc.Object{}
	for tries, last := 0, false; ; tries++ {
		k.resetModule()
		holes := k.fill(t, u, want, known)
		got, err := k.Compile(&k.unit)
		if err != nil {
			return err.Error()
		}
		index, value := k.solve(holes, got, want)
		if index >= 0 && tries < 300 {
			known[index] = k.copyOf(t, value)
			continue
		}
		msg := difference(got, want, holes)
		if msg == "" || last || len(holes) == 0 {
			return msg
		}
		// A constant that is folded may equal one that is not known yet.
		last = true
		for i, o := range got.Consts.Items {
			if index, ok := holes[o]; ok && i < len(want.Consts.Items) {
				known[index] = k.copyOf(t, want.Consts.Items[i])
			}
		}
	}
}

// copyOf returns a constant that is not in the tree of code objects: a compiler
// changes what it is given.
func (k *codeCheck) copyOf(t *testing.T, o pyc.Object) pyc.Object {
	t.Helper()
	data, err := pyc.Append(nil, o, k.target.Version)
	if err != nil {
		t.Fatal(err)
	}
	return k.constant(t, data)
}

// A hole is a constant whose value is not known.
type hole map[pyc.Object]int32

// fill sets the unit up.
func (k *codeCheck) fill(t *testing.T, d *dumpUnit, want *pyc.Code, known map[int32]pyc.Object) hole {
	t.Helper()
	u := &k.unit
	u.Reset()
	k.emitAll(&u.Instrs, d.instrs)
	k.emitAll(&u.Annotations, d.annotations)
	holes := hole{}
	if d.depth == 0 {
		for _, o := range k.constants(t, d.consts) {
			o, _ = k.pool.Merge(o)
			u.Consts.Append(o)
		}
	} else {
		k.fillConsts(t, d, want, known, holes)
	}
	fillNames(k.rig, want)
	u.Filename, u.Name, u.QualName = k.pool.Str("file.py"), k.pool.Str(want.Name.Value), k.pool.Str(want.QualName.Value)
	u.Flags, u.FirstLine = want.Flags, want.FirstLine
	u.PosOnlyArgCount, u.KwOnlyArgCount = want.PosOnlyArgCount, want.KwOnlyArgCount
	u.ArgCount = want.ArgCount - want.PosOnlyArgCount
	u.ParamCount = want.ArgCount + want.KwOnlyArgCount
	if want.Flags&unit.FlagVarArgs != 0 {
		u.ParamCount++
	}
	if want.Flags&unit.FlagVarKeywords != 0 {
		u.ParamCount++
	}
	return holes
}

const (
	flagOptimized    = 1
	flagHasDocstring = 0x4000000
)

func (k *codeCheck) fillConsts(t *testing.T, d *dumpUnit, want *pyc.Code, known map[int32]pyc.Object, holes hole) {
	t.Helper()
	n := int32(0)
	for _, in := range d.instrs {
		if in.Op == opcode.LoadConst {
			n = max(n, in.Arg+1)
		}
	}
	first := want.Flags&flagHasDocstring != 0 || !k.foldsInstructions && want.Flags&flagOptimized != 0 && want.Name.Value != "<genexpr>"
	if first {
		n = max(n, 1)
	}
	for i := range n {
		var o pyc.Object
		switch {
		case i == 0 && first:
			o = k.copyOf(t, want.Consts.Items[0]) // the docstring, or None for none
		case known[i] != nil:
			o = known[i]
		case isUsed(d.instrs, i, deletesName):
			o = pyc.None
		case d.known[i] != nil:
			o = k.constant(t, d.known[i])
		case isUsed(d.instrs, i, testsIdentity):
			o = pyc.None
		default:
			o = &pyc.Bytes{Value: fmt.Appendf(nil, "constant %d", i)}
			holes[o] = i
		}
		o, _ = k.pool.Merge(k.canonical(o))
		k.unit.Consts.Append(o)
	}
}

// isUsed reports whether the two instructions after a load of the constant are
// of a kind.
func isUsed(instrs []instr.Instr, index int32, kind func(load, a, b instr.Instr) bool) bool {
	for i, in := range instrs[:len(instrs)-2] {
		if in.Op == opcode.LoadConst && in.Arg == index && kind(in, instrs[i+1], instrs[i+2]) {
			return true
		}
	}
	return false
}

// testsIdentity is for what class patterns compare with.
func testsIdentity(_, a, _ instr.Instr) bool { return a.Op == opcode.IsOp }

// deletesName is for what the name of an exception is set to before it is
// deleted. In the source there may be another constant at the place.
func deletesName(load, a, b instr.Instr) bool {
	return load.Loc == a.Loc && a.Arg == b.Arg &&
		(a.Op == opcode.StoreFast && b.Op == opcode.DeleteFast || a.Op == opcode.StoreName && b.Op == opcode.DeleteName ||
			a.Op == opcode.StoreGlobal && b.Op == opcode.DeleteGlobal || a.Op == opcode.StoreDeref && b.Op == opcode.DeleteDeref)
}

// fillNames takes the names of a unit from its code object.
func fillNames(r *rig, want *pyc.Code) {
	for _, o := range want.Names.Items {
		r.unit.Names.Add(r.table.Intern(o.(*pyc.Str).Value))
	}
	var cells []cell
	for i, o := range want.LocalsPlusNames.Items {
		name, kind := o.(*pyc.Str).Value, want.LocalsPlusKinds.Value[i]
		id := r.table.Intern(name)
		if kind&0x20 != 0 {
			r.unit.VarNames.Add(id)
		}
		if kind&0x10 != 0 {
			r.unit.Hidden.Add(id)
		}
		if kind&0x40 != 0 {
			cells = append(cells, cell{name, kind&0x20 != 0})
		}
		if kind&0x80 != 0 {
			r.unit.FreeVars.Add(id)
		}
	}
	sortCells(cells)
	for _, c := range cells {
		r.unit.CellVars.Add(r.table.Intern(c.name))
	}
}

type cell struct {
	name  string
	local bool // it is a parameter or another local too
}

// sortCells puts cells in the order of their numbers: sorted, and then those
// that classes add.
func sortCells(cells []cell) {
	last := map[cell]int{{name: "__class__"}: 1, {name: "__classdict__"}: 2, {name: "__conditional_annotations__"}: 3}
	slices.SortFunc(cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(last[a], last[b]), cmp.Compare(a.name, b.name))
	})
}

// solve finds the value of a constant that is not known by comparing the
// instructions.
func (k *codeCheck) solve(holes hole, got, want *pyc.Code) (int32, pyc.Object) {
	if len(holes) == 0 {
		return -1, nil
	}
	a, b := decode(k.ops, got.Bytecode.Value), decode(k.ops, want.Bytecode.Value)
	for i := range min(len(a), len(b)) {
		if a[i].op == opcode.LoadConst {
			index, ok := holes[got.Consts.Items[a[i].arg]]
			switch {
			case ok && b[i].op == opcode.LoadSmallInt:
				return index, k.pool.Int(int64(b[i].arg))
			case ok && b[i].op == opcode.LoadCommonConstant:
				return index, k.commonConst(b[i].arg)
			case ok && b[i].op == opcode.LoadConst && a[i].arg != b[i].arg:
				return index, want.Consts.Items[b[i].arg]
			}
		}
		if a[i] != b[i] && (a[i].op != opcode.LoadConst || b[i].op != opcode.LoadConst) {
			break
		}
	}
	return -1, nil
}

type decoded struct {
	op  opcode.Op
	arg int32
}

// decode returns the instructions of bytecode, without caches and with whole
// operands.
func decode(ops *opcode.Table, code []byte) []decoded {
	var list []decoded
	arg := int32(0)
	for i := 0; i < len(code); i += 2 {
		op := ops.Decode(code[i])
		arg = arg<<8 | int32(code[i+1])
		if op == opcode.ExtendedArg {
			continue
		}
		list = append(list, decoded{op, arg})
		arg = 0
		i += 2 * ops.Caches(op)
	}
	return list
}

// difference says what differs. Constants that are not known differ from
// nothing.
func difference(got, want *pyc.Code, holes hole) string {
	switch {
	case !bytes.Equal(got.Bytecode.Value, want.Bytecode.Value):
		return fmt.Sprintf("bytecode\n%x\nwant\n%x", got.Bytecode.Value, want.Bytecode.Value)
	case !bytes.Equal(got.LineTable.Value, want.LineTable.Value):
		return fmt.Sprintf("line table\n%x\nwant\n%x", got.LineTable.Value, want.LineTable.Value)
	case !bytes.Equal(got.ExceptionTable.Value, want.ExceptionTable.Value):
		return fmt.Sprintf("exception table %x, want %x", got.ExceptionTable.Value, want.ExceptionTable.Value)
	case got.StackSize != want.StackSize:
		return fmt.Sprintf("stack size %d, want %d", got.StackSize, want.StackSize)
	case describe(got.LocalsPlusNames.Items) != describe(want.LocalsPlusNames.Items) && !isAnnotate(want):
		return fmt.Sprintf("variables %s, want %s", describe(got.LocalsPlusNames.Items), describe(want.LocalsPlusNames.Items))
	case !bytes.Equal(got.LocalsPlusKinds.Value, want.LocalsPlusKinds.Value):
		return fmt.Sprintf("kinds %x, want %x", got.LocalsPlusKinds.Value, want.LocalsPlusKinds.Value)
	case len(got.Consts.Items) != len(want.Consts.Items):
		return fmt.Sprintf("constants %s, want %s", describe(got.Consts.Items), describe(want.Consts.Items))
	}
	for i, o := range got.Consts.Items {
		if hasHole(o, holes) {
			continue
		}
		if a, b := describe(got.Consts.Items[i:i+1]), describe(want.Consts.Items[i:i+1]); a != b {
			return fmt.Sprintf("constant %d is %s, want %s", i, a, b)
		}
	}
	return ""
}

func hasHole(o pyc.Object, holes hole) bool {
	if t, ok := o.(*pyc.Tuple); ok {
		return slices.ContainsFunc(t.Items, func(item pyc.Object) bool { return hasHole(item, holes) })
	}
	_, ok := holes[o]
	return ok
}

// isAnnotate reports whether the first variable was renamed after the code
// object was made.
func isAnnotate(c *pyc.Code) bool {
	return c.PosOnlyArgCount == 1 && len(c.LocalsPlusNames.Items) > 0 && c.LocalsPlusNames.Items[0].(*pyc.Str).Value == "format"
}

// TestCompileConfirm compares whole code objects with CPython's.
func TestCompileConfirm(t *testing.T) {
	for _, v := range pyver.All() {
		if target.For(v) == nil {
			continue
		}
		t.Run(v.String(), func(t *testing.T) {
			python := testpython.Get(t, v)
			k := &codeCheck{rig: newRig(v), report: t.Errorf}
			dumpOf(t, python, stdlib(t, python), func(file *dumpFile) {
				k.file = file
				code, err := pyc.Read(file.code, v)
				if err != nil {
					t.Fatal(err)
				}
				k.run(t, 0, code)
				if k.units-k.equal > 4 {
					t.Fatalf("%d of %d code objects are equal", k.equal, k.units)
				}
			})
			t.Logf("%d of %d code objects are equal; %d units have none", k.equal, k.units, k.dropped)
		})
	}
}
