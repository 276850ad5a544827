package opcode_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyver"
)

type dump struct {
	Args         []int
	Compare      []string
	Specialized  [][3]any
	Instructions []struct {
		Name       string
		Number     int
		Flags      []string
		Cache      [][2]any
		Effect     any
		EffectJump any `json:"effect_jump"`
		Pop, Push  any
	}
}

// eachDump runs f with the data that the interpreter of each version gave.
func eachDump(t *testing.T, f func(t *testing.T, table *opcode.Table, d dump)) {
	t.Helper()
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("data", v.String()+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var d dump
			if err := json.Unmarshal(data, &d); err != nil {
				t.Fatal(err)
			}
			table := opcode.For(v)
			if table == nil || table.Version() != v {
				t.Fatalf("For(%v) is the table of another version", v)
			}
			f(t, table, d)
		})
	}
}

// at returns the sample for the i-th operand.
func at(samples any, i int) int {
	if list, ok := samples.([]any); ok {
		samples = list[i]
	}
	return int(samples.(float64))
}

func TestStackEffect(t *testing.T) {
	eachDump(t, func(t *testing.T, table *opcode.Table, d dump) {
		for _, i := range d.Instructions {
			op, ok := opcode.Parse(i.Name)
			if strings.HasPrefix(i.Name, "INSTRUMENTED_") {
				if ok {
					t.Errorf("%s is an Op; no compiler writes it", i.Name)
				}
				continue
			}
			if !ok {
				t.Errorf("%s is no Op", i.Name)
				continue
			}
			for k, arg := range d.Args {
				for jump, samples := range map[bool]any{false: i.Effect, true: i.EffectJump} {
					if got, want := table.StackEffect(op, int32(arg), jump), at(samples, k); got != want {
						t.Errorf("%v: StackEffect(%d, jump=%v) = %d, want %d", op, arg, jump, got, want)
					}
				}
			}
		}
	})
}

// TestCounts ties the numbers of values popped and pushed, which come from a
// header, to the effect, which comes from the interpreter.
func TestCounts(t *testing.T) {
	eachDump(t, func(t *testing.T, table *opcode.Table, d dump) {
		for _, i := range d.Instructions {
			op, _ := opcode.Parse(i.Name)
			if op == opcode.Invalid {
				continue
			}
			if known := table.Flags(op)&opcode.HasCounts != 0; known != (i.Pop != nil) {
				t.Errorf("%v: HasCounts is %v", op, known)
			}
			if i.Pop == nil {
				continue
			}
			// What a handler finds on the stack is pushed by the jump to it.
			jump := slices.Contains(i.Flags, "exc")
			for k, arg := range d.Args {
				pop, push := table.Popped(op, int32(arg)), table.Pushed(op, int32(arg))
				if pop != at(i.Pop, k) || push != at(i.Push, k) {
					t.Errorf("%v: pops %d and pushes %d for %d, want %d and %d", op, pop, push, arg, at(i.Pop, k), at(i.Push, k))
				}
				if push-pop != table.StackEffect(op, int32(arg), jump) {
					t.Errorf("%v: pops %d and pushes %d for %d, but its effect is %d", op, pop, push, arg, table.StackEffect(op, int32(arg), jump))
				}
			}
		}
	})
}

func TestNumbers(t *testing.T) {
	eachDump(t, func(t *testing.T, table *opcode.Table, d dump) {
		names := map[int]string{}
		present := 0
		for _, i := range d.Instructions {
			names[i.Number] = i.Name
			op, ok := opcode.Parse(i.Name)
			if !ok {
				continue
			}
			present++
			units := 0
			for k, field := range table.CacheFields(op) {
				units += field.Units
				if want := i.Cache[k]; field.Name != want[0] || float64(field.Units) != want[1] {
					t.Errorf("%v: cache field %d is %v, want %v", op, k, field, want)
				}
			}
			if !table.Has(op) || table.Number(op) != i.Number || table.Caches(op) != units {
				t.Errorf("%v: present %v, number %d, caches %d; want number %d, caches %d", op, table.Has(op), table.Number(op), table.Caches(op), i.Number, units)
			}
			if i.Number >= 0 && i.Number < 256 && table.Decode(byte(i.Number)) != op {
				t.Errorf("Decode(%d) = %v, want %v", i.Number, table.Decode(byte(i.Number)), op)
			}
		}
		bases := map[int]string{}
		for _, s := range d.Specialized {
			number := int(s[1].(float64))
			names[number], bases[number] = s[0].(string), s[2].(string)
		}
		for number := range 256 {
			want := names[number]
			if want == "" {
				want = fmt.Sprintf("<%d>", number)
			}
			if got := table.Name(byte(number)); got != want {
				t.Errorf("Name(%d) = %q, want %q", number, got, want)
			}
			if base := bases[number]; base != "" && table.Decode(byte(number)).String() != base {
				t.Errorf("Decode(%d) = %v, want %s, which %s specialises", number, table.Decode(byte(number)), base, want)
			}
		}
		for op := range opcode.Op(opcode.NumOps) {
			if table.Has(op) {
				present--
			}
		}
		if present != 0 {
			t.Errorf("the table has %d more instructions than the interpreter", -present)
		}
		if len(table.Operands().Compare) != len(d.Compare) || len(table.Operands().Binary) < 26 {
			t.Errorf("operators: %v, %v", table.Operands().Compare, table.Operands().Binary)
		}
	})
}

func TestUnknownVersion(t *testing.T) {
	for _, v := range []pyver.Version{0, pyver.First - 1, pyver.Last + 1} {
		if opcode.For(v) != nil {
			t.Errorf("For(%d) is a table", v)
		}
	}
	if op, ok := opcode.Parse("<invalid>"); ok {
		t.Errorf("Parse gives %d for no instruction", op)
	}
}
