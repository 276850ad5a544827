package pyc_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func TestHeader(t *testing.T) {
	eachVersion(t, func(t *testing.T, v pyver.Version) {
		var golden []struct {
			Mode, Header string
			Length       int
			MTime, Size  int64
		}
		readGolden(t, v, "headers.json", &golden)
		for _, g := range golden {
			var h pyc.Header
			switch g.Mode {
			case "timestamp":
				h = pyc.TimestampHeader(v, g.MTime, g.Size)
			default:
				h = pyc.HashHeader(v, content(g.Length), g.Mode == "checked-hash")
			}
			if h.Invalidation.String() != g.Mode {
				t.Errorf("invalidation %v, want %v", h.Invalidation, g.Mode)
			}
			if got := hex.EncodeToString(h.Append(nil)); got != g.Header {
				t.Errorf("%+v: bytes %s, want %s", g, got, g.Header)
			}
			read, err := pyc.ReadHeader(unhex(t, g.Header+"e3"))
			if err != nil {
				t.Fatal(err)
			}
			if read != h {
				t.Errorf("ReadHeader(%s) = %+v, want %+v", g.Header, read, h)
			}
			if got, ok := read.Version(); !ok || got != v {
				t.Errorf("Version of %s = %v, %v; want %v", g.Header, got, ok, v)
			}
		}
	})
}

func TestReadHeaderErrors(t *testing.T) {
	good := pyc.HashHeader(pyver.V314, []byte("x"), false).Append(nil)
	with := func(i int, b ...byte) []byte {
		data := bytes.Clone(good)
		copy(data[i:], b)
		return data
	}
	for _, c := range []struct {
		name   string
		data   []byte
		offset int64
		msg    string
	}{
		{"empty", nil, 0, "empty"},
		{"one byte", good[:1], 1, "16 bytes"},
		{"magic only", good[:4], 4, "16 bytes"},
		{"one byte short", good[:15], 15, "16 bytes"},
		{"newline translated", with(2, '\n', 0), 2, "not a .pyc"},
		{"source", []byte("print(1)\n"), 2, "not a .pyc"},
		{"unknown flag", with(4, 5), 4, "0x5"},
		{"flags in the last byte", with(4, 1, 0, 0, 1), 4, "0x1000001"},
		{"check without hash", with(4, 2), 4, "0x2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, err := pyc.ReadHeader(c.data)
			var format *pyc.FormatError
			if !errors.As(err, &format) {
				t.Fatalf("ReadHeader = %+v, %v; want a FormatError", h, err)
			}
			if format.Offset != c.offset || !strings.Contains(format.Msg, c.msg) {
				t.Errorf("got %v; want offset %d and %q", err, c.offset, c.msg)
			}
		})
	}
}

func TestHeaderOfUnsupportedVersion(t *testing.T) {
	data := pyc.HashHeader(pyver.V314, nil, false).Append(nil)
	data[0], data[1] = 3439&0xff, 3439>>8 // 3.10
	h, err := pyc.ReadHeader(data)
	if err != nil || h.Magic != 3439 {
		t.Fatalf("ReadHeader = %+v, %v; want magic 3439", h, err)
	}
	if v, ok := h.Version(); ok {
		t.Errorf("Version = %v, want none", v)
	}
}

func TestParseInvalidation(t *testing.T) {
	for s, want := range map[string]pyc.Invalidation{
		"unchecked-hash": pyc.UncheckedHash, "unchecked_hash": pyc.UncheckedHash,
		"checked-hash": pyc.CheckedHash, "checked_hash": pyc.CheckedHash,
		"timestamp": pyc.Timestamp,
	} {
		if got, err := pyc.ParseInvalidation(s); err != nil || got != want {
			t.Errorf("ParseInvalidation(%q) = %v, %v; want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "hash", "auto", "Timestamp", "unchecked hash"} {
		if got, err := pyc.ParseInvalidation(s); err == nil {
			t.Errorf("ParseInvalidation(%q) = %v; want an error", s, got)
		}
	}
}

func FuzzHeader(f *testing.F) {
	for _, v := range pyver.All() {
		f.Add(pyc.HashHeader(v, []byte("x"), false).Append(nil))
		f.Add(pyc.HashHeader(v, []byte("x"), true).Append(nil))
		f.Add(pyc.TimestampHeader(v, 1, 2).Append(nil)[:15])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := pyc.ReadHeader(data)
		if err != nil {
			var format *pyc.FormatError
			if !errors.As(err, &format) || format.Offset < 0 || format.Offset > int64(len(data)) {
				t.Fatalf("error %v for %d bytes", err, len(data))
			}
			return
		}
		if got := h.Append(nil); !bytes.Equal(got, data[:pyc.HeaderSize]) {
			t.Errorf("ReadHeader(%x) writes %x", data[:pyc.HeaderSize], got)
		}
	})
}
