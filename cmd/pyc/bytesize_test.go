//go:build !offline

package main

import "testing"

func TestByteSize(t *testing.T) {
	for _, test := range []struct {
		text string
		want byteSize
		back string
	}{
		{"0", 0, "0"},
		{"1000", 1000, "1000"},
		{"500M", 500 << 20, "500M"},
		{"5g", 5 << 30, "5G"},
		{"2048K", 2 << 20, "2M"},
		{"1T", 1 << 40, "1T"},
	} {
		var s byteSize
		if err := s.Set(test.text); err != nil || s != test.want || s.String() != test.back {
			t.Errorf("%q is %d, %q (%v); want %d, %q", test.text, s, s.String(), err, test.want, test.back)
		}
	}
	for _, text := range []string{"", "M", "-1", "1.5G", "5X", "10000000T"} {
		s := byteSize(7)
		if err := s.Set(text); err == nil || s != 7 {
			t.Errorf("%q was taken as %d", text, s)
		}
	}
}
