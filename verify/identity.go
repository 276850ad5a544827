package verify

import (
	"fmt"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// compareIdentities returns the first difference of modules whose values are
// equal in what marshal records of objects beside their values: which slots
// share an object, FLAG_REF, and whether strings are interned.
func compareIdentities(native, reference *pyc.Code, v pyver.Version) *Difference {
	w := identities{version: v, native: map[pyc.Object]string{}, reference: map[pyc.Object]string{}}
	w.object(native, reference, "")
	return w.found
}

// identities walks two modules at once, in the order of the file.
type identities struct {
	version           pyver.Version
	native, reference map[pyc.Object]string // the first slot that holds an object
	within            []pair                // the code objects around a slot, the innermost last
	found             *Difference
}

// object compares the objects in one slot. Recursion is bounded by the depth
// that package pyc reads.
func (w *identities) object(a, b pyc.Object, path string) {
	if _, ok := a.(pyc.Singleton); ok || a == nil || b == nil || w.found != nil {
		return
	}
	first, again := w.native[a]
	firstB, againB := w.reference[b]
	if again || againB {
		if again != againB || first != firstB {
			w.differ(path, b, sharing(first, again), sharing(firstB, againB))
		}
		return
	}
	w.native[a], w.reference[b] = path, path
	if x, y := marks(a), marks(b); x != y {
		w.differ(path, b, x, y)
		return
	}
	w.parts(a, b, path)
}

// parts compares what two objects of one value hold.
func (w *identities) parts(a, b pyc.Object, path string) {
	switch a := a.(type) {
	case *pyc.Tuple:
		if b, ok := b.(*pyc.Tuple); ok {
			w.items(a.Items, b.Items, path)
		}
	case *pyc.FrozenSet:
		if b, ok := b.(*pyc.FrozenSet); ok {
			w.items(a.Items, b.Items, path)
		}
	case *pyc.Slice:
		if b, ok := b.(*pyc.Slice); ok {
			w.items([]pyc.Object{a.Start, a.Stop, a.Step}, []pyc.Object{b.Start, b.Stop, b.Step}, path)
		}
	case *pyc.Code:
		if b, ok := b.(*pyc.Code); ok {
			w.within = append(w.within, pair{a, b, path})
			w.code(a, b, path)
			w.within = w.within[:len(w.within)-1]
		}
	}
}

func (w *identities) items(a, b []pyc.Object, path string) {
	for i := range min(len(a), len(b)) {
		w.object(a[i], b[i], itemPath(path, i))
	}
}

func (w *identities) code(a, b *pyc.Code, path string) {
	w.object(a.Bytecode, b.Bytecode, slotPath(path, "bytecode"))
	w.object(a.Consts, b.Consts, slotPath(path, "consts"))
	w.object(a.Names, b.Names, slotPath(path, "names"))
	w.object(a.LocalsPlusNames, b.LocalsPlusNames, slotPath(path, "localsplusnames"))
	w.object(a.LocalsPlusKinds, b.LocalsPlusKinds, slotPath(path, "localspluskinds"))
	w.object(a.Filename, b.Filename, slotPath(path, "filename"))
	w.object(a.Name, b.Name, slotPath(path, "name"))
	w.object(a.QualName, b.QualName, slotPath(path, "qualname"))
	w.object(a.LineTable, b.LineTable, slotPath(path, "linetable"))
	w.object(a.ExceptionTable, b.ExceptionTable, slotPath(path, "exceptiontable"))
}

// differ keeps a difference, the first one only.
func (w *identities) differ(path string, o pyc.Object, native, reference string) {
	if w.found != nil {
		return
	}
	text := clip(repr(o, w.version), 0)
	s := &sides{where: path, native: text + ": " + native, reference: text + ": " + reference}
	p := pair{reference: &pyc.Code{}}
	if len(w.within) > 0 {
		p = w.within[len(w.within)-1]
	} else {
		s.where = "the module itself"
	}
	w.found = p.difference(References, s)
}

// sharing describes whether a slot holds an object of another slot.
func sharing(first string, again bool) string {
	if !again {
		return "an object of its own"
	}
	return "the object in " + first
}

// marks describes what marshal records of an object beside its value.
func marks(o pyc.Object) string {
	switch o := o.(type) {
	case *pyc.Str:
		if o.Interned {
			return flagText(o.Flag) + ", interned"
		}
		return flagText(o.Flag) + ", not interned"
	case *pyc.Int:
		return flagText(o.Flag)
	case *pyc.Float:
		return flagText(o.Flag)
	case *pyc.Complex:
		return flagText(o.Flag)
	case *pyc.Bytes:
		return flagText(o.Flag)
	case *pyc.Tuple:
		return flagText(o.Flag)
	case *pyc.FrozenSet:
		return flagText(o.Flag)
	case *pyc.Slice:
		return flagText(o.Flag)
	case *pyc.Code:
		return flagText(o.Flag)
	}
	return fmt.Sprintf("%T", o)
}

func flagText(f pyc.Flag) string {
	if f {
		return "with FLAG_REF"
	}
	return "without FLAG_REF"
}
