package disk

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rules-pyc/rules_pyc/cache"
)

// The size of the folder is known without listing it, by any number of
// processes and without a lock: it is the length of the file "size", in blocks.
// Who writes files appends as many bytes as they have blocks. Who finds the
// file too long collects: lists the folder, removes what was not used for the
// longest time, and cuts the file to the length that is right. What others
// append meanwhile is lost, until the next collection counts it.
const (
	sizeFile  = "size"
	lockFile  = "collecting"
	blockSize = 4096 // bytes, the unit in which file systems give room
)

func blocks(n int64) int64 { return (n + blockSize - 1) / blockSize }

// grow notes that n bytes have been written, and makes room if there are too
// many.
func (s *Store) grow(n int64) error {
	f, err := os.OpenFile(filepath.Join(s.dir, sizeFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, blocks(n)))
	info, statErr := f.Stat()
	if err := errors.Join(err, statErr, f.Close()); err != nil {
		return err
	}
	if info.Size()*blockSize <= s.limit {
		return nil
	}
	return s.collect()
}

// stale is the age of a lock or a temporary file that nobody works on any more.
const stale = 10 * time.Minute

// collect removes files until the folder has nine tenths of its size. Of
// several processes one does it.
func (s *Store) collect() error {
	lock := filepath.Join(s.dir, lockFile)
	now := time.Now() //nolint:forbidigo // to be compared with the times of files
	if info, err := os.Stat(lock); err == nil && now.Sub(info.ModTime()) > stale {
		_ = os.Remove(lock) // if it fails, so does the next line
	}
	f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	used, err := s.shrink(s.limit-s.limit/10, now)
	if err == nil {
		err = os.Truncate(filepath.Join(s.dir, sizeFile), blocks(used))
	}
	return errors.Join(err, f.Close(), os.Remove(lock))
}

// A candidate is a file that may be removed.
type candidate struct {
	path string
	size int64 // in whole blocks
	used time.Time
}

// shrink removes the files that were used least recently until at most limit
// bytes are left, and returns how many are.
func (s *Store) shrink(limit int64, now time.Time) (used int64, err error) {
	files, err := s.list(now)
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		used += f.size
	}
	slices.SortFunc(files, func(a, b candidate) int {
		return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.path, b.path))
	})
	for _, f := range files {
		if used <= limit {
			break
		}
		if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return used, err
		}
		s.stats.Add(cache.Event{Store: Name, Kind: cache.Evicted})
		used -= f.size
	}
	return used, nil
}

// list lists the files that may be removed, and removes temporary files that
// were left behind.
func (s *Store) list(now time.Time) ([]candidate, error) {
	var files []candidate
	for _, kind := range []string{"ac", "cas"} {
		err := filepath.WalkDir(filepath.Join(s.dir, kind), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // it has been removed, or there is none of that kind yet
			}
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case strings.HasPrefix(d.Name(), tempPrefix):
				if now.Sub(info.ModTime()) > stale {
					return os.Remove(path)
				}
				return nil
			}
			files = append(files, candidate{path, blocks(info.Size()) * blockSize, info.ModTime()})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
