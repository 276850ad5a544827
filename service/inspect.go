package service

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyc/dis"
)

// Inspect shows the header and the code objects of a .pyc file.
func (s *Server) Inspect(ctx context.Context, req *compilev1.InspectRequest) (*compilev1.InspectResponse, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return nil, status.FromContextError(err).Err()
	}
	defer leave()
	file, err := s.inspected(ctx, req)
	if err != nil {
		return nil, err
	}
	resp := &compilev1.InspectResponse{Magic: uint32(file.Header.Magic)}
	describeHeader(resp, file.Header)
	if resp.CodeObjects, err = s.describeCodes(file.Code); err != nil {
		return nil, err
	}
	if req.GetDisassemble() {
		resp.Disassembly, err = s.disassembly(file)
	}
	return resp, err
}

// describeCodes describes the code objects of a file. Their names are counted:
// a short file may share a long one between many code objects.
func (s *Server) describeCodes(root *pyc.Code) ([]*compilev1.CodeObject, error) {
	var all []*compilev1.CodeObject
	size, limit := 0, s.config.Limits.MessageBytes
	for code := range pyc.Codes(root) {
		c := describeCode(code)
		if size += proto.Size(c); size > limit {
			return nil, beyond("--max-message-bytes", "the list of code objects is longer than %d bytes, the limit (--max-message-bytes)", limit)
		}
		all = append(all, c)
	}
	return all, nil
}

// inspected returns the file that a request is about.
func (s *Server) inspected(ctx context.Context, req *compilev1.InspectRequest) (*pyc.File, error) {
	data := req.GetInline()
	if req.GetFile() == nil {
		return nil, status.Error(codes.InvalidArgument, "the request has no file: inline or digest is required")
	}
	if d := req.GetDigest(); d != nil {
		var err error
		if data, err = s.fetch(ctx, d, int64(s.config.Limits.MessageBytes), "--max-message-bytes"); err != nil {
			return nil, err
		}
	}
	file, err := pyc.ParseFile(data)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "reading the .pyc: %s", valid(err.Error()))
	}
	return file, nil
}

func describeHeader(resp *compilev1.InspectResponse, h pyc.Header) {
	if v, ok := h.Version(); ok {
		resp.PythonVersion = v.String()
	}
	switch h.Invalidation {
	case pyc.Timestamp:
		resp.InvalidationMode = compilev1.InvalidationMode_INVALIDATION_MODE_TIMESTAMP
		resp.SourceMtimeSeconds, resp.SourceSizeBytes = h.MTime, h.Size
		return
	case pyc.CheckedHash:
		resp.InvalidationMode = compilev1.InvalidationMode_INVALIDATION_MODE_CHECKED_HASH
	default:
		resp.InvalidationMode = compilev1.InvalidationMode_INVALIDATION_MODE_UNCHECKED_HASH
	}
	resp.SourceHash = h.SourceHash[:]
}

func describeCode(c *pyc.Code) *compilev1.CodeObject {
	return &compilev1.CodeObject{
		QualifiedName:       valid(c.QualName.Value),
		Filename:            valid(c.Filename.Value),
		FirstLine:           c.FirstLine,
		Flags:               c.Flags,
		ArgCount:            c.ArgCount,
		StackSize:           c.StackSize,
		BytecodeBytes:       number(len(c.Bytecode.Value)),
		ConstCount:          number(len(c.Consts.Items)),
		NameCount:           number(len(c.Names.Items)),
		LocalCount:          number(len(c.LocalsPlusNames.Items)),
		LineTableBytes:      number(len(c.LineTable.Value)),
		ExceptionTableBytes: number(len(c.ExceptionTable.Value)),
	}
}

// disassembly returns the text of a file's code.
func (s *Server) disassembly(file *pyc.File) (string, error) {
	v, _ := file.Header.Version() // ParseFile reads no others
	limit := s.config.Limits.MessageBytes
	var text strings.Builder
	err := dis.Fprint(&text, file.Code, v, dis.Options{MaxBytes: int64(limit)})
	switch {
	case errors.Is(err, dis.ErrTooLong):
		return "", beyond("--max-message-bytes", "the disassembly is longer than %d bytes, the limit (--max-message-bytes)", limit)
	case err != nil:
		return "", status.Errorf(codes.InvalidArgument, "disassembling: %s", valid(err.Error()))
	}
	return valid(text.String()), nil
}
