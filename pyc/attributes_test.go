package pyc_test

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// attributes are those of a Python code object, as generate.py writes them:
// text and bytes in hexadecimal, constants in JSON.
type attributes struct {
	ArgCount, PosOnlyArgCount, KwOnlyArgCount, StackSize, FirstLineNo int32
	Flags                                                             uint32
	Code, LineTable, ExceptionTable                                   string
	Filename, Name, QualName                                          string
	Names, VarNames, CellVars, FreeVars                               []string
	Consts                                                            []string
}

// The kinds of local variables. CPython: pycore_code.h, CO_FAST_LOCAL,
// CO_FAST_CELL, CO_FAST_FREE.
const (
	kindLocal = 0x20
	kindCell  = 0x40
	kindFree  = 0x80
)

func TestAttributes(t *testing.T) {
	eachVersion(t, func(t *testing.T, v pyver.Version) {
		var golden map[string][]attributes
		readGolden(t, v, "code.json", &golden)
		files := goldenFiles(t, v)
		if len(golden) != len(files) {
			t.Errorf("code.json describes %d files of %d", len(golden), len(files))
		}
		for name, want := range golden {
			t.Run(name, func(t *testing.T) {
				got := allAttributes(t, parseFile(t, files[name]).Code)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("attributes (-want +got):\n%s", diff)
				}
			})
		}
	})
}

// allAttributes returns the attributes of c and the code objects among its
// constants, each time that they are there.
func allAttributes(t *testing.T, c *pyc.Code) []attributes {
	found := []attributes{{
		ArgCount:        c.ArgCount,
		PosOnlyArgCount: c.PosOnlyArgCount,
		KwOnlyArgCount:  c.KwOnlyArgCount,
		StackSize:       c.StackSize,
		FirstLineNo:     c.FirstLine,
		Flags:           c.Flags,
		Code:            hex.EncodeToString(c.Bytecode.Value),
		LineTable:       hex.EncodeToString(c.LineTable.Value),
		ExceptionTable:  hex.EncodeToString(c.ExceptionTable.Value),
		Filename:        hexText(c.Filename),
		Name:            hexText(c.Name),
		QualName:        hexText(c.QualName),
		Names:           hexTexts(c.Names.Items, nil),
		VarNames:        variables(c, kindLocal),
		CellVars:        variables(c, kindCell),
		FreeVars:        variables(c, kindFree),
		Consts:          []string{},
	}}
	for _, o := range c.Consts.Items {
		found[0].Consts = append(found[0].Consts, compact(t, constant(t, o)))
	}
	for _, o := range c.Consts.Items {
		if inner, ok := o.(*pyc.Code); ok {
			found = append(found, allAttributes(t, inner)...)
		}
	}
	return found
}

func hexText(s *pyc.Str) string { return hex.EncodeToString([]byte(s.Value)) }

// hexTexts returns the strings whose index is kept; all of them when keep is
// nil.
func hexTexts(items []pyc.Object, keep func(int) bool) []string {
	texts := []string{}
	for i, o := range items {
		if keep == nil || keep(i) {
			texts = append(texts, hexText(o.(*pyc.Str)))
		}
	}
	return texts
}

func variables(c *pyc.Code, kind byte) []string {
	return hexTexts(c.LocalsPlusNames.Items, func(i int) bool { return c.LocalsPlusKinds.Value[i]&kind != 0 })
}

func constants(t *testing.T, items []pyc.Object) []any {
	found := []any{}
	for _, o := range items {
		found = append(found, constant(t, o))
	}
	return found
}

// constant is generate.py's function of that name.
func constant(t *testing.T, o pyc.Object) []any {
	switch o := o.(type) {
	case pyc.Singleton:
		return []any{"singleton", o.String()}
	case *pyc.Code:
		return []any{"code", hexText(o.QualName)}
	case *pyc.Int:
		return []any{"int", pythonHex(o)}
	case *pyc.Float:
		return []any{"float", hexFloats(o.Value)}
	case *pyc.Complex:
		return []any{"complex", hexFloats(real(o.Value), imag(o.Value))}
	case *pyc.Str:
		return []any{"str", hexText(o)}
	case *pyc.Bytes:
		return []any{"bytes", hex.EncodeToString(o.Value)}
	case *pyc.Tuple:
		return []any{"tuple", constants(t, o.Items)}
	case *pyc.Slice:
		return []any{"slice", constants(t, []pyc.Object{o.Start, o.Stop, o.Step})}
	case *pyc.FrozenSet:
		items := constants(t, o.Items)
		slices.SortFunc(items, func(a, b any) int { return strings.Compare(compact(t, a), compact(t, b)) })
		return []any{"frozenset", items}
	}
	t.Fatalf("constant of type %T", o)
	return nil
}

// pythonHex is Python's hex(o).
func pythonHex(o *pyc.Int) string {
	x := o.Big
	if x == nil {
		x = big.NewInt(o.Small)
	}
	return fmt.Sprintf("%#x", x)
}

func hexFloats(values ...float64) string {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return hex.EncodeToString(b)
}

// compact is generate.py's function of that name.
func compact(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
