package service

import (
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/compiler"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// A module is a request that makes sense and is within the limits.
type module struct {
	request *compilev1.CompileRequest
	options compiler.Options
}

// size returns the length of the source in bytes.
func (m *module) size() int64 {
	if d := m.request.GetDigest(); d != nil {
		return d.GetSizeBytes()
	}
	return int64(len(m.request.GetInline()))
}

// header returns the header of the .pyc.
func (m *module) header(source []byte) pyc.Header {
	h := m.request.GetHeader()
	if h.GetMode() == compilev1.InvalidationMode_INVALIDATION_MODE_TIMESTAMP {
		return pyc.TimestampHeader(m.options.Version, h.GetSourceMtimeSeconds(), int64(len(source)))
	}
	return pyc.HashHeader(m.options.Version, source, h.GetMode() == compilev1.InvalidationMode_INVALIDATION_MODE_CHECKED_HASH)
}

// parse checks a request. What it returns as an error is a status.
func (s *Server) parse(req *compilev1.CompileRequest) (*module, error) {
	m := &module{request: req}
	if req.GetSource() == nil {
		return nil, status.Error(codes.InvalidArgument, "the request has no source: inline or digest is required")
	}
	if d := req.GetDigest(); d != nil && d.GetSizeBytes() < 0 {
		return nil, status.Errorf(codes.InvalidArgument, "the digest's size is %d bytes", d.GetSizeBytes())
	}
	if limit := int64(s.config.Limits.SourceBytes); m.size() > limit {
		return nil, beyond("--max-source-bytes", "the source has %d bytes; the limit is %d (--max-source-bytes)", m.size(), limit)
	}
	if n := len(req.GetFilename()); n > maxFilename {
		return nil, beyond("filename", "the file name has %d bytes; the limit is %d", n, maxFilename)
	}
	v, err := pyver.Parse(req.GetPythonVersion())
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "python_version: %v", err)
	}
	m.options = compiler.Options{Version: v, Filename: req.GetFilename(), Optimize: int(req.GetOptimize())}
	if err := m.options.Check(); err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "optimize: %v", err)
	}
	if !slices.Contains(s.config.Versions, v) {
		return nil, status.Errorf(codes.FailedPrecondition, "this server does not compile for Python %v, but for %v", v, s.config.Versions)
	}
	return m, checkHeader(req.GetHeader())
}

func checkHeader(h *compilev1.Header) error {
	mode := h.GetMode()
	if _, known := compilev1.InvalidationMode_name[int32(mode)]; !known {
		return status.Errorf(codes.InvalidArgument, "header.mode %d is not known", mode)
	}
	if h.GetSourceMtimeSeconds() != 0 && mode != compilev1.InvalidationMode_INVALIDATION_MODE_TIMESTAMP {
		return status.Errorf(codes.InvalidArgument, "header.source_mtime_seconds is set, but header.mode is %v", mode)
	}
	return nil
}
