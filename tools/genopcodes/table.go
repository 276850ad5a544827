package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyc/opcode"
)

var flagNames = map[string]string{
	"arg": "HasArg", "const": "HasConst", "name": "HasName", "local": "HasLocal",
	"free": "HasFree", "jump": "HasJump", "exc": "HasExc", "compare": "HasCompare",
	"backward": "Backward",
}

// writeTable returns the file of one version.
func writeTable(d dump) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(header + pyverImport)
	fmt.Fprintf(&b, "var table%[1]s = Table{\n\tversion: pyver.V%[1]s,\n\tops: [NumOps]row{\n", short(d.Version))
	for _, i := range d.Instructions {
		if i.instrumented() {
			continue
		}
		row, err := writeRow(i, d.Args)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", i.Name, err)
		}
		fmt.Fprintf(&b, "\t\t%s: %s,\n", goName(i.Name), row)
	}
	b.WriteString("\t},\n\tcodes: [256]code{\n")
	for number, c := range codes(d) {
		if c.name == "" && c.flags == "0" {
			continue // zero values say it all
		}
		fmt.Fprintf(&b, "\t\t%d: {%q, %s, %s, %d},\n", number, c.name, c.op, c.flags, c.caches)
	}
	b.WriteString("\t},\n")
	writeNames(&b, d)
	b.WriteString("}\n")
	return b.Bytes(), nil
}

func writeNames(b *bytes.Buffer, d dump) {
	var symbols []string
	for _, pair := range d.Binary {
		symbols = append(symbols, pair[1])
	}
	lists := []struct {
		field string
		names []string
	}{
		{"Compare", d.Compare},
		{"Binary", symbols},
		{"Intrinsic1", d.Intrinsic1},
		{"Intrinsic2", d.Intrinsic2},
		{"CommonConstants", d.CommonConstants},
		{"SpecialMethods", d.SpecialMethods},
		{"FunctionAttributes", d.FunctionAttributes},
	}
	b.WriteString("\toperands: Operands{\n")
	for _, list := range lists {
		if len(list.names) > 0 {
			fmt.Fprintf(b, "\t\t%s: %#v,\n", list.field, list.names)
		}
	}
	b.WriteString("\t},\n\tcaches: [NumOps][]CacheField{\n")
	for _, i := range d.Instructions {
		if len(i.Cache) == 0 || i.instrumented() {
			continue
		}
		fmt.Fprintf(b, "\t\t%s: {", goName(i.Name))
		for _, field := range i.Cache {
			fmt.Fprintf(b, "{%q, %v}, ", field[0], field[1])
		}
		b.WriteString("},\n")
	}
	b.WriteString("\t},\n")
}

func writeRow(i instruction, args []int) (string, error) {
	fields := []string{fmt.Sprintf("number: %d", i.Number), "flags: " + flagExpr(i)}
	if n := units(i); n > 0 {
		fields = append(fields, fmt.Sprintf("caches: %d", n))
	}
	for _, effect := range []struct {
		field  string
		values *samples
	}{{"fall", i.Effect}, {"jump", i.EffectJump}, {"pop", i.Pop}, {"push", i.Push}} {
		if effect.values == nil {
			if effect.field == "fall" || effect.field == "jump" {
				return "", errors.New("its stack effect is not known")
			}
			continue
		}
		e, ok := fit(*effect.values, args)
		if !ok {
			return "", fmt.Errorf("no form of opcode.Effect gives its %s values; add a term for it", effect.field)
		}
		if e != (opcode.Effect{}) {
			fields = append(fields, fmt.Sprintf("%s: %s", effect.field, effectExpr(e)))
		}
	}
	return "{" + strings.Join(fields, ", ") + "}", nil
}

// units returns the number of code units of inline cache.
func units(i instruction) int {
	n := 0
	for _, field := range i.Cache {
		n += int(field[1].(float64))
	}
	return n
}

func flagExpr(i instruction) string {
	names := []string{"Present"}
	for _, flag := range i.Flags {
		names = append(names, flagNames[flag])
	}
	if i.Number < 0 || i.Number > 255 {
		names = append(names, "Pseudo")
	}
	if i.EvalBreak {
		names = append(names, "EvalBreak")
	}
	if i.Pop != nil {
		names = append(names, "HasCounts")
	}
	return strings.Join(names, " | ")
}

func effectExpr(e opcode.Effect) string {
	if e.Term == opcode.NoTerm {
		return fmt.Sprintf("Effect{Base: %d}", e.Base)
	}
	return fmt.Sprintf("Effect{Base: %d, Scale: %d, Term: %v}", e.Base, e.Scale, e.Term)
}

// fit finds the effect that has the sampled values, if there is one.
func fit(values samples, args []int) (opcode.Effect, bool) {
	for term := opcode.NoTerm; term < opcode.NumTerms; term++ {
		for _, scale := range []int{0, 1, -1, 2, -2} {
			if (scale == 0) != (term == opcode.NoTerm) {
				continue
			}
			e := opcode.Effect{Term: term, Scale: int8(scale)}
			e.Base = int8(values.at(0) - e.At(int32(args[0])))
			if matches(e, values, args) {
				return e, true
			}
		}
	}
	return opcode.Effect{}, false
}

func matches(e opcode.Effect, values samples, args []int) bool {
	for i, arg := range args {
		if e.At(int32(arg)) != values.at(i) {
			return false
		}
	}
	return true
}

// A codeRow is what a byte of bytecode means.
type codeRow struct {
	name, op, flags string
	caches          int
}

// codes returns the meaning of every number, those of specialised and
// instrumented instructions included.
func codes(d dump) [256]codeRow {
	var rows [256]codeRow
	for number := range rows {
		rows[number] = codeRow{op: "Invalid", flags: "0"}
		if d.UnknownHaveArgument && number >= d.HaveArgument {
			rows[number].flags = "HasArg"
		}
	}
	base := map[string]codeRow{}
	for _, i := range d.Instructions {
		if i.Number < 0 || i.Number > 255 {
			continue
		}
		row := codeRow{name: i.Name, op: goName(i.Name), flags: flagExpr(i), caches: units(i)}
		if i.instrumented() {
			row.op = "Invalid"
		}
		rows[i.Number], base[i.Name] = row, row
	}
	for _, s := range d.Specialized {
		row := base[s[2].(string)]
		row.name = s[0].(string)
		rows[int(s[1].(float64))] = row
	}
	return rows
}
