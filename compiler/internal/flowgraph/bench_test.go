package flowgraph

import (
	"bytes"
	"os"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler/internal/instr"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A benchUnit is what a code generator would put into a unit.
type benchUnit struct {
	instrs, annotations []instr.Instr // targets are labels
	places              []int32       // of the labels, in order
	consts              []pyc.Object
}

// label numbers the targets of the instructions.
func (u *benchUnit) label(r *rig) {
	isTarget := make([]bool, len(u.instrs))
	for _, in := range u.instrs {
		if r.classes[in.Op]&hasTarget != 0 {
			isTarget[in.Arg] = true
		}
	}
	labels := make([]int32, len(u.instrs))
	for i := range labels {
		if isTarget[i] {
			labels[i] = int32(len(u.places))
			u.places = append(u.places, int32(i))
		}
	}
	for i := range u.instrs {
		if in := &u.instrs[i]; r.classes[in.Op]&hasTarget != 0 {
			in.Arg = labels[in.Arg]
		}
	}
}

// emit does what a code generator does.
func (u *benchUnit) emit(r *rig, seq *instr.Sequence) {
	for range u.places {
		seq.NewLabel()
	}
	next := 0
	for i, in := range u.instrs {
		if next < len(u.places) && u.places[next] == int32(i) {
			seq.Use(instr.Label(next))
			next++
		}
		if r.classes[in.Op]&hasTarget != 0 {
			seq.Jump(in.Op, instr.Label(in.Arg), in.Loc)
		} else {
			seq.Emit(in.Op, in.Arg, in.Loc)
		}
	}
}

// BenchmarkCompile measures graph, passes and assembler on the code units of
// the goldens: ns/instr is the time for each instruction that goes in.
func BenchmarkCompile(b *testing.B) {
	r := newRig(pyver.V314)
	r.afterPass = nil
	data, err := os.ReadFile(goldenPath(pyver.V314, "sources"))
	if err != nil {
		b.Fatal(err)
	}
	var units []benchUnit
	count := 0
	readDump(b, bytes.NewReader(data), func(file *dumpFile) {
		for _, u := range file.units {
			if u.failed {
				continue
			}
			unit := benchUnit{instrs: u.instrs, annotations: u.annotations, consts: r.constants(b, u.consts)}
			unit.label(r)
			units = append(units, unit)
			count += len(u.instrs)
		}
	})
	r.addLocals(&r.unit, 12)
	locals := append([]names.ID(nil), r.unit.VarNames.IDs()...)
	filename := r.pool.Str("file.py")
	b.ReportAllocs()
	for b.Loop() {
		r.pool.Reset(&r.table)
		for i := range units {
			u := &units[i]
			r.unit.Reset()
			u.emit(r, &r.unit.Instrs)
			for _, in := range u.annotations {
				r.unit.Annotations.Emit(in.Op, in.Arg, in.Loc)
			}
			for _, o := range u.consts {
				r.unit.Consts.Append(o)
			}
			for i, id := range locals {
				if i < 8 {
					r.unit.VarNames.Add(id)
				} else {
					r.unit.FreeVars.Add(id)
				}
			}
			r.unit.Filename, r.unit.Name, r.unit.FirstLine = filename, filename, 1
			if _, err := r.Compile(&r.unit); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/instr")
}
