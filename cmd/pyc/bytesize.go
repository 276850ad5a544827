//go:build !offline

package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A byteSize is a flag: a number of bytes, with K, M, G or T for powers of 1024.
type byteSize int64

const units = "KMGT"

// String returns the shortest form.
func (s *byteSize) String() string {
	n, unit := int64(*s), ""
	for i := 0; i < len(units) && n >= 1024 && n%1024 == 0; i++ {
		n, unit = n/1024, units[i:i+1]
	}
	return strconv.FormatInt(n, 10) + unit
}

// Set reads a size.
func (s *byteSize) Set(text string) error {
	number, factor := strings.ToUpper(text), int64(1)
	if i := strings.IndexByte(units, last(number)); i >= 0 {
		number, factor = number[:len(number)-1], 1<<(10*(i+1))
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return fmt.Errorf("%q is not a size such as 500M or 5G", text)
	}
	*s = byteSize(n * factor)
	return nil
}

// Type names the type in help texts.
func (s *byteSize) Type() string { return "size" }

func last(s string) byte {
	if s == "" {
		return 0
	}
	return s[len(s)-1]
}
