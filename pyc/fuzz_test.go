package pyc_test

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The memory that reading may take: for each byte of input, and beside that.
const (
	memoryPerByte = 160
	memoryAtLeast = 32 << 10
)

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
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		o, err := pyc.ReadObject(data, v)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(memoryPerByte*len(data)+memoryAtLeast) {
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
