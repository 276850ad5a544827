package service_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/rules-pyc/rules_pyc/compiler"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/service"
)

// local compiles here what the service is to compile.
func local(t *testing.T, source, filename string, optimize int) *compiler.Result {
	t.Helper()
	r, err := (&compiler.Native{}).Compile(context.Background(), []byte(source),
		compiler.Options{Version: python, Filename: filename, Optimize: optimize})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCompile(t *testing.T) {
	const source = "def f(x):\n    \"text\"\n    assert x\n    return x is 1\n"
	s := start(t, nil)
	for _, test := range []struct {
		name   string
		header *compilev1.Header
		want   pyc.Header
	}{
		{"default", nil, pyc.HashHeader(python, []byte(source), false)},
		{
			"unchecked", &compilev1.Header{Mode: compilev1.InvalidationMode_INVALIDATION_MODE_UNCHECKED_HASH},
			pyc.HashHeader(python, []byte(source), false),
		},
		{
			"checked", &compilev1.Header{Mode: compilev1.InvalidationMode_INVALIDATION_MODE_CHECKED_HASH},
			pyc.HashHeader(python, []byte(source), true),
		},
		{
			"timestamp", &compilev1.Header{Mode: compilev1.InvalidationMode_INVALIDATION_MODE_TIMESTAMP, SourceMtimeSeconds: 1234567890},
			pyc.TimestampHeader(python, 1234567890, int64(len(source))),
		},
	} {
		for optimize := range 3 {
			t.Run(fmt.Sprint(test.name, optimize), func(t *testing.T) {
				req := request(source, "pkg/f.py")
				req.Header, req.Optimize = test.header, int32(optimize)
				resp, err := s.Compile(timeout(t), req)
				if err != nil {
					t.Fatal(err)
				}
				want := local(t, source, "pkg/f.py", optimize)
				if !bytes.Equal(resp.GetModule().GetPyc(), append(test.want.Append(nil), want.Code...)) {
					t.Error("the .pyc is not the one that the compiler makes")
				}
				wantWarnings := []*compilev1.Warning{{
					Category: want.Warnings[0].Category, Message: want.Warnings[0].Message, Filename: "pkg/f.py",
					Line: 4, Text: want.Warnings[0].Text,
				}}
				if diff := cmp.Diff(wantWarnings, resp.GetModule().GetWarnings(), protocmp.Transform()); diff != "" {
					t.Errorf("warnings (-want +got)\n%s", diff)
				}
				if d := resp.GetModule().GetDigest(); d != nil {
					t.Errorf("got digest %v without a storage", d)
				}
			})
		}
	}
}

func TestCompileSyntaxError(t *testing.T) {
	s := start(t, nil)
	for _, source := range []string{"a = 1\nif x\n", "def f():\nreturn\n", "x = '\xff'\n", "a\x00b\n"} {
		_, err := (&compiler.Native{}).Compile(context.Background(), []byte(source), compiler.Options{Version: python, Filename: "bad.py"})
		var e *compiler.SyntaxError
		if !errors.As(err, &e) {
			t.Fatalf("%q: %v", source, err)
		}
		resp, err := s.Compile(timeout(t), request(source, "bad.py"))
		if err != nil {
			t.Fatal(err)
		}
		want := &compilev1.SyntaxError{
			Class: e.Class, Message: e.Message, Filename: e.Filename, Line: int32(e.Line), Offset: int32(e.Offset),
			EndLine: int32(e.EndLine), EndOffset: int32(e.EndOffset), Text: e.Text, Rendered: e.Rendered,
		}
		if diff := cmp.Diff(want, resp.GetSyntaxError(), protocmp.Transform()); diff != "" {
			t.Errorf("%q (-want +got)\n%s", source, diff)
		}
	}
}

func TestCompileRefusals(t *testing.T) {
	s := start(t, func(c *service.Config) {
		c.Limits.SourceBytes, c.Limits.MessageBytes = 100, 10000
	})
	digest := &compilev1.Digest{Hash: strings.Repeat("0", 64), SizeBytes: 1}
	for _, test := range []struct {
		name    string
		change  func(*compilev1.CompileRequest)
		code    codes.Code
		message string
	}{
		{
			"no source", func(r *compilev1.CompileRequest) { r.Source = nil },
			codes.InvalidArgument, "the request has no source: inline or digest is required",
		},
		{"long source", func(r *compilev1.CompileRequest) {
			r.Source = &compilev1.CompileRequest_Inline{Inline: make([]byte, 101)}
		}, codes.ResourceExhausted, "the source has 101 bytes; the limit is 100 (--max-source-bytes)"},
		{"long message", func(r *compilev1.CompileRequest) {
			r.Source = &compilev1.CompileRequest_Inline{Inline: make([]byte, 10001)}
		}, codes.ResourceExhausted, "grpc: received message larger than max (10016 vs. 10000)"},
		{
			"long name", func(r *compilev1.CompileRequest) { r.Filename = strings.Repeat("x", 4097) },
			codes.ResourceExhausted, "the file name has 4097 bytes; the limit is 4096",
		},
		{
			"no version", func(r *compilev1.CompileRequest) { r.PythonVersion = "" },
			codes.InvalidArgument, `python_version: unsupported Python version ""; supported are 3.11, 3.12, 3.13, 3.14, 3.15`,
		},
		{
			"other version", func(r *compilev1.CompileRequest) { r.PythonVersion = "3.11" },
			codes.FailedPrecondition, "this server does not compile for Python 3.11, but for [3.14]",
		},
		{
			"level", func(r *compilev1.CompileRequest) { r.Optimize = 3 },
			codes.InvalidArgument, "optimize: optimisation level 3 is not 0, 1 or 2",
		},
		{
			"mode", func(r *compilev1.CompileRequest) { r.Header = &compilev1.Header{Mode: 9} },
			codes.InvalidArgument, "header.mode 9 is not known",
		},
		{
			"time", func(r *compilev1.CompileRequest) { r.Header = &compilev1.Header{SourceMtimeSeconds: 1} },
			codes.InvalidArgument, "header.source_mtime_seconds is set, but header.mode is INVALIDATION_MODE_UNSPECIFIED",
		},
		{
			"no storage", func(r *compilev1.CompileRequest) { r.Source = &compilev1.CompileRequest_Digest{Digest: digest} },
			codes.FailedPrecondition, "a digest is given, but the server has no content-addressable storage (--cas)",
		},
		{"encoding", func(r *compilev1.CompileRequest) {
			r.Source = &compilev1.CompileRequest_Inline{Inline: []byte("# coding: utf-7\n")}
		}, codes.Unimplemented, unsupportedEncoding(t)},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := request("x = 1\n", "x.py")
			test.change(req)
			_, err := s.Compile(timeout(t), req)
			wantStatus(t, err, test.code, test.message)
			if test.name == "long message" {
				return // in a stream it has no response of its own
			}
			got := batch(t, s, req)
			want := &compilev1.Failure{Code: int32(test.code), Message: test.message}
			if diff := cmp.Diff(want, got[0].GetFailure(), protocmp.Transform()); diff != "" {
				t.Errorf("in a batch (-want +got)\n%s", diff)
			}
		})
	}
}

func unsupportedEncoding(t *testing.T) string {
	t.Helper()
	_, err := (&compiler.Native{}).Compile(context.Background(), []byte("# coding: utf-7\n"), compiler.Options{Version: python, Filename: "x.py"})
	if err == nil {
		t.Fatal("this encoding is supported")
	}
	return err.Error()
}

// A compiler's own faults are statuses, and take nobody else down.
func TestCompileFaults(t *testing.T) {
	s := start(t, func(c *service.Config) {
		c.Limits.Duration = 500 * time.Millisecond
		c.Limits.Concurrency = 1
		c.Compiler = compilerFunc(func(ctx context.Context, source []byte, opts compiler.Options) (*compiler.Result, error) {
			switch opts.Filename {
			case "panic.py":
				panic("oh no")
			case "slow.py":
				<-ctx.Done()
				return nil, ctx.Err()
			case "interpreter.py":
				return nil, fmt.Errorf("interpreter.py: took longer than 5s: %w", context.DeadlineExceeded)
			case "error.py":
				return nil, errors.New("error.py: the interpreter has crashed")
			}
			return (&compiler.Native{}).Compile(ctx, source, opts)
		})
	})
	for _, test := range []struct {
		file    string
		code    codes.Code
		message string
	}{
		{"panic.py", codes.Internal, "panic.py: the compiler has a fault; the server's log has the details"},
		{"slow.py", codes.DeadlineExceeded, "compiling took longer than 500ms, the limit (--max-duration)"},
		{"interpreter.py", codes.DeadlineExceeded, "interpreter.py: took longer than 5s: context deadline exceeded"},
		{"error.py", codes.Internal, "error.py: the interpreter has crashed"},
		{"fine.py", codes.OK, ""},
	} {
		_, err := s.Compile(timeout(t), request("x = 1\n", test.file))
		wantStatus(t, err, test.code, test.message)
	}
}

// The client's own deadline and its going away end its call and free its place.
func TestCompileGivenUp(t *testing.T) {
	b := newBlocker()
	s := start(t, func(c *service.Config) {
		c.Compiler, c.Limits.Concurrency = b, 1
	})
	ctx, cancel := context.WithTimeout(timeout(t), 50*time.Millisecond)
	defer cancel()
	_, err := s.Compile(ctx, request("", "deadline.py"))
	if status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithCancel(timeout(t))
	go func() {
		for f := range b.began {
			if f == "cancel.py" {
				cancel()
				return
			}
		}
	}()
	_, err = s.Compile(ctx, request("", "cancel.py"))
	wantStatus(t, err, codes.Canceled, "context canceled")
	close(b.let)
	if _, err := s.Compile(timeout(t), request("", "next.py")); err != nil {
		t.Error(err)
	}
}

// blobs is a storage in memory.
type blobs struct {
	mu   sync.Mutex
	kept map[string][]byte
	fail error
}

func (b *blobs) Get(_ context.Context, hash string, size int64) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	blob, ok := b.kept[hash]
	if b.fail != nil {
		return nil, b.fail
	}
	if !ok || int64(len(blob)) != size {
		return nil, fmt.Errorf("blob %s: %w", hash, fs.ErrNotExist)
	}
	return blob, nil
}

func (b *blobs) Put(_ context.Context, blob []byte) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return "", b.fail
	}
	sum := sha256.Sum256(blob)
	hash := hex.EncodeToString(sum[:])
	b.kept[hash] = blob
	return hash, nil
}

func TestCompileByDigest(t *testing.T) {
	const source = "x = 1\n"
	storage := &blobs{kept: map[string][]byte{}}
	s := start(t, func(c *service.Config) { c.Blobs, c.Limits.SourceBytes = storage, 1000 })
	hash, _ := storage.Put(context.Background(), []byte(source))
	byDigest := func(hash string, size int64) *compilev1.CompileRequest {
		r := request("", "x.py")
		r.Source = &compilev1.CompileRequest_Digest{Digest: &compilev1.Digest{Hash: hash, SizeBytes: size}}
		return r
	}
	want := append(pyc.HashHeader(python, []byte(source), false).Append(nil), local(t, source, "x.py", 0).Code...)
	sum := sha256.Sum256(want)
	wantDigest := &compilev1.Digest{Hash: hex.EncodeToString(sum[:]), SizeBytes: int64(len(want))}

	resp, err := s.Compile(timeout(t), byDigest(hash, int64(len(source))))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&compilev1.Module{Pyc: want, Digest: wantDigest}, resp.GetModule(), protocmp.Transform()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !bytes.Equal(storage.kept[wantDigest.GetHash()], want) {
		t.Error("the .pyc is not in the storage")
	}
	req := byDigest(hash, int64(len(source)))
	req.DigestOnly = true
	if resp, err = s.Compile(timeout(t), req); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&compilev1.Module{Digest: wantDigest}, resp.GetModule(), protocmp.Transform()); diff != "" {
		t.Errorf("digest_only (-want +got)\n%s", diff)
	}

	absent := strings.Repeat("a", 64)
	for _, test := range []struct {
		hash    string
		size    int64
		code    codes.Code
		message string
	}{
		{absent, 5, codes.NotFound, "the content-addressable storage does not have " + absent + "/5"},
		{absent, 1001, codes.ResourceExhausted, "the source has 1001 bytes; the limit is 1000 (--max-source-bytes)"},
		{absent, -1, codes.InvalidArgument, "the digest's size is -1 bytes"},
		{"ABC", 5, codes.InvalidArgument, `digest "ABC"/5 is not a SHA-256 in 64 lower-case hexadecimal digits with a size`},
	} {
		_, err := s.Compile(timeout(t), byDigest(test.hash, test.size))
		wantStatus(t, err, test.code, test.message)
	}

	// A storage that fails costs what only it can give.
	storage.fail = errors.New("disk full")
	_, err = s.Compile(timeout(t), byDigest(hash, 6))
	wantStatus(t, err, codes.Unavailable, "reading "+hash+"/6: disk full")
	req = request(source, "x.py")
	req.DigestOnly = true
	if resp, err = s.Compile(timeout(t), req); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&compilev1.Module{Pyc: want}, resp.GetModule(), protocmp.Transform()); diff != "" {
		t.Errorf("with a storage that fails (-want +got)\n%s", diff)
	}
}
