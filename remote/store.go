package remote

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/client"
	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/cache"
	"github.com/rules-pyc/rules_pyc/internal/dial"
)

// Name is the name of the store.
const Name = "remote"

// StoreConfig says where a Store keeps entries.
type StoreConfig struct {
	// CAS is the address of the server that keeps files; ActionCache that of
	// the server that keeps entries, or empty if it is the same one.
	CAS, ActionCache string
	Dial             dial.Config
	// Timeout is the longest time of a look-up. One that takes longer is a
	// miss.
	Timeout time.Duration
	// ReadOnly says not to write.
	ReadOnly bool
	Log      *slog.Logger
	Stats    *cache.Stats
}

// A Store is a cache.Store on a REAPI server. A server that fails is left
// alone for a while, so that compilations do not wait for it; one that refuses
// to be written to is only read from then on.
type Store struct {
	cas, actions *client.Client
	config       StoreConfig
	log          *slog.Logger
	reads        breaker
	writes       breaker // apart, since a server that is full still answers
	uploads      uploads

	mu      sync.Mutex
	checked bool // the servers have been asked what they can do

	readOnly atomic.Bool
}

// OpenStore returns a store. The server need not be there: the errors are about
// the configuration.
func OpenStore(ctx context.Context, config StoreConfig) (*Store, error) {
	cas, err := newClient(ctx, config.CAS, config.Dial, writeTimeout, 1)
	if err != nil {
		return nil, err
	}
	actions := cas
	if config.ActionCache != "" && config.ActionCache != config.CAS {
		actions, err = newClient(ctx, config.ActionCache, config.Dial, writeTimeout, 1)
		if err != nil {
			return nil, errors.Join(err, cas.Close())
		}
	}
	s := &Store{cas: cas, actions: actions, config: config, log: config.Log.With("store", Name)}
	s.reads = breaker{log: s.log.With("calls", "reads")}
	s.writes = breaker{log: s.log.With("calls", "writes")}
	s.readOnly.Store(config.ReadOnly)
	s.startUploads()
	return s, nil
}

// Name returns Name.
func (s *Store) Name() string { return Name }

// Get returns the entry of a key, or nil.
func (s *Store) Get(ctx context.Context, k *cache.Key) *cache.Entry {
	if !s.reads.allow() {
		s.config.Stats.Add(k.Event(Name, cache.Skipped))
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	e, err := s.get(limited, k)
	switch {
	case err == nil:
		s.reads.succeed()
		return e
	case status.Code(err) == codes.NotFound:
		s.reads.succeed()
		s.config.Stats.Add(k.Event(Name, cache.Miss))
	case errors.As(err, new(*damage)), errors.As(err, new(*wrongBlob)), cannotRead(err):
		s.reads.succeed()
		s.config.Stats.Add(k.Event(Name, cache.Corrupt))
		s.log.Warn("a cache entry is damaged and is not used", "entry", k.Digest.String(), "error", err)
	case ctx.Err() != nil:
		s.reads.forget()
	default:
		s.config.Stats.Add(k.Event(Name, cache.Failed))
		s.log.Debug("a look-up failed", "entry", k.Digest.String(), "error", err)
		s.reads.fail(err)
	}
	return nil
}

// cannotRead reports whether an error says that the server cannot make sense of
// what it has, though it answers.
func cannotRead(err error) bool {
	s, ok := status.FromError(err)
	return ok && (s.Code() == codes.DataLoss || s.Code() == codes.Unknown)
}

// damage is what is wrong with an entry.
type damage struct{ error }

func (d *damage) Unwrap() error { return d.error }

func (s *Store) get(ctx context.Context, k *cache.Key) (*cache.Entry, error) {
	if err := s.check(ctx); err != nil {
		return nil, err
	}
	result, err := s.actions.GetActionResult(ctx, &repb.GetActionResultRequest{
		InstanceName:      s.actions.InstanceName,
		ActionDigest:      k.Digest.ToProto(),
		InlineOutputFiles: cache.Files(),
	})
	if err != nil {
		return nil, fmt.Errorf("asking for an entry: %w", err)
	}
	return s.files(ctx, result)
}

// files gets the files that an action result lists and has not brought along.
func (s *Store) files(ctx context.Context, result *repb.ActionResult) (*cache.Entry, error) {
	digests, err := cache.Listed(result)
	if err != nil {
		return nil, &damage{err}
	}
	e := &cache.Entry{}
	var missing []digest.Digest
	for i, f := range result.GetOutputFiles() {
		e.Files = append(e.Files, cache.File{Path: f.GetPath(), Data: f.GetContents()})
		if digest.NewFromBlob(f.GetContents()) != digests[i] {
			missing = append(missing, digests[i])
		}
	}
	blobs, err := readBlobs(ctx, s.cas, missing)
	if err != nil {
		return nil, fmt.Errorf("reading a file of an entry: %w", err)
	}
	for i, d := range digests {
		if data, ok := blobs[d]; ok {
			e.Files[i].Data = data
		}
	}
	return e, nil
}

// check asks the servers once whether they are what they are taken for.
func (s *Store) check(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.checked {
		return nil
	}
	for _, c := range []*client.Client{s.cas, s.actions} {
		caps, err := c.GetCapabilities(ctx)
		if err != nil {
			return fmt.Errorf("asking for capabilities: %w", err)
		}
		if err := digest.CheckCapabilities(caps); err != nil {
			return fmt.Errorf("the server is of no use: %w", err)
		}
		setLimits(c, caps)
	}
	s.checked = true
	return nil
}
