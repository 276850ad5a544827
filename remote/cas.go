package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/client"
	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/internal/dial"
)

// A CAS is the content-addressable storage of a REAPI server. It is safe for
// concurrent use.
type CAS struct{ client *client.Client }

// OpenCAS returns the storage at an address. The server need not be there: the
// errors are about the configuration. A call takes at most the timeout, and is
// made again after failures that may pass.
func OpenCAS(ctx context.Context, address string, config dial.Config, timeout time.Duration) (*CAS, error) {
	c, err := newClient(ctx, address, config, timeout, casAttempts)
	if err != nil {
		return nil, err
	}
	return &CAS{c}, nil
}

// casAttempts is how often a call is made that fails.
const casAttempts = 3

// Close ends the connection.
func (c *CAS) Close() error { return c.client.Close() }

// Get returns the blob with a SHA-256, in lower-case hexadecimal digits, and a
// size in bytes. Its digest has been checked. The error wraps fs.ErrNotExist if
// the storage does not have it.
func (c *CAS) Get(ctx context.Context, hash string, size int64) ([]byte, error) {
	d, err := digest.New(hash, size)
	if err != nil {
		return nil, err
	}
	blobs, err := readBlobs(ctx, c.client, []digest.Digest{d})
	if status.Code(err) == codes.NotFound {
		return nil, errors.Join(err, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("reading blob %v: %w", d, err)
	}
	return blobs[d], nil
}

// Put keeps a blob and returns its SHA-256.
func (c *CAS) Put(ctx context.Context, blob []byte) (hash string, err error) {
	d := digest.NewFromBlob(blob)
	if err := writeBlobs(ctx, c.client, map[digest.Digest][]byte{d: blob}); err != nil {
		return "", fmt.Errorf("writing blob %v: %w", d, err)
	}
	return d.Hash, nil
}
