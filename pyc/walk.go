package pyc

import "iter"

// Objects visits root and every object below it, each object once however many
// slots share it, an object before those it holds and in the order of the file.
// Singletons are not visited below the root: they are values of their own slots
// only. It takes time in proportion to the number of slots.
func Objects(root Object) iter.Seq[Object] {
	return func(yield func(Object) bool) {
		walk := walker{yield: yield, seen: map[*Flag]struct{}{}}
		if root != nil {
			walk.run(root)
		}
	}
}

// Codes visits root and every code object below it, in the order of Objects:
// a function before the functions within it.
func Codes(root *Code) iter.Seq[*Code] {
	return func(yield func(*Code) bool) {
		walk := walker{seen: map[*Flag]struct{}{}, containersOnly: true}
		walk.yield = func(o Object) bool {
			c, ok := o.(*Code)
			return !ok || yield(c)
		}
		if root != nil {
			walk.run(root)
		}
	}
}

type walker struct {
	yield          func(Object) bool
	seen           map[*Flag]struct{}
	containersOnly bool     // pass over the objects that hold no others
	todo           []Object // the next object last
}

// run keeps its own stack, so that no depth of nesting can exhaust Go's.
func (w *walker) run(root Object) {
	w.todo = append(w.todo, root)
	for len(w.todo) > 0 {
		o := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		if f := o.flag(); f != nil {
			if _, ok := w.seen[f]; ok {
				continue
			}
			w.seen[f] = struct{}{}
		}
		if !w.yield(o) {
			return
		}
		w.pushParts(o)
	}
}

// pushParts pushes what the object holds, the first part last.
func (w *walker) pushParts(o Object) {
	switch o := o.(type) {
	case *Tuple:
		w.pushAll(o.Items)
	case *FrozenSet:
		w.pushAll(o.Items)
	case *Slice:
		w.pushAll([]Object{o.Start, o.Stop, o.Step})
	case *Code:
		w.pushCode(o)
	}
}

func (w *walker) pushAll(items []Object) {
	for i := len(items) - 1; i >= 0; i-- {
		w.push(items[i])
	}
}

func (w *walker) push(o Object) {
	switch o.(type) {
	case nil, Singleton:
	case *Tuple, *FrozenSet, *Slice, *Code:
		w.todo = append(w.todo, o)
	default:
		if !w.containersOnly {
			w.todo = append(w.todo, o)
		}
	}
}

// pushCode pushes the slots of a code object that are set, from the last to the
// first.
func (w *walker) pushCode(c *Code) {
	w.pushBytes(c.ExceptionTable)
	w.pushBytes(c.LineTable)
	w.pushStr(c.QualName)
	w.pushStr(c.Name)
	w.pushStr(c.Filename)
	w.pushBytes(c.LocalsPlusKinds)
	w.pushTuple(c.LocalsPlusNames)
	w.pushTuple(c.Names)
	w.pushTuple(c.Consts)
	w.pushBytes(c.Bytecode)
}

func (w *walker) pushBytes(b *Bytes) {
	if b != nil {
		w.push(b)
	}
}

func (w *walker) pushStr(s *Str) {
	if s != nil {
		w.push(s)
	}
}

func (w *walker) pushTuple(t *Tuple) {
	if t != nil {
		w.push(t)
	}
}
