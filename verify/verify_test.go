package verify_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/verify"
)

const testdata = "../pyc/testdata"

// load reads the code object of a file that CPython has written.
func load(t *testing.T, v pyver.Version, name string) *pyc.Code {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata, v.String(), name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := pyc.ParseFile(data)
	if err != nil {
		t.Fatal(err)
	}
	return f.Code
}

func outcome(t *testing.T, c *pyc.Code, v pyver.Version) verify.Outcome {
	t.Helper()
	data, err := pyc.Append(nil, c, v)
	if err != nil {
		t.Fatal(err)
	}
	return verify.Outcome{Result: &compiler.Result{Code: data}}
}

func compare(t *testing.T, native, reference verify.Outcome, v pyver.Version) verify.Comparison {
	t.Helper()
	got, err := verify.Compare(native, reference, v)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// inner returns the code object of a qualified name.
func inner(t *testing.T, root *pyc.Code, name string) *pyc.Code {
	t.Helper()
	for c := range pyc.Codes(root) {
		if c.QualName.Value == name {
			return c
		}
	}
	t.Fatalf("there is no code object %s", name)
	return nil
}

func TestCompareEqual(t *testing.T) {
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) {
			paths, err := filepath.Glob(filepath.Join(testdata, v.String(), "*.pyc"))
			if err != nil || len(paths) == 0 {
				t.Fatalf("no files: %v", err)
			}
			for _, path := range paths {
				name := filepath.Base(path)
				got := compare(t, outcome(t, load(t, v, name), v), outcome(t, load(t, v, name), v), v)
				if got != (verify.Comparison{}) {
					t.Errorf("%s: %+v, want nothing", name, got)
				}
			}
		})
	}
}

// TestCompareFiles compares each file with each other: a difference is found,
// and not by looking at bytes alone.
func TestCompareFiles(t *testing.T) {
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) {
			paths, err := filepath.Glob(filepath.Join(testdata, v.String(), "*.pyc"))
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range paths {
				for _, b := range paths {
					if a == b {
						continue
					}
					n, r := outcome(t, load(t, v, filepath.Base(a)), v), outcome(t, load(t, v, filepath.Base(b)), v)
					d := compare(t, n, r, v).Difference
					if d == nil || d.Stage == verify.Marshal || d.Native == d.Reference {
						t.Errorf("%s and %s: got %v, want a difference of code objects", a, b, d)
					}
				}
			}
		})
	}
}

func TestCompareCode(t *testing.T) {
	const v = pyver.V314
	for _, test := range []struct {
		name   string
		file   string
		mutate func(t *testing.T, c *pyc.Code) // the native side
		want   verify.Difference
	}{
		{"constant", "tuples.pyc", func(_ *testing.T, c *pyc.Code) {
			c.Consts.Items[1] = &pyc.Int{Small: 12345}
		}, verify.Difference{
			Stage: verify.Consts, QualName: "<module>", Line: 1, Where: "consts[1]",
			Native: "12345", Reference: "None",
		}},
		{"float", "floats.pyc", func(t *testing.T, c *pyc.Code) {
			for i, o := range c.Consts.Items {
				if f, ok := o.(*pyc.Float); ok {
					c.Consts.Items[i] = &pyc.Float{Flag: f.Flag, Value: -f.Value}
					return
				}
			}
			t.Fatal("no float")
		}, verify.Difference{
			Stage: verify.Consts, QualName: "<module>", Line: 1, Where: "consts[0]",
			Native: "-0.0", Reference: "0.0",
		}},
		{"operand", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			code := inner(t, c, "outer").Bytecode.Value
			code[len(code)-1]++
		}, verify.Difference{
			Stage: verify.Bytecode, QualName: "outer", Path: "consts[0]", Line: 14, Where: "offset 102",
			Native: "RERAISE 1", Reference: "RERAISE 0",
		}},
		{"end of the code", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			code := inner(t, c, "outer.<locals>.middle").Bytecode
			code.Value = code.Value[:len(code.Value)-2]
		}, verify.Difference{
			Stage: verify.Bytecode, QualName: "outer.<locals>.middle", Path: "consts[0].consts[1]", Line: 12, Where: "offset 28",
			Native: "(none)", Reference: "RETURN_VALUE",
		}},
		{"cache", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			code := inner(t, c, "outer").Bytecode.Value
			for i := 0; i < len(code); i += 2 {
				if code[i] == 0 && code[i+1] == 0 {
					code[i] = 7
					return
				}
			}
			t.Fatal("no cache")
		}, verify.Difference{
			Stage: verify.Bytecode, QualName: "outer", Path: "consts[0]", Line: 2, Where: "byte 28",
			Native:    "54 02 5c 01 07 00 00 00 00 00 00 00 53 04 34 01 (104 bytes in all)",
			Reference: "54 02 5c 01 00 00 00 00 00 00 00 00 53 04 34 01 (104 bytes in all)",
		}},
		{"name", "functions.pyc", func(_ *testing.T, c *pyc.Code) {
			c.Names.Items[1] = &pyc.Str{Flag: true, Interned: true, Value: "other"}
		}, verify.Difference{
			Stage: verify.Names, QualName: "<module>", Line: 1, Where: "names[1]",
			Native: "'other'", Reference: "'annotated'",
		}},
		{"one name more", "functions.pyc", func(_ *testing.T, c *pyc.Code) {
			c.Names.Items = append(c.Names.Items, &pyc.Str{Interned: true, Value: "other"})
		}, verify.Difference{
			Stage: verify.Names, QualName: "<module>", Line: 1, Where: "names[6]",
			Native: "'other'", Reference: "(none)",
		}},
		{"kind of a variable", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			inner(t, c, "outer").LocalsPlusKinds.Value[0] &^= 0x40
		}, verify.Difference{
			Stage: verify.Locals, QualName: "outer", Path: "consts[0]", Line: 2, Where: "variable 0",
			Native: "'a' positional keyword local", Reference: "'a' positional keyword local cell",
		}},
		{"stack size", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			inner(t, c, "Holder.method").StackSize++
		}, verify.Difference{
			Stage: verify.StackSize, QualName: "Holder.method", Path: "consts[1].consts[1]", Line: 18,
			Native: "4", Reference: "3",
		}},
		{"flags", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			inner(t, c, "Holder.method").Flags ^= 0x10
		}, verify.Difference{
			Stage: verify.Flags, QualName: "Holder.method", Path: "consts[1].consts[1]", Line: 18,
			Native: "0x8000013", Reference: "0x8000003",
		}},
		{"first line", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			inner(t, c, "Holder.method").FirstLine++
		}, verify.Difference{
			Stage: verify.Definition, QualName: "Holder.method", Path: "consts[1].consts[1]", Line: 18, Where: "first line",
			Native: "19", Reference: "18",
		}},
		{"qualified name", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			inner(t, c, "Holder.method").QualName.Value = "method"
		}, verify.Difference{
			Stage: verify.Definition, QualName: "Holder.method", Path: "consts[1].consts[1]", Line: 18, Where: "qualified name",
			Native: "'method'", Reference: "'Holder.method'",
		}},
		{"parameters", "functions.pyc", func(t *testing.T, c *pyc.Code) {
			inner(t, c, "positional").PosOnlyArgCount--
		}, verify.Difference{
			Stage: verify.Definition, QualName: "positional", Path: "consts[2]", Line: 2, Where: "number of positional-only parameters",
			Native: "1", Reference: "2",
		}},
		{"line table", "lines.pyc", func(_ *testing.T, c *pyc.Code) {
			table := c.LineTable.Value
			table[len(table)-1]++
		}, verify.Difference{
			Stage: verify.LineTable, QualName: "<module>", Line: 303, Where: "offset 1706, STORE_NAME 2 (z)",
			Native: "line 303, columns 0 to 2", Reference: "line 303, columns 0 to 1",
		}},
		{"line table is shorter", "lines.pyc", func(_ *testing.T, c *pyc.Code) {
			table := c.LineTable.Value
			for table[len(table)-1] < 0x80 {
				table = table[:len(table)-1]
			}
			c.LineTable.Value = table[:len(table)-1]
		}, verify.Difference{
			Stage: verify.LineTable, QualName: "<module>", Line: 303, Where: "offset 1706, STORE_NAME 2 (z)",
			Native: "(none)", Reference: "line 303, columns 0 to 1",
		}},
		{"exception table", "exceptions.pyc", func(t *testing.T, c *pyc.Code) {
			for code := range pyc.Codes(c) {
				if table := code.ExceptionTable.Value; len(table) > 0 {
					table[len(table)-1] ^= 1
					return
				}
			}
			t.Fatal("no exception table")
		}, verify.Difference{
			Stage: verify.ExceptionTable, QualName: "<module>", Line: 1, Where: "entry 0",
			Native:    "offsets 74 to 94, handled at 94, depth 2",
			Reference: "offsets 74 to 94, handled at 94, depth 2, lasti",
		}},
		{"flag", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			table := inner(t, c, "outer").LineTable
			table.Flag = !table.Flag
		}, verify.Difference{
			Stage: verify.References, QualName: "outer", Path: "consts[0]", Line: 2, Where: "consts[0].linetable",
			Native:    `b'\xf9\x80\x00\xd8\x08\t\x80A\xf6\x04\x07\x05\x15\xf0\x12\x00\x0c\x12\xa45\xa8\x11\xa48\xd3\x13,\xa18\x98a\x98\x01\x97E\…: with FLAG_REF`,
			Reference: `b'\xf9\x80\x00\xd8\x08\t\x80A\xf6\x04\x07\x05\x15\xf0\x12\x00\x0c\x12\xa45\xa8\x11\xa48\xd3\x13,\xa18\x98a\x98\x01\x97E\…: without FLAG_REF`,
		}},
		{"interned", "strings.pyc", func(t *testing.T, c *pyc.Code) {
			for _, o := range c.Consts.Items {
				if s, ok := o.(*pyc.Str); ok && !s.Interned {
					s.Interned = true
					return
				}
			}
			t.Fatal("all are interned")
		}, verify.Difference{
			Stage: verify.References, QualName: "<module>", Line: 1, Where: "consts[4]",
			Native: "'not a name': without FLAG_REF, interned", Reference: "'not a name': without FLAG_REF, not interned",
		}},
		{"object of its own", "closures.pyc", func(t *testing.T, c *pyc.Code) {
			method := inner(t, c, "outer.<locals>.middle.<locals>.inner")
			name := *method.Filename
			method.Filename = &name
		}, verify.Difference{
			Stage: verify.References, QualName: "outer.<locals>.middle", Path: "consts[0].consts[1]", Line: 5, Where: "consts[0].consts[1].filename",
			Native:    "'closures.py': an object of its own",
			Reference: "'closures.py': the object in consts[0].consts[1].consts[0].filename",
		}},
		{"name of a code object", "tuples.pyc", func(_ *testing.T, c *pyc.Code) {
			c.Name = c.Filename
		}, verify.Difference{
			Stage: verify.Definition, QualName: "<module>", Line: 1, Where: "name",
			Native: "'tuples.py'", Reference: "'<module>'",
		}},
		{"missing function", "closures.pyc", func(_ *testing.T, c *pyc.Code) {
			for i, o := range c.Consts.Items {
				if _, ok := o.(*pyc.Code); ok {
					c.Consts.Items[i] = pyc.None
					return
				}
			}
		}, verify.Difference{
			Stage: verify.Consts, QualName: "<module>", Line: 1, Where: "consts[0]",
			Native: "None", Reference: `<code object outer, file "closures.py", line 2>`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			native := load(t, v, test.file)
			test.mutate(t, native)
			got := compare(t, outcome(t, native, v), outcome(t, load(t, v, test.file), v), v)
			if got.Difference == nil {
				t.Fatal("no difference found")
			}
			if diff := cmp.Diff(test.want, *got.Difference); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCompareMarshal(t *testing.T) {
	const v = pyver.V314
	good := outcome(t, load(t, v, "empty.pyc"), v)
	cut := verify.Outcome{Result: &compiler.Result{Code: good.Result.Code[:20]}}
	d := compare(t, cut, good, v).Difference
	if d == nil || d.Stage != verify.Marshal || d.Reference != "is a code object" {
		t.Errorf("got %v, want one of the marshalled bytes", d)
	}
}

func TestCompareErrors(t *testing.T) {
	refused := func(change func(e *compiler.SyntaxError)) verify.Outcome {
		e := &compiler.SyntaxError{
			Class: "SyntaxError", Message: "invalid syntax", Filename: "a.py",
			Line: 3, Offset: 5, EndLine: 3, EndOffset: 6, Text: "x = = 1\n",
		}
		change(e)
		return verify.Outcome{Err: e}
	}
	same := func(*compiler.SyntaxError) {}
	compiled := verify.Outcome{Result: &compiler.Result{Code: []byte("N")}}
	const head = "SyntaxError at line 3: 'invalid syntax'"
	for _, test := range []struct {
		name              string
		native, reference verify.Outcome
		want              verify.Comparison
	}{
		{"same", refused(same), refused(func(e *compiler.SyntaxError) { e.Rendered = "as printed" }), verify.Comparison{Refused: true}},
		{
			"class", refused(func(e *compiler.SyntaxError) { e.Class = "TabError" }), refused(same),
			verify.Comparison{Refused: true, Difference: &verify.Difference{
				Stage: verify.Error, Line: 3, Where: "class", Native: "TabError", Reference: "SyntaxError",
			}},
		},
		{
			"message", refused(func(e *compiler.SyntaxError) { e.Message = "it's bad" }), refused(same),
			verify.Comparison{Refused: true, Difference: &verify.Difference{
				Stage: verify.Error, Line: 3, Where: "message", Native: `"it's bad"`, Reference: "'invalid syntax'",
			}},
		},
		{
			"end offset", refused(func(e *compiler.SyntaxError) { e.EndOffset = 0 }), refused(same),
			verify.Comparison{Refused: true, Difference: &verify.Difference{
				Stage: verify.Error, Line: 3, Where: "end offset", Native: "0 of " + head, Reference: "6 of " + head,
			}},
		},
		{
			"reference compiles", refused(same), compiled,
			verify.Comparison{Difference: &verify.Difference{Stage: verify.Verdict, Native: head, Reference: "compiles"}},
		},
		{
			"native compiles", compiled, refused(func(e *compiler.SyntaxError) { e.Line = 0 }),
			verify.Comparison{Difference: &verify.Difference{
				Stage: verify.Verdict, Native: "compiles", Reference: "SyntaxError: 'invalid syntax'",
			}},
		},
		{
			"fault",
			verify.Outcome{Err: &compiler.InternalError{Filename: "a.py", Stage: "parser", Version: pyver.V314, Cause: "oops"}},
			compiled,
			verify.Comparison{Difference: &verify.Difference{
				Stage:     verify.Verdict,
				Native:    "a.py: compiling for Python 3.14: fault in stage parser: oops; please report it",
				Reference: "compiles",
			}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, compare(t, test.native, test.reference, pyver.V314)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	killed := errors.New("killed")
	for name, pair := range map[string][2]verify.Outcome{
		"reference was killed": {compiled, {Err: killed}},
		"native was killed":    {{Err: killed}, compiled},
		"nothing":              {{}, compiled},
	} {
		if _, err := verify.Compare(pair[0], pair[1], pyver.V314); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCompareWarnings(t *testing.T) {
	warned := func(all ...compiler.Warning) verify.Outcome {
		return verify.Outcome{Result: &compiler.Result{Code: []byte("N"), Warnings: all}}
	}
	first := compiler.Warning{Category: "SyntaxWarning", Message: "first", Filename: "a.py", Line: 2}
	second := compiler.Warning{Category: "SyntaxWarning", Message: "second", Filename: "a.py", Line: 4}
	later := second
	later.Line = 5
	for _, test := range []struct {
		name              string
		native, reference verify.Outcome
		want              *verify.Difference
	}{
		{"same", warned(first, second), warned(first, second), nil},
		{"missing", warned(first), warned(first, second), &verify.Difference{
			Stage: verify.Warnings, Line: 4, Where: "warning 2", Native: "(none)", Reference: "SyntaxWarning at line 4: 'second'",
		}},
		{"more", warned(first, second), warned(first), &verify.Difference{
			Stage: verify.Warnings, Where: "warning 2", Native: "SyntaxWarning at line 4: 'second'", Reference: "(none)",
		}},
		{"line", warned(later), warned(second), &verify.Difference{
			Stage: verify.Warnings, Line: 4, Where: "warning 1",
			Native: "SyntaxWarning at line 5: 'second'", Reference: "SyntaxWarning at line 4: 'second'",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := verify.Comparison{Warnings: test.want}
			if diff := cmp.Diff(want, compare(t, test.native, test.reference, pyver.V314)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDifferenceString(t *testing.T) {
	d := verify.Difference{
		Stage: verify.Bytecode, QualName: "f", Path: "consts[3]", Line: 7, Where: "offset 4", Native: "NOP", Reference: "two\nlines",
	}
	want := "bytecode of f, line 7 (consts[3]): offset 4\n  native     NOP\n  reference  two\n             lines"
	if got := d.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
