package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/bazelbuild/remote-apis/build/bazel/semver"
	bspb "google.golang.org/genproto/googleapis/bytestream"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// A server is a REAPI server in memory, with faults. It checks what it gets as
// real ones do. What a server really does, the end-to-end tests show.
type server struct {
	repb.UnimplementedCapabilitiesServer
	repb.UnimplementedActionCacheServer
	repb.UnimplementedContentAddressableStorageServer
	bspb.UnimplementedByteStreamServer

	address  string
	caps     *repb.ServerCapabilities
	executor *executes

	mu      sync.Mutex
	blobs   map[string][]byte // by hash
	results map[string]*repb.ActionResult
	calls   map[string]int
	// fault is asked before each call of a method, which fails with its error.
	fault func(ctx context.Context, method string) error
	// inline says that files are sent along with the results that list them.
	inline bool
}

func startServer(t *testing.T) *server {
	t.Helper()
	s := &server{
		blobs: map[string][]byte{}, results: map[string]*repb.ActionResult{}, calls: map[string]int{},
		caps: &repb.ServerCapabilities{
			ExecutionCapabilities: &repb.ExecutionCapabilities{ExecEnabled: true, DigestFunction: repb.DigestFunction_SHA256},
			CacheCapabilities:     &repb.CacheCapabilities{DigestFunctions: []repb.DigestFunction_Value{repb.DigestFunction_SHA256}},
			HighApiVersion:        &semver.SemVer{Major: 2, Minor: 3},
		},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = "grpc://" + listener.Addr().String() + "/some/instance"
	g := grpc.NewServer(
		grpc.MaxRecvMsgSize(16<<20),
		grpc.UnaryInterceptor(func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
			if err := s.called(ctx, info.FullMethod); err != nil {
				return nil, err
			}
			if r, ok := req.(interface{ GetInstanceName() string }); ok && r.GetInstanceName() != "some/instance" {
				return nil, status.Errorf(codes.InvalidArgument, "instance %q", r.GetInstanceName())
			}
			return handle(ctx, req)
		}),
		grpc.StreamInterceptor(func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
			if err := s.called(stream.Context(), info.FullMethod); err != nil {
				return err
			}
			return handle(srv, stream)
		}),
	)
	s.executor = &executes{server: s}
	repb.RegisterExecutionServer(g, s.executor)
	repb.RegisterCapabilitiesServer(g, s)
	repb.RegisterActionCacheServer(g, s)
	repb.RegisterContentAddressableStorageServer(g, s)
	bspb.RegisterByteStreamServer(g, s)
	go func() { _ = g.Serve(listener) }()
	t.Cleanup(g.Stop)
	return s
}

func (s *server) called(ctx context.Context, method string) error {
	name := method[strings.LastIndexByte(method, '/')+1:]
	s.mu.Lock()
	s.calls[name]++
	fault := s.fault
	s.mu.Unlock()
	if fault == nil {
		return nil
	}
	return fault(ctx, name)
}

// count returns how often a method was called.
func (s *server) count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// setFault changes the fault.
func (s *server) setFault(f func(ctx context.Context, method string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

func (s *server) GetCapabilities(context.Context, *repb.GetCapabilitiesRequest) (*repb.ServerCapabilities, error) {
	return s.caps, nil
}

func (s *server) GetActionResult(_ context.Context, r *repb.GetActionResultRequest) (*repb.ActionResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	result, ok := s.results[r.GetActionDigest().GetHash()]
	if !ok {
		return nil, status.Error(codes.NotFound, "no such entry")
	}
	result = proto.CloneOf(result)
	if s.inline {
		for _, f := range result.GetOutputFiles() {
			f.Contents = s.blobs[f.GetDigest().GetHash()]
		}
	}
	return result, nil
}

func (s *server) UpdateActionResult(_ context.Context, r *repb.UpdateActionResultRequest) (*repb.ActionResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// REAPI: the client must first upload the action and its command.
	action := &repb.Action{}
	data, ok := s.blobs[r.GetActionDigest().GetHash()]
	if !ok || proto.Unmarshal(data, action) != nil || s.blobs[action.GetCommandDigest().GetHash()] == nil {
		return nil, status.Error(codes.FailedPrecondition, "the action or its command is not there")
	}
	for _, f := range r.GetActionResult().GetOutputFiles() {
		if s.blobs[f.GetDigest().GetHash()] == nil {
			return nil, status.Errorf(codes.FailedPrecondition, "file %s is not there", f.GetPath())
		}
	}
	s.results[r.GetActionDigest().GetHash()] = r.GetActionResult()
	return r.GetActionResult(), nil
}

func (s *server) FindMissingBlobs(_ context.Context, r *repb.FindMissingBlobsRequest) (*repb.FindMissingBlobsResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	resp := &repb.FindMissingBlobsResponse{}
	for _, d := range r.GetBlobDigests() {
		if _, ok := s.blobs[d.GetHash()]; !ok && d.GetSizeBytes() > 0 {
			resp.MissingBlobDigests = append(resp.MissingBlobDigests, d)
		}
	}
	return resp, nil
}

func (s *server) BatchUpdateBlobs(_ context.Context, r *repb.BatchUpdateBlobsRequest) (*repb.BatchUpdateBlobsResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit := s.caps.GetCacheCapabilities().GetMaxBatchTotalSizeBytes()
	resp := &repb.BatchUpdateBlobsResponse{}
	var sum int64
	for _, each := range r.GetRequests() {
		sum += int64(len(each.GetData()))
		code := codes.OK
		if digest.NewFromBlob(each.GetData()).ToProto().GetHash() != each.GetDigest().GetHash() {
			code = codes.InvalidArgument
		} else {
			s.blobs[each.GetDigest().GetHash()] = each.GetData()
		}
		resp.Responses = append(resp.Responses, &repb.BatchUpdateBlobsResponse_Response{
			Digest: each.GetDigest(), Status: status.New(code, "").Proto(),
		})
	}
	if limit > 0 && sum > limit {
		return nil, status.Errorf(codes.InvalidArgument, "a batch of %d bytes", sum)
	}
	return resp, nil
}

func (s *server) BatchReadBlobs(_ context.Context, r *repb.BatchReadBlobsRequest) (*repb.BatchReadBlobsResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	resp := &repb.BatchReadBlobsResponse{}
	for _, d := range r.GetDigests() {
		data, ok := s.blobs[d.GetHash()]
		code := codes.OK
		if !ok {
			code = codes.NotFound
		}
		resp.Responses = append(resp.Responses, &repb.BatchReadBlobsResponse_Response{
			Digest: d, Data: data, Status: status.New(code, "").Proto(),
		})
	}
	return resp, nil
}

func (s *server) Read(r *bspb.ReadRequest, stream bspb.ByteStream_ReadServer) error {
	parts := strings.Split(r.GetResourceName(), "/") // some/instance/blobs/HASH/SIZE
	s.mu.Lock()
	data, ok := s.blobs[parts[3]]
	s.mu.Unlock()
	if !ok {
		return status.Error(codes.NotFound, "no such blob")
	}
	for len(data) > 0 {
		n := min(len(data), 1<<20)
		if err := stream.Send(&bspb.ReadResponse{Data: data[:n]}); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

func (s *server) Write(stream bspb.ByteStream_WriteServer) error {
	var data []byte
	var name string
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if r.GetResourceName() != "" {
			name = r.GetResourceName()
		}
		data = append(data, r.GetData()...)
	}
	d := digest.NewFromBlob(data)
	if !strings.HasSuffix(name, "/"+d.Hash+"/"+strconv.FormatInt(d.Size, 10)) || !strings.HasPrefix(name, "some/instance/uploads/") {
		return status.Error(codes.InvalidArgument, fmt.Sprintf("%s for %v", name, d))
	}
	s.mu.Lock()
	s.blobs[d.Hash] = data
	s.mu.Unlock()
	return stream.SendAndClose(&bspb.WriteResponse{CommittedSize: d.Size})
}
