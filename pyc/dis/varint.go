package dis

import "math"

// A tableReader reads the numbers of a location or exception table.
type tableReader struct {
	name string // of the table, for errors
	data []byte
	at   int
}

func (r *tableReader) more() bool { return r.at < len(r.data) }

func (r *tableReader) errorf(at int, msg string) error { return &TableError{r.name, at, msg} }

// first returns the byte that starts an entry, which alone has its top bit set.
func (r *tableReader) first() (byte, error) {
	b := r.data[r.at]
	if b&0x80 == 0 {
		return 0, r.errorf(r.at, "an entry must start with a byte of 128 or more")
	}
	r.at++
	return b, nil
}

// byte returns a further byte of an entry.
func (r *tableReader) byte() (byte, error) {
	if !r.more() || r.data[r.at]&0x80 != 0 {
		return 0, r.errorf(r.at, "the entry is not complete")
	}
	b := r.data[r.at]
	r.at++
	return b, nil
}

// little returns a number whose lowest six bits come first.
func (r *tableReader) little() (uint32, error) {
	start := r.at
	var value uint64
	for shift := 0; ; shift += 6 {
		b, err := r.byte()
		if err != nil {
			return 0, err
		}
		value |= uint64(b&63) << min(shift, 60)
		if value > math.MaxUint32 || shift > 30 && b&63 != 0 {
			return 0, r.errorf(start, "a number does not fit in 32 bits")
		}
		if b&64 == 0 {
			return uint32(value), nil
		}
	}
}

// signed returns a number whose lowest bit is its sign.
func (r *tableReader) signed() (int32, error) {
	u, err := r.little()
	if u&1 != 0 {
		return -int32(u >> 1), err
	}
	return int32(u >> 1), err
}

// big returns a number whose highest six bits come first, b being the byte
// that it starts with.
func (r *tableReader) big(b byte) (int, error) {
	start := r.at - 1
	value := int64(b & 63)
	for b&64 != 0 {
		var err error
		if b, err = r.byte(); err != nil {
			return 0, err
		}
		value = value<<6 | int64(b&63)
		if value > math.MaxInt32/2 {
			return 0, r.errorf(start, "a number does not fit in 30 bits")
		}
	}
	return int(value), nil
}
