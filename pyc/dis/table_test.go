package dis_test

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/dis"
	"github.com/rules-pyc/rules_pyc/pyc/opcode"
	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func TestMalformedTables(t *testing.T) {
	for name, table := range map[string][]byte{
		"no first byte":      {0x00},
		"short form cut":     {0x80},
		"short form ended":   {0x80, 0x80},
		"one line cut":       {0x80 | 10<<3, 5},
		"long form cut":      {0x80 | 14<<3, 0, 0},
		"varint cut":         {0x80 | 13<<3, 0x40},
		"varint too long":    {0x80 | 13<<3, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 1},
		"line below zero":    {0x80 | 13<<3, 0x3F},
		"end line too large": {0x80 | 14<<3, 0, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x01, 0, 0},
	} {
		code := &pyc.Code{FirstLine: 1, LineTable: &pyc.Bytes{Value: table}}
		count := 0
		var last error
		for _, err := range dis.Locations(code) {
			count++
			last = err
		}
		var fault *dis.TableError
		if !errors.As(last, &fault) || fault.Table != "co_linetable" || count != 1 {
			t.Errorf("%s: %d entries and the error %v", name, count, last)
		}
	}
	for name, table := range map[string][]byte{
		"no first byte":    {0x01, 1, 1, 1},
		"entry cut":        {0x81, 1, 1},
		"next entry early": {0x81, 1, 0x81, 1},
		"number too large": {0xFF, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 1, 1, 1, 1},
	} {
		code := &pyc.Code{ExceptionTable: &pyc.Bytes{Value: table}}
		var last error
		for _, err := range dis.Handlers(code) {
			last = err
		}
		var fault *dis.TableError
		if !errors.As(last, &fault) || fault.Table != "co_exceptiontable" {
			t.Errorf("%s: the error is %v", name, last)
		}
	}
}

func TestMalformedOperands(t *testing.T) {
	table := opcode.For(pyver.V314)
	for _, op := range []opcode.Op{
		opcode.LoadConst, opcode.LoadName, opcode.LoadFast, opcode.LoadFastLoadFast, opcode.CompareOp,
		opcode.BinaryOp, opcode.CallIntrinsic1, opcode.CallIntrinsic2, opcode.LoadSpecial,
		opcode.LoadCommonConstant, opcode.ConvertValue, opcode.LoadDeref,
	} {
		bytecode := append([]byte{byte(table.Number(op)), 0xFF}, make([]byte, 2*table.Caches(op))...)
		code := &pyc.Code{Bytecode: &pyc.Bytes{Value: bytecode}}
		var fault *dis.TableError
		if err := dis.Fprint(&bytes.Buffer{}, code, pyver.V314, dis.Options{}); !errors.As(err, &fault) || fault.Table != "co_code" {
			t.Errorf("%v: the error is %v", op, err)
		}
		code.Bytecode.Value = bytecode[:1]
		if err := dis.Fprint(&bytes.Buffer{}, code, pyver.V314, dis.Options{}); !errors.As(err, &fault) {
			t.Errorf("half of %v: the error is %v", op, err)
		}
	}
}

func TestDecodeExtendedArg(t *testing.T) {
	table := opcode.For(pyver.V314)
	extended, nop, load := byte(table.Number(opcode.ExtendedArg)), byte(table.Number(opcode.Nop)), byte(table.Number(opcode.LoadConst))
	var got []dis.Instr
	for in, err := range dis.Decode([]byte{extended, 1, extended, 2, load, 3, nop, 9, load, 4}, pyver.V314) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, in)
	}
	want := []dis.Instr{
		{Offset: 0, Start: 0, Op: opcode.ExtendedArg, Number: extended, HasArg: true, Arg: 1},
		{Offset: 2, Start: 2, Op: opcode.ExtendedArg, Number: extended, HasArg: true, Arg: 0x102},
		{Offset: 4, Start: 0, Op: opcode.LoadConst, Number: load, HasArg: true, Arg: 0x10203},
		{Offset: 6, Start: 6, Op: opcode.Nop, Number: nop},
		{Offset: 8, Start: 8, Op: opcode.LoadConst, Number: load, HasArg: true, Arg: 4},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzFprint disassembles arbitrary bytes: no panic, and a text whose length is
// bounded by that of the input.
func FuzzFprint(f *testing.F) {
	for _, v := range pyver.All() {
		code := load(f, v, "testdata/"+v.String()+"/exceptions.pyc")
		for o := range pyc.Codes(code) {
			f.Add(uint8(v-pyver.First), o.Bytecode.Value, o.LineTable.Value, o.ExceptionTable.Value)
		}
	}
	f.Add(uint8(0), []byte{255, 255, 3, 1}, []byte{0xF8}, []byte{0x80, 0, 0, 0})
	f.Fuzz(func(t *testing.T, version uint8, bytecode, lines, handlers []byte) {
		v := pyver.First + pyver.Version(version)%(pyver.Last-pyver.First+1)
		constants := &pyc.Tuple{Items: []pyc.Object{pyc.None, &pyc.Str{Value: "text"}}}
		names := &pyc.Tuple{Items: []pyc.Object{&pyc.Str{Value: "a"}, &pyc.Str{Value: "b"}, &pyc.Str{Value: "c"}}}
		code := &pyc.Code{
			Bytecode: &pyc.Bytes{Value: bytecode}, LineTable: &pyc.Bytes{Value: lines}, FirstLine: 1,
			ExceptionTable: &pyc.Bytes{Value: handlers}, Consts: constants, Names: names, LocalsPlusNames: names,
			Name: &pyc.Str{Value: "f"}, Filename: &pyc.Str{Value: "f.py"},
		}
		var out bytes.Buffer
		for _, o := range []dis.Options{{}, {ShowCaches: true, ShowOffsets: true, ShowPositions: true}} {
			out.Reset()
			err := dis.Fprint(&out, code, v, o)
			if limit := 200 * (len(bytecode) + len(handlers) + 1); out.Len() > limit {
				t.Errorf("%d bytes of text for %d of input: %v", out.Len(), len(bytecode)+len(handlers), err)
			}
		}
		all, err := dis.Instructions(code, v)
		if len(all) > len(bytecode)/2 || err == nil && len(bytecode) > 0 && len(all) == 0 {
			t.Errorf("%d instructions in %d bytes, and the error %v", len(all), len(bytecode), err)
		}
	})
}

func BenchmarkFprint(b *testing.B) {
	for _, name := range []string{"patterns", "longcode"} {
		code := load(b, pyver.Default, "testdata/"+pyver.Default.String()+"/"+name+".pyc")
		b.Run(name, func(b *testing.B) {
			var out bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				out.Reset()
				if err := dis.Fprint(&out, code, pyver.Default, dis.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(out.Len()))
		})
	}
}

// TestLongConstant loads a long constant often: its text is in memory once.
func TestLongConstant(t *testing.T) {
	const loads, length = 20_000, 1 << 19
	load := byte(opcode.For(pyver.Default).Number(opcode.LoadConst))
	code := &pyc.Code{
		Bytecode: &pyc.Bytes{Value: bytes.Repeat([]byte{load, 0}, loads)},
		Consts:   &pyc.Tuple{Items: []pyc.Object{&pyc.Bytes{Value: make([]byte, length)}}},
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	all, err := dis.Instructions(code, pyver.Default)
	runtime.ReadMemStats(&after)
	if err != nil || len(all) != loads {
		t.Fatalf("%d instructions and the error %v", len(all), err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 100<<20 {
		t.Errorf("%d MiB allocated for a constant of %d bytes", got>>20, length)
	}
	if len(all[0].ArgRepr) != dis.DefaultMaxConst+len(pyrepr.Ellipsis) {
		t.Errorf("the text of the constant has %d bytes", len(all[0].ArgRepr))
	}
}
