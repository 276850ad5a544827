package worker

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// A protoCodec speaks the binary form: each message follows its length as a
// varint.
type protoCodec struct {
	r     *bufio.Reader
	limit int          // length in bytes of the longest request accepted
	frame bytes.Buffer // reused
}

func (c *protoCodec) read() (*workerpb.WorkRequest, int, error) {
	length, err := c.readLength()
	if err != nil {
		return nil, 0, err
	}
	if length > uint64(c.limit) {
		return nil, 0, tooLong(length, c.limit)
	}
	if c.frame.Cap() > keptBuffer {
		c.frame = bytes.Buffer{}
	}
	// The buffer grows with the bytes that arrive, not with those announced.
	c.frame.Reset()
	if _, err := io.CopyN(&c.frame, c.r, int64(length)); err != nil {
		return nil, 0, unexpected(err)
	}
	req := new(workerpb.WorkRequest)
	if err := proto.Unmarshal(c.frame.Bytes(), req); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errMalformed, err)
	}
	return req, int(length), nil
}

// readLength reads a varint of 64 bits.
func (c *protoCodec) readLength() (uint64, error) {
	var b []byte
	for len(b) == 0 || b[len(b)-1] >= 0x80 {
		next, err := c.r.ReadByte()
		if err != nil && len(b) > 0 {
			err = unexpected(err)
		}
		if err != nil {
			return 0, err
		}
		b = append(b, next)
		if len(b) > 10 {
			break
		}
	}
	length, n := protowire.ConsumeVarint(b)
	if n != len(b) {
		return 0, fmt.Errorf("%w: it does not begin with a length", errMalformed)
	}
	return length, nil
}

func (c *protoCodec) encode(resp *workerpb.WorkResponse) ([]byte, error) {
	b := protowire.AppendVarint(nil, uint64(proto.Size(resp)))
	b, err := proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(b, resp)
	if err != nil {
		return nil, fmt.Errorf("encoding response: %w", err)
	}
	return b, nil
}
