package source

import (
	"bytes"
	"compress/flate"
	"embed"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// tables has a file for each encoding of several bytes a character: what each
// byte sequence is, as tools/gencodecs packs it.
//
//go:embed tables/*.bin
var tables embed.FS

// An outcome is what a byte sequence is: a character, or a number below
// firstChar.
type outcome int32

const (
	// needsMore is for a sequence that is not over. Numbers from 1 to
	// firstChar-1 are the lengths of sequences that are illegal.
	needsMore outcome = 0
	firstChar outcome = 5
	// twoChars is added for a sequence that is two characters.
	twoChars outcome = 0x200000
)

// A multibyteTable is an encoding of up to several bytes a character. Nothing in
// it depends on the characters before.
type multibyteTable struct {
	name string
	rows []multibyteRow
	// second are the second characters of outcomes that are two, by row and byte.
	second map[[2]int32]rune
}

// A multibyteRow has the outcomes of the next byte, and the row to go on with
// where that needs more: 0 if there is none.
type multibyteRow struct {
	outcomes [256]outcome
	next     [256]int32
}

// readMultibyte reads the table of an encoding.
func readMultibyte(name string) (*multibyteTable, error) {
	packed, err := tables.ReadFile("tables/" + name + ".bin")
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, fmt.Errorf("unpacking the table of %s: %w", name, err)
	}
	r := &multibyteReader{in: plain, table: &multibyteTable{name: name, second: map[[2]int32]rune{}}}
	r.row(1)
	if r.failed || len(r.in) > 0 {
		return nil, fmt.Errorf("unpacking the table of %s: %w", name, io.ErrUnexpectedEOF)
	}
	return r.table, nil
}

type multibyteReader struct {
	in     []byte
	table  *multibyteTable
	last   int64
	failed bool
}

// maxSequence is the number of bytes that tables go to.
const maxSequence = 4

// row reads the outcomes of one more byte, the depth-th, and behind each that
// needs more at once those of the next, and returns the row's index.
func (r *multibyteReader) row(depth int) int32 {
	index := int32(len(r.table.rows))
	r.table.rows = append(r.table.rows, multibyteRow{})
	for i := range 256 {
		o := r.outcome()
		r.table.rows[index].outcomes[i] = o
		if o >= firstChar+twoChars {
			r.table.second[[2]int32{index, int32(i)}] = rune(r.number())
		}
		if o == needsMore && !(depth == 2 && hasLongSequences(r.table.name)) {
			if depth == maxSequence || r.failed {
				r.failed = true
				return index
			}
			next := r.row(depth + 1)
			r.table.rows[index].next[i] = next
		}
	}
	return index
}

func (r *multibyteReader) outcome() outcome {
	n := r.number()
	if n < uint64(firstChar) {
		return outcome(n)
	}
	n -= uint64(firstChar)
	r.last += int64(n>>1) ^ -int64(n&1)
	return outcome(r.last)
}

func (r *multibyteReader) number() uint64 {
	n, size := binary.Uvarint(r.in)
	if size <= 0 {
		r.failed = true
		return 1
	}
	r.in = r.in[size:]
	return n
}

// decode returns the text of bytes, as UTF-8.
// CPython: Modules/cjkcodecs/multibytecodec.c, MultibyteCodec_Decode.
func (t *multibyteTable) decode(body []byte) ([]byte, error) {
	out := make([]byte, 0, len(body)+len(body)/2)
	for i := 0; i < len(body); {
		o, size := t.sequence(body[i:])
		switch {
		case o == needsMore:
			return nil, decodingError(t.name, body, i, len(body)-i, "incomplete multibyte sequence")
		case o < firstChar:
			return nil, decodingError(t.name, body, i, int(o), "illegal multibyte sequence")
		case o >= firstChar+twoChars:
			out = utf8.AppendRune(out, rune(o-firstChar-twoChars))
			out = utf8.AppendRune(out, t.secondChar(body[i:i+size]))
		default:
			out = utf8.AppendRune(out, rune(o-firstChar))
		}
		i += size
	}
	return out, nil
}

// sequence returns what the first sequence of b is, and its length in bytes.
func (t *multibyteTable) sequence(b []byte) (outcome, int) {
	row := int32(0)
	for i, c := range b {
		o := t.rows[row].outcomes[c]
		if o != needsMore {
			return o, i + 1
		}
		if row = t.rows[row].next[c]; row == 0 {
			return longSequence(t.name, b)
		}
	}
	return needsMore, len(b)
}

// secondChar returns the second character of a sequence that is two.
func (t *multibyteTable) secondChar(b []byte) rune {
	row, last := int32(0), len(b)-1
	for _, c := range b[:last] {
		row = t.rows[row].next[c]
	}
	return t.second[[2]int32{row, int32(b[last])}]
}

// hasLongSequences reports whether longSequence has sequences of an encoding.
func hasLongSequences(name string) bool { return name == "gb18030" || name == "euc_kr" }

// longSequence returns what a sequence is whose first two bytes are the beginning
// of one that is computed rather than looked up.
func longSequence(name string, b []byte) (outcome, int) {
	if name == "gb18030" {
		return gb18030Sequence(b)
	}
	return eucKRSequence(b)
}

// A gb18030Range has sequences of four bytes whose characters follow each other.
type gb18030Range struct {
	index int32 // of the first sequence among all, in order
	char  rune
	count int32
}

// gb18030Sequence decodes four bytes. CPython: Modules/cjkcodecs/_codecs_cn.c,
// DECODER(gb18030).
func gb18030Sequence(b []byte) (outcome, int) {
	if len(b) < 4 {
		return needsMore, len(b)
	}
	if b[2] < 0x81 || b[2] > 0xfe || b[3] < '0' || b[3] > '9' {
		return 1, 1
	}
	index := ((int32(b[0])-0x81)*10+int32(b[1])-'0')*1260 + (int32(b[2])-0x81)*10 + int32(b[3]) - '0'
	i, found := slices.BinarySearchFunc(gb18030Ranges[:], index, func(r gb18030Range, index int32) int { return int(r.index - index) })
	if !found {
		i--
	}
	if i < 0 || index >= gb18030Ranges[i].index+gb18030Ranges[i].count {
		return 1, 1
	}
	return firstChar + outcome(gb18030Ranges[i].char+index-gb18030Ranges[i].index), 4
}

// eucKRSequence decodes a syllable that is spelled by its parts, in eight bytes.
// CPython: Modules/cjkcodecs/_codecs_kr.c, DECODER(euc_kr).
func eucKRSequence(b []byte) (outcome, int) {
	if len(b) < 8 {
		return needsMore, len(b)
	}
	syllable := outcome(0xac00)
	for i, values := range eucKRJamo {
		part := values[b[2*i+3]]
		if b[2*i+2] != 0xa4 || part < 0 {
			return 1, 1
		}
		syllable += outcome(part)
	}
	return firstChar + syllable, 8
}

// decodingError says, as a UnicodeDecodeError does, that size bytes at index i
// do not decode.
func decodingError(codec string, body []byte, i, size int, reason string) error {
	if size == 1 {
		return &Error{Offset: -1, Msg: fmt.Sprintf("'%s' codec can't decode byte 0x%02x in position %d: %s", codec, body[i], i, reason)}
	}
	return &Error{Offset: -1, Msg: fmt.Sprintf("'%s' codec can't decode bytes in position %d-%d: %s", codec, i, i+size-1, reason)}
}
