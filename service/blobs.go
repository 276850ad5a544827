package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

// Blobs is a content-addressable storage: it keeps blobs under the SHA-256 of
// their content. Its methods are called from several goroutines at once.
type Blobs interface {
	// Get returns the blob with a hash, in lower-case hexadecimal digits, and
	// a length in bytes. What it returns has that hash and length. The error
	// wraps fs.ErrNotExist if the storage does not have the blob.
	Get(ctx context.Context, hash string, size int64) ([]byte, error)
	// Put keeps a blob and returns its hash.
	Put(ctx context.Context, blob []byte) (hash string, err error)
}

var sha256Digits = regexp.MustCompile(`^[0-9a-f]{64}$`)

// fetch returns the blob that a client names. The limit is the greatest length
// that is fetched, and what says so in the refusal.
func (s *Server) fetch(ctx context.Context, d *compilev1.Digest, limit int64, name string) ([]byte, error) {
	if s.config.Blobs == nil {
		return nil, status.Error(codes.FailedPrecondition,
			"a digest is given, but the server has no content-addressable storage (--cas)")
	}
	if !sha256Digits.MatchString(d.GetHash()) || d.GetSizeBytes() < 0 {
		return nil, status.Errorf(codes.InvalidArgument,
			"digest %.80q/%d is not a SHA-256 in 64 lower-case hexadecimal digits with a size", d.GetHash(), d.GetSizeBytes())
	}
	if d.GetSizeBytes() > limit {
		return nil, status.Errorf(codes.ResourceExhausted, "digest %s/%d is longer than %d bytes, the limit (%s)",
			d.GetHash(), d.GetSizeBytes(), limit, name)
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Limits.Duration)
	defer cancel()
	blob, err := s.config.Blobs.Get(ctx, d.GetHash(), d.GetSizeBytes())
	switch {
	case err == nil:
		return blob, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, status.Errorf(codes.NotFound, "the content-addressable storage does not have %s/%d", d.GetHash(), d.GetSizeBytes())
	}
	s.log.WarnContext(ctx, "a blob could not be read", "error", err)
	return nil, status.Errorf(codes.Unavailable, "reading %s/%d: %v", d.GetHash(), d.GetSizeBytes(), err)
}

// store keeps a blob if there is a storage, and returns its digest. A storage
// that fails costs the digest and nothing else.
func (s *Server) store(ctx context.Context, blob []byte) *compilev1.Digest {
	if s.config.Blobs == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Limits.Duration)
	defer cancel()
	hash, err := s.config.Blobs.Put(ctx, blob)
	if err != nil {
		// For each result: a storage says itself, once, that it fails.
		s.log.DebugContext(ctx, "a blob could not be stored", "error", fmt.Errorf("storing %d bytes: %w", len(blob), err))
		return nil
	}
	return &compilev1.Digest{Hash: hash, SizeBytes: int64(len(blob))}
}
