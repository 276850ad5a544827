package remote

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/cache"
)

// Entries are written by goroutines of the store, several entries in one call,
// and nobody waits for it. What waits to be written is bounded; beyond that,
// entries are dropped.
const (
	uploaders     = 4
	maxWaiting    = 64 << 20 // bytes
	maxEntries    = 10_000
	entriesAtOnce = 100
	bytesAtOnce   = 3 << 20
	resultsAtOnce = 16
	writeTimeout  = 30 * time.Second // of one call
)

// An upload is an entry to be written.
type upload struct {
	key   *cache.Key
	entry *cache.Entry
	size  int64 // bytes
}

// uploads are the entries that wait to be written.
type uploads struct {
	queue  chan upload
	memory *semaphore.Weighted
	wait   sync.WaitGroup // for the goroutines that write

	mu     sync.Mutex
	closed bool

	ctx    context.Context // ends when nothing more is to be written
	cancel context.CancelFunc
}

func (s *Store) startUploads() {
	u := &s.uploads
	u.queue = make(chan upload, maxEntries)
	u.memory = semaphore.NewWeighted(maxWaiting)
	u.ctx, u.cancel = context.WithCancel(context.Background())
	for range uploaders {
		u.wait.Go(func() {
			for first := range u.queue {
				s.upload(u.more(first))
			}
		})
	}
}

// Put has an entry written.
func (s *Store) Put(_ context.Context, k *cache.Key, e *cache.Entry) {
	if s.readOnly.Load() {
		return
	}
	one := upload{key: k, entry: e, size: int64(len(k.Action) + len(k.Command))}
	for _, f := range e.Files {
		one.size += int64(len(f.Data))
	}
	if !s.uploads.add(one) {
		s.config.Stats.Add(k.Event(Name, cache.Dropped))
	}
}

func (u *uploads) add(one upload) bool {
	if !u.memory.TryAcquire(one.size) {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.closed {
		select {
		case u.queue <- one:
			return true
		default:
		}
	}
	u.memory.Release(one.size)
	return false
}

// more returns an upload and others that are waiting, to be written together.
func (u *uploads) more(first upload) []upload {
	all, size := []upload{first}, first.size
	for len(all) < entriesAtOnce && size < bytesAtOnce {
		select {
		case one, ok := <-u.queue:
			if !ok {
				return all
			}
			all, size = append(all, one), size+one.size
		default:
			return all
		}
	}
	return all
}

// upload writes entries.
func (s *Store) upload(all []upload) {
	defer func() {
		for _, one := range all {
			s.uploads.memory.Release(one.size)
		}
	}()
	if s.readOnly.Load() {
		return
	}
	if !s.reads.answers() || !s.writes.allow() {
		s.count(all, cache.Skipped)
		return
	}
	err := s.write(s.uploads.ctx, all)
	switch {
	case err == nil:
		s.writes.succeed()
		s.count(all, cache.Stored)
	case refuses(err):
		s.writes.succeed()
		if s.readOnly.CompareAndSwap(false, true) {
			s.log.Info("the server takes no entries; only reading from it", "error", err)
		}
	case s.uploads.ctx.Err() != nil:
		s.writes.forget()
		s.count(all, cache.Dropped)
	default:
		s.count(all, cache.Failed)
		s.writes.fail(err)
	}
}

// count counts what has happened to entries.
func (s *Store) count(all []upload, kind cache.Kind) {
	for _, one := range all {
		s.config.Stats.Add(one.key.Event(Name, kind))
	}
}

// refuses reports whether an error says that nothing may be written.
func refuses(err error) bool {
	switch status.Code(err) {
	case codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented:
		return true
	}
	return false
}

// write writes the files of entries, and the actions, as REAPI demands; then
// the entries.
func (s *Store) write(ctx context.Context, all []upload) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	blobs := map[digest.Digest][]byte{}
	for _, one := range all {
		blobs[one.key.Digest] = one.key.Action
		blobs[digest.NewFromBlob(one.key.Command)] = one.key.Command
		for _, f := range one.entry.Files {
			blobs[digest.NewFromBlob(f.Data)] = f.Data
		}
	}
	if err := writeBlobs(ctx, s.cas, blobs); err != nil {
		return fmt.Errorf("writing files: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(resultsAtOnce)
	for _, one := range all {
		group.Go(func() error {
			_, err := s.actions.UpdateActionResult(ctx, &repb.UpdateActionResultRequest{
				InstanceName: s.actions.InstanceName,
				ActionDigest: one.key.Digest.ToProto(),
				ActionResult: one.entry.Result(),
			})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("writing entries: %w", err)
	}
	return nil
}

// Close writes what waits to be written, but not beyond the end of the context,
// and ends the connection.
func (s *Store) Close(ctx context.Context) {
	u := &s.uploads
	u.mu.Lock()
	if !u.closed {
		u.closed = true
		close(u.queue)
	}
	u.mu.Unlock()
	stop := context.AfterFunc(ctx, u.cancel)
	u.wait.Wait()
	stop()
	u.cancel()
	err := s.cas.Close()
	if s.actions != s.cas {
		err = errors.Join(err, s.actions.Close())
	}
	if err != nil {
		s.log.Debug("closing the connection failed", "error", err)
	}
}

// CloseTimeout is a good time to wait for entries to be written at the end of
// a process.
const CloseTimeout = 5 * time.Second
