package arith

import "github.com/rules-pyc/rules_pyc/pyc"

// Private reports whether the result of an operation is an object of its own
// although the interpreter has a single object of its value: a short bytes or
// str object that is filled in after it was made. The difference shows in
// marshal's FLAG_REF.
//
// CPython: bytesobject.c, bytes_repeat, bytes_subscript; unicodeobject.c,
// unicode_subscript.
func Private(op Op, w, result pyc.Object) bool {
	switch r := result.(type) {
	case *pyc.Bytes:
		return len(r.Value) == 0 && op == Multiply || len(r.Value) == 1 && isStepped(op, w)
	case *pyc.Str:
		return len(r.Value) > 0 && isStepped(op, w)
	}
	return false
}

// isStepped reports whether an operation takes a slice with a step other than
// one.
func isStepped(op Op, w pyc.Object) bool {
	s, ok := w.(*pyc.Slice)
	if op != Subscr || !ok {
		return false
	}
	step, ok := sliceIndex(s.Step, 1)
	return ok && step != 1
}
