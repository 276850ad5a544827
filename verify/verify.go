// Package verify compares what two compilers make of a module: the native one
// and a reference, which is a real CPython. It takes the outcomes, results or
// errors, and says whether they are alike and, if not, what differs first.
//
// Modules are alike when their marshalled bytes are the same. Of bytes that
// differ it names the part of the compilation in which they differ first, in an
// order in which causes come before their consequences (see Stage), the code
// object, the place in it, and both sides. It finds a difference in any two
// outcomes that are not alike.
//
// It runs nothing and its result depends on the outcomes alone.
package verify

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// An Outcome is what a compiler made of a module: the result, or else the
// error.
type Outcome struct {
	Result *compiler.Result
	Err    error
}

// A Comparison says in what two outcomes are alike.
type Comparison struct {
	Refused    bool        // both compilers refuse the source, with whatever error
	Difference *Difference // of the code objects or of the errors; nil if there is none
	Warnings   *Difference // of the warnings; nil if there is none
}

// Compare compares the outcomes that the native compiler and the reference have
// for one source and version v. The error says that one of them has no outcome:
// it failed for a reason that is not the source, such as a process that was
// killed. A fault of the native compiler is an outcome.
func Compare(native, reference Outcome, v pyver.Version) (Comparison, error) {
	if err := noOutcome(reference); err != nil {
		return Comparison{}, err
	}
	if !errors.As(native.Err, new(*compiler.InternalError)) {
		if err := noOutcome(native); err != nil {
			return Comparison{}, err
		}
	}
	if native.Err != nil || reference.Err != nil {
		return Comparison{
			Refused:    native.Err != nil && reference.Err != nil,
			Difference: compareErrors(native.Err, reference.Err, v),
		}, nil
	}
	return Comparison{
		Difference: compareCode(native.Result.Code, reference.Result.Code, v),
		Warnings:   compareWarnings(native.Result.Warnings, reference.Result.Warnings, v),
	}, nil
}

func noOutcome(o Outcome) error {
	switch {
	case o.Err != nil && !errors.As(o.Err, new(*compiler.SyntaxError)):
		return o.Err
	case o.Err == nil && o.Result == nil:
		return errors.New("comparing: a compiler gave neither a result nor an error")
	}
	return nil
}

// compareErrors compares errors of which at least one is not nil.
func compareErrors(native, reference error, v pyver.Version) *Difference {
	var n, r *compiler.SyntaxError
	if !errors.As(native, &n) || !errors.As(reference, &r) {
		return &Difference{Stage: Verdict, Native: verdict(native, v), Reference: verdict(reference, v)}
	}
	for _, field := range []struct {
		name              string
		native, reference any
	}{
		{"class", n.Class, r.Class},
		{"message", quote(n.Message, v), quote(r.Message, v)},
		{"line", n.Line, r.Line},
		{"offset", n.Offset, r.Offset},
		{"end line", n.EndLine, r.EndLine},
		{"end offset", n.EndOffset, r.EndOffset},
		{"text", quote(n.Text, v), quote(r.Text, v)},
	} {
		if field.native == field.reference {
			continue
		}
		s := clipped(field.name, fmt.Sprint(field.native), fmt.Sprint(field.reference))
		if field.name != "message" && field.name != "class" {
			s.native += " of " + verdict(native, v)
			s.reference += " of " + verdict(reference, v)
		}
		return &Difference{Stage: Error, Line: int32(max(r.Line, 0)), Where: s.where, Native: s.native, Reference: s.reference}
	}
	return nil
}

// verdict describes an error, or that there is none, in one line.
func verdict(err error, v pyver.Version) string {
	var s *compiler.SyntaxError
	switch {
	case err == nil:
		return "compiles"
	case !errors.As(err, &s):
		return err.Error()
	case s.Line > 0:
		return fmt.Sprintf("%s at line %d: %s", s.Class, s.Line, quote(s.Message, v))
	}
	return fmt.Sprintf("%s: %s", s.Class, quote(s.Message, v))
}

// compareWarnings compares warnings one by one, in their order.
func compareWarnings(native, reference []compiler.Warning, v pyver.Version) *Difference {
	text := func(all []compiler.Warning, i int) string {
		if i >= len(all) {
			return missing
		}
		return fmt.Sprintf("%s at line %d: %s", all[i].Category, all[i].Line, quote(all[i].Message, v))
	}
	for i := range max(len(native), len(reference)) {
		if n, r := text(native, i), text(reference, i); n != r {
			d := &Difference{Stage: Warnings, Where: fmt.Sprintf("warning %d", i+1), Native: n, Reference: r}
			if i < len(reference) {
				d.Line = int32(reference[i].Line)
			}
			return d
		}
	}
	return nil
}

// compareCode compares marshalled modules.
func compareCode(native, reference []byte, v pyver.Version) *Difference {
	if bytes.Equal(native, reference) {
		return nil
	}
	n, nativeErr := pyc.Read(native, v)
	r, referenceErr := pyc.Read(reference, v)
	if nativeErr != nil || referenceErr != nil {
		return &Difference{Stage: Marshal, Native: readable(nativeErr), Reference: readable(referenceErr)}
	}
	if d := compareObjects(n, r, v); d != nil {
		return d
	}
	s := firstBytes(native, reference)
	return &Difference{Stage: Marshal, Where: s.where, Native: s.native, Reference: s.reference}
}

func readable(err error) string {
	if err == nil {
		return "is a code object"
	}
	return err.Error()
}
