package service

import (
	"google.golang.org/grpc/encoding"
	encodingproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
)

// A codec lets messages be received as the bytes that they are. gRPC ends a
// stream at once when a message makes no sense to it; we finish what came
// before, and say whose fault it is.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2(encodingproto.Name)} }

// An undecoded message is what the codec makes of a message that is received.
type undecoded struct{ data mem.BufferSlice }

// Unmarshal keeps a message as it is.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	raw, ok := v.(*undecoded)
	if !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	data.Ref()
	raw.data = data
	return nil
}

// decode makes a message of it.
func (u *undecoded) decode(m proto.Message) error {
	defer u.data.Free()
	buffer := u.data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer buffer.Free()
	return proto.Unmarshal(buffer.ReadOnlyData(), m)
}
