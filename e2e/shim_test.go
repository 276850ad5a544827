package e2e

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/bazelbuild/remote-apis/build/bazel/semver"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Debian's Bazel announces version 2.0 of the Remote Execution API alone, though
// it also sends what 2.1 wants; BuildBox's casd announces 2.1 and later, and
// heeds what 2.1 wants alone. So that they speak, a shim between them forwards
// every call as it is, but for the lowest version that the server announces.

// maxForwarded is the largest message that a shim forwards, in bytes.
const maxForwarded = 64 << 20

// capabilities is the call whose response is changed.
const capabilities = "/build.bazel.remote.execution.v2.Capabilities/GetCapabilities"

// startShim returns the address of a shim before the server at an address.
func startShim(t *testing.T, server string) string {
	t.Helper()
	conn, err := grpc.NewClient(server, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(
		grpc.ForceCodecV2(rawCodec{}), grpc.MaxCallRecvMsgSize(maxForwarded), grpc.MaxCallSendMsgSize(maxForwarded)))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	shim := grpc.NewServer(
		grpc.ForceServerCodecV2(rawCodec{}), grpc.MaxRecvMsgSize(maxForwarded), grpc.MaxSendMsgSize(maxForwarded),
		grpc.UnknownServiceHandler(func(_ any, from grpc.ServerStream) error { return forward(conn, from) }),
	)
	go func() { _ = shim.Serve(listener) }() // it ends when it is stopped
	t.Cleanup(func() {
		shim.Stop()
		_ = conn.Close()
	})
	return listener.Addr().String()
}

// A message is the bytes of one, whatever it is.
type message struct{ data []byte }

// rawCodec leaves messages as they are.
type rawCodec struct{}

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	m, ok := v.(*message)
	if !ok {
		return nil, errors.New("the shim sends messages as they come only")
	}
	return mem.BufferSlice{mem.SliceBuffer(m.data)}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(*message)
	if !ok {
		return errors.New("the shim takes messages as they come only")
	}
	m.data = data.Materialize()
	return nil
}

func (rawCodec) Name() string { return "proto" }

// forward carries out one call.
func forward(conn *grpc.ClientConn, from grpc.ServerStream) error {
	method, ok := grpc.MethodFromServerStream(from)
	if !ok {
		return status.Error(codes.Internal, "a call without a method")
	}
	headers, _ := metadata.FromIncomingContext(from.Context())
	ctx, cancel := context.WithCancel(metadata.NewOutgoingContext(from.Context(), headers.Copy()))
	defer cancel()
	to, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, method)
	if err != nil {
		return err
	}
	go func() {
		if err := requests(from, to); err != nil {
			cancel()
		}
	}()
	if headers, err := to.Header(); err == nil {
		if err := from.SetHeader(headers); err != nil {
			return err
		}
	}
	err = responses(from, to, method)
	from.SetTrailer(to.Trailer())
	return err
}

func requests(from grpc.ServerStream, to grpc.ClientStream) error {
	for {
		var m message
		err := from.RecvMsg(&m)
		if errors.Is(err, io.EOF) {
			return to.CloseSend()
		}
		if err != nil {
			return err
		}
		if err := to.SendMsg(&m); err != nil {
			return nil // the response says why
		}
	}
}

func responses(from grpc.ServerStream, to grpc.ClientStream, method string) error {
	for {
		var m message
		err := to.RecvMsg(&m)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if method == capabilities {
			if m.data, err = anyVersion(m.data); err != nil {
				return err
			}
		}
		if err := from.SendMsg(&m); err != nil {
			return err
		}
	}
}

// anyVersion has a server announce 2.0 as the lowest version.
func anyVersion(data []byte) ([]byte, error) {
	c := &repb.ServerCapabilities{}
	if err := proto.Unmarshal(data, c); err != nil {
		return nil, err
	}
	c.DeprecatedApiVersion, c.LowApiVersion = nil, &semver.SemVer{Major: 2}
	return proto.Marshal(c)
}
