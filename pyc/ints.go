package pyc

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
)

// Marshal writes large ints in digits of base 2¹⁵, whatever CPython's own base
// is.
const (
	digitBits = 15
	digitMask = 1<<digitBits - 1
)

// smallDigits is the number of digits whose value certainly fits in an int64.
const smallDigits = 63 / digitBits

// int32 reads the rest of an int that fits in 32 bits.
func (r *reader) int32(flag Flag) (Object, *FormatError) {
	n, err := r.uint32()
	if err != nil {
		return nil, err
	}
	i := r.mem.ints.take(r.left())
	i.Flag, i.Small = flag, int64(int32(n))
	r.number(i, flag)
	return i, nil
}

// long reads the rest of any other int.
//
// CPython: marshal.c, r_PyLong.
func (r *reader) long(flag Flag) (Object, *FormatError) {
	start := r.pos - 1
	n32, err := r.uint32()
	if err != nil {
		return nil, err
	}
	count := int64(int32(n32))
	negative := count < 0
	count = max(count, -count)
	if count > int64(r.left()/2) {
		return nil, r.errorf(r.pos, "%d digits of 2 bytes were expected and %d bytes are left", count, r.left())
	}
	n, at := int(count), r.pos
	r.pos += 2 * n
	if err := r.checkDigits(at, n); err != nil {
		return nil, err
	}
	i := r.mem.ints.take(r.left())
	i.Flag = flag
	if n <= smallDigits {
		i.Small = r.smallDigits(at, n, negative)
		if i.Small == int64(int32(i.Small)) {
			return nil, r.errorf(start, "int %d has the form of a larger one", i.Small)
		}
	} else {
		setBig(i, r.bigDigits(at, n, negative))
	}
	r.number(i, flag)
	return i, nil
}

// checkDigits checks the n digits at the position.
func (r *reader) checkDigits(at, n int) *FormatError {
	for i := range n {
		if d := r.digit(at, i); d > digitMask {
			return r.errorf(at+2*i, "digit %d of an int is not below 2¹⁵", d)
		}
	}
	if n > 0 && r.digit(at, n-1) == 0 {
		return r.errorf(at+2*(n-1), "the most significant digit of an int is zero")
	}
	return nil
}

// digit returns the i-th of the digits at the position.
func (r *reader) digit(at, i int) uint64 {
	return uint64(binary.LittleEndian.Uint16(r.data[at+2*i:]))
}

func (r *reader) smallDigits(at, n int, negative bool) int64 {
	var x int64
	for i := n - 1; i >= 0; i-- {
		x = x<<digitBits | int64(r.digit(at, i))
	}
	if negative {
		return -x
	}
	return x
}

func (r *reader) bigDigits(at, n int, negative bool) *big.Int {
	words := make([]big.Word, (n*digitBits+bits.UintSize-1)/bits.UintSize)
	for i := range n {
		d := big.Word(r.digit(at, i))
		word, shift := i*digitBits/bits.UintSize, i*digitBits%bits.UintSize
		words[word] |= d << shift
		if shift > bits.UintSize-digitBits && word+1 < len(words) {
			words[word+1] = d >> (bits.UintSize - shift)
		}
	}
	x := new(big.Int).SetBits(words)
	if negative {
		x.Neg(x)
	}
	return x
}

// setBig stores the value of x, which it keeps.
func setBig(i *Int, x *big.Int) {
	if x.IsInt64() {
		i.Small = x.Int64()
	} else {
		i.Big = x
	}
}

// int writes an int.
//
// CPython: marshal.c, w_complex_object, w_PyLong.
func (w *Writer) int(i *Int) error {
	if w.reference(&i.Flag, i.Serial) {
		return nil
	}
	small := i.Small
	if i.Big != nil {
		if !i.Big.IsInt64() {
			return w.bigInt(i)
		}
		small = i.Big.Int64()
	}
	if small == int64(int32(small)) {
		w.buf = append(w.buf, typeInt|flagBit(i.Flag))
		w.uint32(uint32(small))
		return nil
	}
	magnitude := uint64(small)
	if small < 0 {
		magnitude = -magnitude
	}
	w.buf = append(w.buf, typeLong|flagBit(i.Flag))
	w.digitCount((bits.Len64(magnitude)+digitBits-1)/digitBits, small < 0)
	for ; magnitude != 0; magnitude >>= digitBits {
		w.digit(magnitude)
	}
	return nil
}

func (w *Writer) bigInt(i *Int) error {
	n := (i.Big.BitLen() + digitBits - 1) / digitBits
	if n > math.MaxInt32 {
		return w.errorf("an int of %d bits does not fit in a .pyc file", i.Big.BitLen())
	}
	w.buf = append(w.buf, typeLong|flagBit(i.Flag))
	w.digitCount(n, i.Big.Sign() < 0)
	words := i.Big.Bits()
	for j := range n {
		word, shift := j*digitBits/bits.UintSize, j*digitBits%bits.UintSize
		d := words[word] >> shift
		if shift > bits.UintSize-digitBits && word+1 < len(words) {
			d |= words[word+1] << (bits.UintSize - shift)
		}
		w.digit(uint64(d))
	}
	return nil
}

func (w *Writer) digitCount(n int, negative bool) {
	if negative {
		n = -n
	}
	w.uint32(uint32(n))
}

func (w *Writer) digit(d uint64) {
	d &= digitMask
	w.buf = append(w.buf, byte(d), byte(d>>8))
}
