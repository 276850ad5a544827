package object_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/compiler/internal/names"
	"github.com/rules-pyc/rules_pyc/compiler/internal/object"
	"github.com/rules-pyc/rules_pyc/compiler/internal/target"
	"github.com/rules-pyc/rules_pyc/cpython"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A rebuilder makes the code objects of a real file once more from their values
// alone, as a compiler would: in the order in which it makes constants, as far
// as the file shows it.
type rebuilder struct {
	pool     *object.Pool
	table    names.Table
	writer   *pyc.Writer
	filename *pyc.Str
}

func newRebuilder(v pyver.Version) *rebuilder {
	return &rebuilder{pool: object.NewPool(target.For(v).Shared), writer: pyc.NewWriter(v)}
}

// rebuild returns the bytes of the module that is made from code's values.
func (r *rebuilder) rebuild(t testing.TB, code *pyc.Code, flagRoot bool) []byte {
	t.Helper()
	r.table.Reset()
	r.pool.Reset(&r.table)
	for c := range pyc.Codes(code) {
		r.identifiers(c)
	}
	r.filename = r.pool.Str(code.Filename.Value)
	module := r.code(code, nil)
	r.pool.Share(module, flagRoot)
	out, err := r.writer.Append(nil, module)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// identifiers enters the names that the parser sees.
func (r *rebuilder) identifiers(c *pyc.Code) {
	for _, o := range c.Names.Items {
		r.table.Intern(o.(*pyc.Str).Value)
	}
	for _, o := range c.LocalsPlusNames.Items {
		r.table.Intern(o.(*pyc.Str).Value)
	}
	r.table.Intern(c.Name.Value)
}

func (r *rebuilder) ident(s string) *pyc.Str { return r.pool.Ident(r.table.Intern(s)) }

const flagOptimized = 0x01

// code makes a code object; parent is nil for the module.
func (r *rebuilder) code(c, parent *pyc.Code) *pyc.Code {
	qualname := r.qualname(c, parent)
	isClass := parent != nil && c.Flags&flagOptimized == 0
	consts := r.pool.Slots(len(c.Consts.Items))
	for i, o := range c.Consts.Items {
		var value pyc.Object
		switch o := o.(type) {
		case *pyc.Code:
			value = r.code(o, c)
		case *pyc.Str:
			// The body of a class loads its qualified name.
			if isClass && o.Value == qualname.Value {
				value = qualname
			} else {
				value = r.value(o)
			}
		default:
			value = r.value(o)
		}
		consts[i], _ = r.pool.Merge(value)
	}
	exceptions := r.pool.MergeTable(c.ExceptionTable.Value)
	lines := r.pool.MergeTable(c.LineTable.Value)
	made := pyc.Code{
		ArgCount: c.ArgCount, PosOnlyArgCount: c.PosOnlyArgCount, KwOnlyArgCount: c.KwOnlyArgCount,
		StackSize: c.StackSize, Flags: c.Flags, FirstLine: c.FirstLine,
		Bytecode:  r.pool.NewBytecode(len(c.Bytecode.Value)),
		LineTable: lines, ExceptionTable: exceptions,
		LocalsPlusKinds: r.pool.Kinds(c.LocalsPlusKinds.Value),
		Filename:        r.filename, Name: r.ident(c.Name.Value), QualName: qualname,
	}
	copy(made.Bytecode.Value, c.Bytecode.Value)
	made.Names = r.pool.MergeIdents(r.ids(c.Names))
	made.Consts = r.tuple(consts)
	locals := r.ids(c.LocalsPlusNames)
	renamed := isAnnotate(c)
	if renamed {
		locals[0] = r.table.Intern(".format")
	}
	made.LocalsPlusNames = r.pool.MergeIdents(locals)
	done := r.pool.NewCode(made)
	if renamed {
		r.pool.RenameFirstLocal(done, r.table.Intern("format"))
	}
	return done
}

// isAnnotate reports whether the first variable is renamed after the code object
// is made.
func isAnnotate(c *pyc.Code) bool {
	return c.Name.Value == "__annotate__" && c.PosOnlyArgCount == 1 && c.LocalsPlusNames.Items[0].(*pyc.Str).Value == "format"
}

// qualname returns the name itself for what is at the top level.
func (r *rebuilder) qualname(c, parent *pyc.Code) *pyc.Str {
	if c.QualName.Value == c.Name.Value {
		return r.ident(c.Name.Value)
	}
	return r.pool.Str(c.QualName.Value)
}

func (r *rebuilder) tuple(items []pyc.Object) *pyc.Tuple {
	o, _ := r.pool.MergeOne(r.pool.Tuple(items))
	return o.(*pyc.Tuple)
}

func (r *rebuilder) ids(t *pyc.Tuple) []names.ID {
	ids := make([]names.ID, len(t.Items))
	for i, o := range t.Items {
		ids[i] = r.table.Intern(o.(*pyc.Str).Value)
	}
	return ids
}

// value makes a constant without identity.
func (r *rebuilder) value(o pyc.Object) pyc.Object {
	switch o := o.(type) {
	case *pyc.Str:
		return r.pool.Str(o.Value)
	case *pyc.Int:
		if o.Big != nil {
			return r.pool.BigInt(o.Big)
		}
		return r.pool.Int(o.Small)
	case *pyc.Float:
		return r.pool.Float(o.Value)
	case *pyc.Complex:
		return &pyc.Complex{Value: o.Value}
	case *pyc.Bytes:
		return r.pool.Bytes(o.Value)
	case *pyc.Tuple:
		return r.pool.Tuple(r.values(o.Items))
	case *pyc.FrozenSet:
		return &pyc.FrozenSet{Items: r.values(o.Items)}
	case *pyc.Slice:
		return &pyc.Slice{Start: r.value(o.Start), Stop: r.value(o.Stop), Step: r.value(o.Step)}
	}
	return o
}

func (r *rebuilder) values(items []pyc.Object) []pyc.Object {
	made := r.pool.Slots(len(items))
	for i, o := range items {
		made[i] = r.value(o)
	}
	return made
}

// TestIdentity rebuilds the goldens of package pyc.
func TestIdentity(t *testing.T) {
	for _, v := range pyver.All() {
		if target.For(v) == nil {
			continue
		}
		t.Run(v.String(), func(t *testing.T) {
			paths, err := filepath.Glob(filepath.Join("../../../pyc/testdata", v.String(), "*.pyc"))
			if err != nil || len(paths) == 0 {
				t.Fatalf("no goldens (%v)", err)
			}
			r := newRebuilder(v)
			for _, path := range paths {
				t.Run(filepath.Base(path), func(t *testing.T) {
					data, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					file, err := pyc.ParseFile(data)
					if err != nil {
						t.Fatal(err)
					}
					want := data[pyc.HeaderSize:]
					if got := r.rebuild(t, file.Code, bool(file.Code.Flag)); !bytes.Equal(got, want) {
						t.Errorf("got %q, want %q", got, want)
					}
				})
			}
		})
	}
}

// TestIdentityConfirm rebuilds the files that CPython writes for its standard
// library. What cannot be told from a file is which constants the compiler made
// and dropped, and which strings are identifiers or were computed.
func TestIdentityConfirm(t *testing.T) {
	for _, v := range pyver.All() {
		if target.For(v) == nil {
			continue
		}
		t.Run(v.String(), func(t *testing.T) {
			python := testpython.Get(t, v)
			pool := cpython.New(cpython.Config{Python: map[pyver.Version]string{v: python}})
			defer pool.Close()
			r := newRebuilder(v)
			files, equal := 0, 0
			for _, path := range stdlib(t, python) {
				source, err := os.ReadFile(path)
				if err != nil {
					continue // a dangling link
				}
				result, err := pool.Compile(context.Background(), source, compiler.Options{Version: v, Filename: "file.py"})
				if err != nil {
					continue // not valid in this version
				}
				code, err := pyc.Read(result.Code, v)
				if err != nil {
					t.Fatal(err)
				}
				files++
				if got := r.rebuild(t, code, bool(code.Flag)); bytes.Equal(got, result.Code) {
					equal++
				} else {
					t.Logf("%s differs", path)
				}
			}
			t.Logf("%d of %d files are equal", equal, files)
			if equal*100 < files*98 {
				t.Error("too many files differ")
			}
		})
	}
}

// stdlib returns files of the standard library: all if PYC_TEST_STDLIB is set.
func stdlib(t testing.TB, python string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(testpython.Stdlib(t, python), func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".py") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return testpython.Sample(t, files, 30)
}
