package service

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// recheck is how old the knowledge may be that files have not changed.
const recheck = time.Second

// A reloaded value comes from files that may be replaced while the process
// runs. Files that cannot be used are logged, and the value stays as it was.
type reloaded[T any] struct {
	paths []string
	parse func(contents [][]byte) (T, error)
	log   *slog.Logger

	mu      sync.Mutex
	value   T
	stamps  []stamp
	checked time.Time
}

// A stamp tells one state of a file from another.
type stamp struct {
	modified time.Time
	size     int64
}

// load reads the files for the first time.
func load[T any](log *slog.Logger, parse func(contents [][]byte) (T, error), paths ...string) (*reloaded[T], error) {
	r := &reloaded[T]{paths: paths, parse: parse, log: log, checked: time.Now()}
	var err error
	if r.stamps, err = r.look(); err != nil {
		return nil, err
	}
	r.value, err = r.read()
	return r, err
}

// get returns the value.
func (r *reloaded[T]) get() T {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.checked) < recheck {
		return r.value
	}
	r.checked = time.Now()
	stamps, err := r.look()
	if err == nil && equal(stamps, r.stamps) {
		return r.value
	}
	var value T
	if err == nil {
		value, err = r.read()
	}
	if err != nil {
		r.log.Error("files have changed and cannot be used; what they were goes on to be used", "error", err)
		return r.value
	}
	r.value, r.stamps = value, stamps
	r.log.Info("files have changed and are used", "files", r.paths)
	return r.value
}

func (r *reloaded[T]) look() ([]stamp, error) {
	var all []stamp
	for _, path := range r.paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		all = append(all, stampOf(info))
	}
	return all, nil
}

func stampOf(info fs.FileInfo) stamp { return stamp{info.ModTime(), info.Size()} }

func equal(a, b []stamp) bool {
	for i := range a {
		if a[i].size != b[i].size || !a[i].modified.Equal(b[i].modified) {
			return false
		}
	}
	return true
}

func (r *reloaded[T]) read() (value T, err error) {
	var contents [][]byte
	for _, path := range r.paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return value, err
		}
		contents = append(contents, content)
	}
	if value, err = r.parse(contents); err != nil {
		return value, fmt.Errorf("reading %v: %w", r.paths, err)
	}
	return value, nil
}
