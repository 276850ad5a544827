package service

import (
	"context"

	"google.golang.org/protobuf/types/known/durationpb"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

// GetCapabilities returns what this server compiles, and its limits.
func (s *Server) GetCapabilities(context.Context, *compilev1.GetCapabilitiesRequest) (*compilev1.GetCapabilitiesResponse, error) {
	l := s.config.Limits
	resp := &compilev1.GetCapabilitiesResponse{
		Limits: &compilev1.Limits{
			MaxMessageBytes:  int64(l.MessageBytes),
			MaxSourceBytes:   int64(l.SourceBytes),
			MaxFilenameBytes: maxFilename,
			MaxBatchInFlight: number(l.BatchInFlight),
			MaxConcurrency:   number(l.Concurrency),
			MaxCalls:         number(l.Calls),
			MaxDuration:      durationpb.New(l.Duration),
		},
		Cas:           s.config.Blobs != nil,
		ServerVersion: s.config.Version,
	}
	for _, v := range s.config.Versions {
		resp.Versions = append(resp.GetVersions(), &compilev1.PythonVersion{Name: v.String(), Magic: uint32(v.Magic())})
	}
	return resp, nil
}
