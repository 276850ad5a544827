// Package disk keeps compiled modules in a folder of this machine.
//
// The folder may be used by any number of processes at once, and a process may
// be killed at any time: a file is written under a temporary name and renamed,
// and what is read is checked. There are two kinds of files, as in REAPI:
//
//	cas/XX/HASH   a file of an entry, named by the SHA-256 of its bytes
//	ac/XX/HASH    an entry, named by its key: the SHA-256 of the rest, and an
//	              ActionResult message that lists the files
//
// XX are the first two digits of the hash. Files that are not used make room
// for others when the folder has grown beyond its size; see collect.
//
// Whoever may write to the folder can put code into what its readers build. It
// is made for its owner alone.
package disk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"

	"github.com/rules-pyc/rules_pyc/cache"
)

// Name is the name of the store.
const Name = "disk"

// A Store is a cache.Store in a folder.
type Store struct {
	dir   string
	limit int64 // bytes
	log   *slog.Logger
	stats *cache.Stats
	once  sync.Once // for the log
}

// Open returns a store in a folder, which is made if it is not there. It keeps
// the folder's size near or below limit, in bytes.
func Open(dir string, limit int64, log *slog.Logger, stats *cache.Stats) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening cache: %w", err)
	}
	// Others may not look into a folder of ours, but one that is there may be
	// shared on purpose.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening cache: %w", err)
	}
	if limit < minLimit {
		return nil, fmt.Errorf("opening cache: a size of %d bytes is too small: at least %d are needed", limit, minLimit)
	}
	return &Store{dir: dir, limit: limit, log: log, stats: stats}, nil
}

// minLimit is the smallest size of a store in bytes: room for a few large
// modules.
const minLimit = 1 << 20

// Name returns Name.
func (s *Store) Name() string { return Name }

// Close has nothing to do: nothing is written late.
func (s *Store) Close(context.Context) {}

// Get returns the entry of a key, or nil.
func (s *Store) Get(_ context.Context, k *cache.Key) *cache.Entry {
	e, err := s.get(k)
	switch {
	case err == nil:
		return e
	case errors.Is(err, fs.ErrNotExist):
		s.stats.Add(k.Event(Name, cache.Miss))
	case errors.As(err, new(*damage)):
		s.stats.Add(k.Event(Name, cache.Corrupt))
		s.log.Warn("a cache entry is damaged and is not used", "store", Name, "folder", s.dir, "entry", k.Digest.String(), "error", err)
	default:
		s.failed(k, "reading", err)
	}
	return nil
}

// failed notes that something could not be done. The log has the first: the
// others are of the same kind, such as a disk that is full.
func (s *Store) failed(k *cache.Key, doing string, err error) {
	s.stats.Add(k.Event(Name, cache.Failed))
	s.once.Do(func() {
		s.log.Warn("the cache on disk failed; this is said once", "store", Name, "folder", s.dir, "doing", doing, "error", err)
	})
}

// damage is what is wrong with a file.
type damage struct{ error }

func (d *damage) Unwrap() error { return d.error }

func damaged(path, format string, args ...any) error {
	return &damage{fmt.Errorf("%s: %w", path, fmt.Errorf(format, args...))}
}

func (s *Store) get(k *cache.Key) (*cache.Entry, error) {
	path := s.path("ac", k.Digest.Hash)
	result, err := readResult(path)
	if err != nil {
		return nil, err
	}
	digests, err := cache.Listed(result)
	if err != nil {
		return nil, damaged(path, "%w", err)
	}
	e := &cache.Entry{}
	for i, d := range digests {
		data, err := s.read(d)
		if err != nil {
			return nil, err
		}
		e.Files = append(e.Files, cache.File{Path: result.GetOutputFiles()[i].GetPath(), Data: data})
	}
	touch(path)
	return e, nil
}

// readResult reads an entry, without its files.
func readResult(path string) (*repb.ActionResult, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(data) < sha256.Size {
		return nil, damaged(path, "it has only %d bytes", len(data))
	}
	sum, text := data[:sha256.Size], data[sha256.Size:]
	if want := sha256.Sum256(text); !bytes.Equal(sum, want[:]) {
		return nil, damaged(path, "it does not have the hash that it says")
	}
	result := &repb.ActionResult{}
	if err := proto.Unmarshal(text, result); err != nil {
		return nil, damaged(path, "%w", err)
	}
	return result, nil
}

// read reads a file of an entry.
func (s *Store) read(d digest.Digest) ([]byte, error) {
	path := s.path("cas", d.Hash)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if got := digest.NewFromBlob(data); got != d {
		return nil, damaged(path, "it holds %v, not %v", got, d)
	}
	touch(path)
	return data, nil
}

// fresh is the age at which a file's time is brought up to date when the file
// is used: hits should not all write to the disk.
const fresh = time.Hour

// touch notes that a file has been used. If that fails, it is removed sooner.
func touch(path string) {
	now := time.Now() //nolint:forbidigo // for the order in which files are removed only
	if info, err := os.Stat(path); err == nil && now.Sub(info.ModTime()) > fresh {
		_ = os.Chtimes(path, now, now)
	}
}

// Put keeps an entry. Its files are written first, so that an entry that is
// there has them.
func (s *Store) Put(_ context.Context, k *cache.Key, e *cache.Entry) {
	if err := s.put(k, e); err != nil {
		s.failed(k, "writing", err)
		return
	}
	s.stats.Add(k.Event(Name, cache.Stored))
}

func (s *Store) put(k *cache.Key, e *cache.Entry) error {
	var written int64
	for _, f := range e.Files {
		n, err := s.write(s.path("cas", digest.NewFromBlob(f.Data).Hash), f.Data)
		if err != nil {
			return err
		}
		written += n
	}
	text, err := proto.Marshal(e.Result())
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	n, err := s.write(s.path("ac", k.Digest.Hash), append(sum[:], text...))
	if err != nil {
		return err
	}
	return s.grow(written + n)
}

// write writes a file whole or not at all and returns how many bytes it takes.
func (s *Store) write(path string, data []byte) (int64, error) {
	f, err := createTemp(filepath.Dir(path))
	if err != nil {
		return 0, err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return 0, errors.Join(err, os.Remove(f.Name()))
	}
	return blocks(int64(len(data))) * blockSize, nil
}

// tempPrefix is what temporary names begin with.
const tempPrefix = "tmp-"

// serial tells apart the temporary files of one process.
var serial atomic.Uint64

// createTemp differs from os.CreateTemp in the mode, which is that of the
// user's other files, and in making the folder.
func createTemp(dir string) (*os.File, error) {
	for {
		name := fmt.Sprintf("%s%d-%d", tempPrefix, os.Getpid(), serial.Add(1))
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return nil, err
			}
		case !errors.Is(err, fs.ErrExist):
			return f, err
		}
	}
}

func (s *Store) path(kind, hash string) string { return filepath.Join(s.dir, kind, hash[:2], hash) }
