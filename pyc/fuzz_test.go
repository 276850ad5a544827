package pyc_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The memory that reading may take: for each byte of input, and beside that.
const (
	memoryPerByte = 100
	memoryAtLeast = 32 << 10
)

// allocated returns the bytes of memory that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestReadMemory reads what makes the most of every byte.
func TestReadMemory(t *testing.T) {
	const items = 200_000
	tuple := func(item string) []byte {
		data := binary.LittleEndian.AppendUint32([]byte("("), items)
		return append(data, bytes.Repeat([]byte(item), items)...)
	}
	for name, data := range map[string][]byte{
		"nested lengths":     bytes.Repeat([]byte("(\x00\x00\x01\x00"), items),
		"nested tuples":      bytes.Repeat([]byte(")\xff"), items),
		"singletons":         tuple("N"),
		"empty tuples":       tuple("\xa9\x00"),
		"short tuples":       tuple("\xa9\x01N"),
		"empty strings":      tuple("\xfa\x00"),
		"empty bytes":        tuple("\xf3\x00\x00\x00\x00"),
		"ints":               tuple("\xe9\x00\x00\x00\x00"),
		"large ints":         tuple("\xec\x05\x00\x00\x00\x01\x00\x01\x00\x01\x00\x01\x00\x08\x00"),
		"empty frozensets":   tuple("\xbe\x00\x00\x00\x00"),
		"slices":             tuple("\xbaNNN"),
		"floats":             tuple("\xe7\x00\x00\x00\x00\x00\x00\x00\x00"),
		"shared exponential": laughs(1999),
	} {
		t.Run(name, func(t *testing.T) {
			used := allocated(func() { pyc.ReadObject(data, pyver.V314) })
			if perByte := used / uint64(len(data)); perByte > memoryPerByte {
				t.Errorf("reading %d bytes takes %d, %d times as much", len(data), used, perByte)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, v := range pyver.All() {
		for _, data := range goldenFiles(f, v) {
			f.Add(uint8(v), data[pyc.HeaderSize:])
		}
	}
	f.Add(uint8(pyver.V314), laughs(20))
	f.Add(uint8(pyver.V314), bytes.Repeat([]byte("(\xff\xff\x00\x00"), 100))
	f.Add(uint8(pyver.V314), bytes.Repeat([]byte("\xa9\x00"), 100))
	f.Fuzz(func(t *testing.T, version uint8, data []byte) {
		v := pyver.First + pyver.Version(version)%(pyver.Last-pyver.First+1)
		var o pyc.Object
		var err error
		used := allocated(func() { o, err = pyc.ReadObject(data, v) })
		if used > uint64(memoryPerByte*len(data)+memoryAtLeast) {
			t.Errorf("reading %d bytes takes %d", len(data), used)
		}
		if err != nil {
			var format *pyc.FormatError
			if !errors.As(err, &format) || format.Offset < 0 || format.Offset > int64(len(data)) {
				t.Errorf("error %v for %d bytes", err, len(data))
			}
			return
		}
		got, err := pyc.Append(nil, o, v)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, data) {
			t.Errorf("%x\nis written as\n%x", data, got)
		}
	})
}
