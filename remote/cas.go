package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/client"
	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/internal/dial"
)

// CASConfig says where a CAS is.
type CASConfig struct {
	Address string
	Dial    dial.Config
	// Timeout is the longest time that a blob may take to be kept.
	Timeout time.Duration
	// ReadOnly says not to write.
	ReadOnly bool
	Log      *slog.Logger
}

// A CAS is the content-addressable storage of a REAPI server. It is safe for
// concurrent use. A server that fails to keep blobs is left alone for a while.
type CAS struct {
	client   *client.Client
	log      *slog.Logger
	timeout  time.Duration
	readOnly atomic.Bool
	writes   breaker
}

// OpenCAS returns the storage at an address. The server need not be there: the
// errors are about the configuration.
func OpenCAS(ctx context.Context, config CASConfig) (*CAS, error) {
	c, err := newClient(ctx, config.Address, config.Dial, casCallTimeout, casAttempts)
	if err != nil {
		return nil, err
	}
	log := config.Log.With("store", "blobs")
	cas := &CAS{client: c, log: log, timeout: config.Timeout, writes: breaker{log: log}}
	cas.readOnly.Store(config.ReadOnly)
	return cas, nil
}

const (
	casCallTimeout = 30 * time.Second
	casAttempts    = 3 // of a call that fails
)

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

// Put keeps a blob, unless it is there, and returns its SHA-256. If it fails
// because the server does, the log has it, but not for each blob.
func (c *CAS) Put(ctx context.Context, blob []byte) (hash string, err error) {
	d := digest.NewFromBlob(blob)
	if !c.writes.allow() {
		return "", errAway
	}
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err = c.put(limited, d, blob)
	switch {
	case err == nil, errors.Is(err, errReadOnly):
		c.writes.succeed()
	case refuses(err):
		c.writes.succeed()
		if c.readOnly.CompareAndSwap(false, true) {
			c.log.Info("the server takes no blobs; only reading from it", "error", err)
		}
	case ctx.Err() != nil:
		c.writes.forget()
	default:
		c.writes.fail(err)
	}
	if err != nil {
		return "", fmt.Errorf("writing blob %v: %w", d, err)
	}
	return d.Hash, nil
}

// Why blobs are not kept without a call to the server.
var (
	errAway     = errors.New("the server has failed and is left alone for a while")
	errReadOnly = errors.New("the server is only read from, and does not have it")
)

func (c *CAS) put(ctx context.Context, d digest.Digest, blob []byte) error {
	missing, err := c.client.MissingBlobs(ctx, []digest.Digest{d})
	if err != nil || len(missing) == 0 {
		return err
	}
	if c.readOnly.Load() {
		return errReadOnly
	}
	return writeBlobs(ctx, c.client, map[digest.Digest][]byte{d: blob})
}
