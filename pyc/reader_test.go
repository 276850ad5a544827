package pyc_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestReadObjectErrors gives the reader what CPython would not have written.
func TestReadObjectErrors(t *testing.T) {
	for _, c := range []struct {
		name, data, path string
		offset           int64
		msg              string
	}{
		{"nothing", "", "", 0, "ends where an object"},
		{"unknown type", "?", "", 0, "type code '?'"},
		{"flag without type", "\x80", "", 0, "unknown"},
		{"list", "[\x00\x00\x00\x00", "", 0, "a list"},
		{"dict", "{0", "", 0, "a dict"},
		{"set", "<\x00\x00\x00\x00", "", 0, "a set"},
		{"float as text", "f\x011", "", 0, "a number as text"},
		{"null", "0", "", 0, "the end of a dict"},
		{"flagged None", "\xceN", "", 0, "None is flagged"},
		{"trailing byte", "NN", "", 1, "1 bytes follow"},
		{"int cut short", "i\x01\x02\x03", "", 4, "4 bytes"},
		{"float cut short", "g\x01\x02\x03", "", 1, "8 bytes were expected and 3"},
		{"complex cut short", "y\x01\x02\x03\x04\x05\x06\x07\x08", "", 1, "16 bytes were expected and 8"},
		{"bytes cut short", "s\x05\x00\x00\x00abcd", "", 5, "5 bytes were expected and 4"},
		{"bytes of huge length", "s\xff\xff\xff\x7f", "", 5, "2147483647 bytes were expected"},
		{"bytes of negative length", "s\xff\xff\xff\xff", "", 1, "length -1 is negative"},
		{"length cut short", "s\x01", "", 2, "4 bytes"},
		{"short string cut short", "z\x02a", "", 2, "2 bytes were expected and 1"},
		{"short string without length", "z", "", 1, "a length was expected"},
		{"not ASCII", "z\x03ab\xff", "", 4, "byte 0xff"},
		{"long form of a short string", "a\x01\x00\x00\x00a", "", 0, "form of a longer one"},
		{"ASCII as unicode", "u\x01\x00\x00\x00a", "", 0, "form of one with others"},
		{"empty unicode", "t\x00\x00\x00\x00", "", 0, "form of one with others"},
		{"bad UTF-8", "u\x02\x00\x00\x00a\xff", "", 6, "byte 0xff is not UTF-8"},
		{"UTF-8 cut short", "u\x02\x00\x00\x00\xf0\x9f", "", 5, "byte 0xf0"},
		{"overlong UTF-8", "u\x02\x00\x00\x00\xc0\x80", "", 5, "byte 0xc0"},
		{"long form of a short tuple", "(\x01\x00\x00\x00N", "", 0, "form of a longer one"},
		{"tuple of huge length", "(\xff\xff\xff\x7f", "", 5, "2147483647 items were expected and 0 bytes"},
		{"tuple too long", ")\x03NN", "", 2, "3 items were expected and 2 bytes"},
		{"nested tuple too long", ")\x02)\x02N", "[0]", 4, "2 items were expected and 0 bytes"},
		{"frozenset too long", ">\x02\x00\x00\x00N", "", 5, "2 items were expected and 1 bytes"},
		{"inside", ")\x02)\x01?N", "[0][0]", 4, "type code"},
		{"zero as long", "l\x00\x00\x00\x00", "", 0, "int 0 has the form of a larger one"},
		{"small int as long", "l\x01\x00\x00\x00\x01\x00", "", 0, "int 1 has the form of a larger one"},
		{"least int as long", "l\xfd\xff\xff\xff\x00\x00\x00\x00\x02\x00", "", 0, "int -2147483648 has the form"},
		{"leading zero digit", "l\x04\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00", "", 11, "most significant digit"},
		{"digit out of range", "l\x03\x00\x00\x00\x00\x80\x00\x00\x02\x00", "", 5, "digit 32768"},
		{"digits cut short", "l\x03\x00\x00\x00\x01\x00", "", 5, "3 digits of 2 bytes were expected and 2"},
		{"most negative digit count", "l\x00\x00\x00\x80\x01\x00", "", 5, "2147483648 digits"},
		{"reference to nothing", "r\x00\x00\x00\x00", "", 0, "reference to object 0"},
		{"negative reference", ")\x02\xe9\x01\x00\x00\x00r\xff\xff\xff\xff", "[1]", 7, "reference to object 4294967295, but only 1"},
		{"reference to a later object", ")\x02r\x00\x00\x00\x00\xe9\x01\x00\x00\x00", "[0]", 2, "only 0 came"},
		{"flagged reference", ")\x02\xe9\x01\x00\x00\x00\xf2\x00\x00\x00\x00", "[1]", 7, "reference is flagged"},
		{"tuple in itself", "\xa9\x01r\x00\x00\x00\x00", "[0]", 2, "which this one is part of"},
		{"frozenset in itself", "\xbe\x01\x00\x00\x00r\x00\x00\x00\x00", "[0]", 5, "which this one is part of"},
		{"slice in itself", "\xbar\x00\x00\x00\x00NN", "[0]", 1, "which this one is part of"},
		{"code in itself", "\xe3" + strings.Repeat("\x00", 20) + "r\x00\x00\x00\x00", "bytecode", 21, "which this one is part of"},
		{"code cut short", "c\x00\x00", "", 1, "20 bytes were expected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, err := pyc.ReadObject([]byte(c.data), pyver.V314)
			var format *pyc.FormatError
			if !errors.As(err, &format) {
				t.Fatalf("ReadObject = %v, %v; want a FormatError", o, err)
			}
			if format.Offset != c.offset || format.Path != c.path || !strings.Contains(format.Msg, c.msg) {
				t.Errorf("got  %v\nwant offset %d (%s): …%s…", err, c.offset, c.path, c.msg)
			}
		})
	}
}

func TestReadUnsupportedVersion(t *testing.T) {
	if o, err := pyc.ReadObject([]byte("N"), 0); err == nil {
		t.Errorf("ReadObject = %v, want an error", o)
	}
}

func TestReadSlices(t *testing.T) {
	eachVersion(t, func(t *testing.T, v pyver.Version) {
		_, err := pyc.ReadObject([]byte(":NNN"), v)
		if known := v.Has(pyver.MarshalsSlices); (err == nil) != known {
			t.Errorf("error %v; the version has slices: %v", err, known)
		}
		_, err = pyc.Append(nil, &pyc.Slice{Start: pyc.None, Stop: pyc.None, Step: pyc.None}, v)
		if known := v.Has(pyver.MarshalsSlices); (err == nil) != known {
			t.Errorf("writing: %v; the version has slices: %v", err, known)
		}
	})
}

// TestDepth checks the limit that CPython has as well.
func TestDepth(t *testing.T) {
	nested := func(depth int) []byte {
		return append(bytes.Repeat([]byte(")\x01"), depth-1), 'N')
	}
	o, err := pyc.ReadObject(nested(2000), pyver.V314)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := pyc.Append(nil, o, pyver.V314); err != nil || !bytes.Equal(b, nested(2000)) {
		t.Errorf("writing 2000 objects: %d bytes, %v", len(b), err)
	}
	for _, depth := range []int{2001, 1 << 20} {
		_, err := pyc.ReadObject(nested(depth), pyver.V314)
		const ends = "[0][0][0][0][0][0][0][0][0][0]"
		if err == nil || err.Error() != "offset 4000 ("+ends+"…"+ends+"[0]): more than 2000 objects lie within each other" {
			t.Errorf("reading %d objects: %v", depth, err)
		}
	}
	if _, err := pyc.Append(nil, &pyc.Tuple{Items: []pyc.Object{o}}, pyver.V314); err == nil {
		t.Error("2001 objects are written")
	}
}

// patch returns the code object of the golden empty.pyc with the bytes at an
// offset replaced.
func patch(t *testing.T, offset int, with ...byte) []byte {
	data := bytes.Clone(goldenFiles(t, pyver.V314)["empty.pyc"][pyc.HeaderSize:])
	copy(data[offset:], with)
	return data
}

func TestReadCodeErrors(t *testing.T) {
	bytecode := bytes.Index(patch(t, 0), []byte("\xf3")) // the first slot
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"negative argument count", "offset 0: 0 positional-only, -1 positional and 0 keyword-only arguments are impossible", patch(t, 1, 0xff, 0xff, 0xff, 0xff)},
		{"more positional-only arguments", "offset 0: 1 positional-only, 0 positional and 0 keyword-only arguments are impossible", patch(t, 5, 1)},
		{"too few locals", "offset 0: 3 parameters do not fit in 0 local variables", patch(t, 1, 3)},
		{"variable arguments without a local", "offset 0: 1 parameters do not fit in 0 local variables", patch(t, 17, 4)},
		{"negative stack size", "offset 0 (stacksize): -1 is negative", patch(t, 13, 0xff, 0xff, 0xff, 0xff)},
		{"negative flags", "offset 0 (flags): 0x80000000 does not fit in 31 bits", patch(t, 17, 0, 0, 0, 0x80)},
		{"bytecode not bytes", "offset 21 (bytecode): found None where bytes was expected", patch(t, bytecode, 'N')},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := pyc.Read(c.data, pyver.V314); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestWriteInvalid writes code objects that the reader would refuse.
func TestWriteInvalid(t *testing.T) {
	self := &pyc.Tuple{Flag: true, Items: make([]pyc.Object, 1)}
	self.Items[0] = self
	loop := &pyc.Tuple{Items: make([]pyc.Object, 1)}
	loop.Items[0] = loop
	for _, c := range []struct {
		name, want string
		change     func(*pyc.Code)
	}{
		{"name not set", "writing code: names: nothing is here", func(c *pyc.Code) { c.Names = nil }},
		{"names of ints", "writing code: names: item 0 is int where str", func(c *pyc.Code) { c.Names = &pyc.Tuple{Items: []pyc.Object{&pyc.Int{}}} }},
		{"odd bytecode", "writing code: bytecode: length 1 is odd", func(c *pyc.Code) { c.Bytecode = &pyc.Bytes{Value: []byte{1}} }},
		{"kinds without names", "writing code: 0 local variables have names and 1 have kinds", func(c *pyc.Code) { c.LocalsPlusKinds = &pyc.Bytes{Value: []byte{1}} }},
		{"empty constant", "writing code: consts[0]: nothing is here", func(c *pyc.Code) { c.Consts = &pyc.Tuple{Items: make([]pyc.Object, 1)} }},
		{"empty singleton", "writing code: consts[0]: no singleton has", func(c *pyc.Code) { c.Consts = &pyc.Tuple{Items: []pyc.Object{pyc.Singleton(0)}} }},
		{"not UTF-8", "writing code: filename: byte 1 of a string, 0xff, is not UTF-8", func(c *pyc.Code) { c.Filename = &pyc.Str{Value: "a\xff"} }},
		{"tuple in itself", "writing code: consts[0]: the object is part of itself", func(c *pyc.Code) { c.Consts = self }},
		{"tuple in itself without flag", "more than 2000 objects", func(c *pyc.Code) { c.Consts = loop }},
		{"code in itself", "more than 2000 objects", func(c *pyc.Code) { c.Flag, c.Consts = false, &pyc.Tuple{Items: []pyc.Object{c}} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			code := parseFile(t, goldenFiles(t, pyver.V314)["empty.pyc"]).Code
			c.change(code)
			b, err := pyc.Append([]byte("x"), code, pyver.V314)
			if err == nil || !strings.Contains(err.Error(), c.want) || string(b) != "x" {
				t.Errorf("Append = %q, %v; want an error with %q", b, err, c.want)
			}
		})
	}
	f := pyc.File{Header: pyc.HashHeader(pyver.V314, nil, false)}
	if b, err := f.Append(nil); err == nil {
		t.Errorf("a file without code is written as %q", b)
	}
}

// TestIntBounds writes and reads ints around every power of two, whichever
// field holds them.
func TestIntBounds(t *testing.T) {
	for bit := range 200 {
		for delta := int64(-2); delta <= 2; delta++ {
			for _, sign := range []int64{1, -1} {
				x := new(big.Int).Lsh(big.NewInt(1), uint(bit))
				x.Add(x, big.NewInt(delta)).Mul(x, big.NewInt(sign))
				data, err := pyc.Append(nil, &pyc.Int{Big: x}, pyver.V314)
				if err != nil {
					t.Fatal(err)
				}
				o, err := pyc.ReadObject(data, pyver.V314)
				if err != nil {
					t.Fatalf("reading %v: %v", x, err)
				}
				got := o.(*pyc.Int)
				if (got.Big != nil) == x.IsInt64() {
					t.Errorf("%v is read into the wrong field", x)
				}
				if got.Big == nil {
					got.Big = big.NewInt(got.Small)
				}
				if got.Big.Cmp(x) != 0 {
					t.Errorf("%v is read as %v", x, got.Big)
				}
			}
		}
	}
}

// laughs returns a tuple that holds the previous tuple twice, and so on down.
func laughs(depth int) []byte {
	data := bytes.Repeat([]byte("\xa9\x02"), depth)
	data = append(data, "NN"...)
	for i := depth - 1; i > 0; i-- {
		data = binary.LittleEndian.AppendUint32(append(data, 'r'), uint32(i))
	}
	return data
}

// TestSharing reads a file with exponentially many paths, and walks it.
func TestSharing(t *testing.T) {
	const depth = 1500
	data := laughs(depth)
	o, err := pyc.ReadObject(data, pyver.V314)
	if err != nil {
		t.Fatal(err)
	}
	visited := 0
	for range pyc.Objects(o) {
		visited++
	}
	if visited != depth {
		t.Errorf("Objects visits %d objects of %d", visited, depth)
	}
	if got, err := pyc.Append(nil, o, pyver.V314); err != nil || !bytes.Equal(got, data) {
		t.Errorf("written as %d bytes of %d (%v)", len(got), len(data), err)
	}
}

func TestCodes(t *testing.T) {
	code := parseFile(t, goldenFiles(t, pyver.V314)["closures.pyc"]).Code
	var names []string
	for c := range pyc.Codes(code) {
		names = append(names, c.QualName.Value)
	}
	want := []string{"<module>", "outer", "outer.<locals>.middle", "outer.<locals>.middle.<locals>.inner", "Holder", "Holder.method"}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("got %q, want %q", names, want)
	}
	for c := range pyc.Codes(code) {
		if c != code {
			t.Errorf("first is %q", c.QualName.Value)
		}
		break
	}
}

func TestObjects(t *testing.T) {
	code := parseFile(t, goldenFiles(t, pyver.V314)["slices.pyc"]).Code
	seen := map[pyc.Object]bool{}
	slices := 0
	for o := range pyc.Objects(code) {
		if seen[o] {
			t.Fatalf("%v is visited twice", o)
		}
		seen[o] = true
		if _, ok := o.(*pyc.Slice); ok {
			slices++
		}
	}
	if !seen[code.LineTable] || !seen[code.QualName] || !seen[code.Names] || slices == 0 {
		t.Errorf("only %d objects and %d slices are visited", len(seen), slices)
	}
}
