package service_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/dis"
	"github.com/rules-pyc/rules_pyc/service"
)

func header(source []byte) []byte { return pyc.HashHeader(python, source, false).Append(nil) }

// entry decodes a line of a log.
func entry(t *testing.T, line []byte) map[string]any {
	t.Helper()
	all := map[string]any{}
	if err := json.Unmarshal(line, &all); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return all
}

func TestInspect(t *testing.T) {
	const source = "def f(a, b=1):\n    return a + b\n"
	s := start(t, nil)
	code := local(t, source, "f.py", 0).Code
	root, err := pyc.Read(code, python)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := dis.Fprint(&text, root, python, dis.Options{}); err != nil {
		t.Fatal(err)
	}
	var objects []*compilev1.CodeObject
	for c := range pyc.Codes(root) {
		objects = append(objects, &compilev1.CodeObject{
			QualifiedName: c.QualName.Value, Filename: "f.py", FirstLine: c.FirstLine, Flags: c.Flags, ArgCount: c.ArgCount, StackSize: c.StackSize,
			BytecodeBytes: int32(len(c.Bytecode.Value)), ConstCount: int32(len(c.Consts.Items)), NameCount: int32(len(c.Names.Items)),
			LocalCount: int32(len(c.LocalsPlusNames.Items)), LineTableBytes: int32(len(c.LineTable.Value)), ExceptionTableBytes: int32(len(c.ExceptionTable.Value)),
		})
	}
	hash := pyc.SourceHash(python, []byte(source))
	common := compilev1.InspectResponse{Magic: uint32(python.Magic()), PythonVersion: python.String(), CodeObjects: objects}
	for _, test := range []struct {
		name   string
		header pyc.Header
		fill   func(*compilev1.InspectResponse)
	}{
		{"unchecked", pyc.HashHeader(python, []byte(source), false), func(r *compilev1.InspectResponse) {
			r.InvalidationMode, r.SourceHash = compilev1.InvalidationMode_INVALIDATION_MODE_UNCHECKED_HASH, hash[:]
		}},
		{"checked", pyc.HashHeader(python, []byte(source), true), func(r *compilev1.InspectResponse) {
			r.InvalidationMode, r.SourceHash = compilev1.InvalidationMode_INVALIDATION_MODE_CHECKED_HASH, hash[:]
		}},
		{"timestamp", pyc.TimestampHeader(python, 12345, 33), func(r *compilev1.InspectResponse) {
			r.InvalidationMode = compilev1.InvalidationMode_INVALIDATION_MODE_TIMESTAMP
			r.SourceMtimeSeconds, r.SourceSizeBytes = 12345, 33
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := append(test.header.Append(nil), code...)
			want := &compilev1.InspectResponse{Magic: common.Magic, PythonVersion: common.PythonVersion, CodeObjects: objects}
			test.fill(want)
			for _, disassemble := range []bool{false, true} {
				if disassemble {
					want.Disassembly = text.String()
				}
				got, err := s.Inspect(timeout(t), &compilev1.InspectRequest{File: &compilev1.InspectRequest_Inline{Inline: file}, Disassemble: disassemble})
				if diff := cmp.Diff(want, got, protocmp.Transform()); err != nil || diff != "" {
					t.Errorf("%v (-want +got)\n%s", err, diff)
				}
			}
		})
	}
}

func TestInspectByDigest(t *testing.T) {
	storage := &blobs{kept: map[string][]byte{}}
	s := start(t, func(c *service.Config) { c.Blobs, c.Limits.MessageBytes, c.Limits.SourceBytes = storage, 1000, 1000 })
	file := append(header([]byte("x = 1\n")), local(t, "x = 1\n", "x.py", 0).Code...)
	hash, _ := storage.Put(t.Context(), file)
	ask := func(hash string, size int64) (*compilev1.InspectResponse, error) {
		return s.Inspect(timeout(t), &compilev1.InspectRequest{File: &compilev1.InspectRequest_Digest{Digest: &compilev1.Digest{Hash: hash, SizeBytes: size}}})
	}
	if got, err := ask(hash, int64(len(file))); err != nil || len(got.GetCodeObjects()) != 1 {
		t.Errorf("got %v, %v", got, err)
	}
	absent := strings.Repeat("a", 64)
	_, err := ask(absent, 5)
	wantStatus(t, err, codes.NotFound, "the content-addressable storage does not have "+absent+"/5")
	_, err = ask(absent, 1001)
	wantStatus(t, err, codes.ResourceExhausted, "digest "+absent+"/1001 is longer than 1000 bytes, the limit (--max-message-bytes)")
	_, err = s.Inspect(timeout(t), &compilev1.InspectRequest{})
	wantStatus(t, err, codes.InvalidArgument, "the request has no file: inline or digest is required")
}

// The text of a disassembly is bounded, too.
func TestInspectBounded(t *testing.T) {
	s := start(t, func(c *service.Config) { c.Limits.MessageBytes = 2000 })
	source := strings.Repeat("x = y + 1\n", 40)
	file := append(header([]byte(source)), local(t, source, "x.py", 0).Code...)
	_, err := s.Inspect(timeout(t), &compilev1.InspectRequest{File: &compilev1.InspectRequest_Inline{Inline: file}, Disassemble: true})
	wantStatus(t, err, codes.ResourceExhausted, "the disassembly is longer than 2000 bytes, the limit (--max-message-bytes)")
}
