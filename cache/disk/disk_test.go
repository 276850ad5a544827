package disk_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/cache"
	"github.com/rules-pyc/rules_pyc/cache/disk"
	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestMain is also the process that TestProcesses starts.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DISK_TEST_DIR"); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

// A rig is a store with what it says and counts.
type rig struct {
	*disk.Store
	dir   string
	log   *bytes.Buffer
	stats *cache.Stats
}

func open(t *testing.T, dir string, limit int64) *rig {
	t.Helper()
	r := &rig{dir: dir, log: &bytes.Buffer{}, stats: &cache.Stats{}}
	s, err := disk.Open(dir, limit, slog.New(slog.NewTextHandler(r.log, nil)), r.stats)
	if err != nil {
		t.Fatal(err)
	}
	r.Store = s
	return r
}

func key(n int) *cache.Key {
	k, err := cache.NewKey(fmt.Appendf(nil, "x = %d\n", n), compiler.Options{Version: pyver.Default, Filename: "a.py"}, "test")
	if err != nil {
		panic(err)
	}
	return k
}

// diff compares entries. Of files that differ it does not look for the place,
// which takes long.
func diff(want, got *cache.Entry) string {
	return cmp.Diff(want, got, cmp.Comparer(bytes.Equal))
}

// entry returns an entry of about size bytes.
func entry(n, size int) *cache.Entry {
	return &cache.Entry{Files: []cache.File{
		{Path: "module.pyc", Data: bytes.Repeat([]byte{byte(n), byte(n >> 8)}, size/2)},
		{Path: "module.warnings.json", Data: []byte("[]")},
	}}
}

// files lists the files of a kind below the folder.
func (r *rig) files(t *testing.T, kind string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(filepath.Join(r.dir, kind), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPutAndGet(t *testing.T) {
	r := open(t, filepath.Join(t.TempDir(), "new", "folder"), 1<<30)
	if e := r.Get(t.Context(), key(1)); e != nil {
		t.Fatalf("an empty store has %v", e)
	}
	r.Put(t.Context(), key(1), entry(1, 1000))
	r.Put(t.Context(), key(2), entry(1, 1000)) // the same files
	again := open(t, r.dir, 1<<30)
	for _, k := range []int{1, 2} {
		if d := diff(entry(1, 1000), again.Get(t.Context(), key(k))); d != "" {
			t.Errorf("(-put +got):\n%s", d)
		}
	}
	if n := len(r.files(t, "cas")); n != 2 {
		t.Errorf("two entries with the same files take %d files, want 2", n)
	}
	info, err := os.Stat(r.dir)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the folder's mode is %v (%v), want 0700", info.Mode(), err)
	}
	if r.log.Len()+again.log.Len() > 0 {
		t.Errorf("the log is not empty: %s%s", r.log, again.log)
	}
}

// TestDamage damages files on disk in ways that happen: the entry is not there
// then, and the log says why unless the file has just gone.
func TestDamage(t *testing.T) {
	truncate := func(n int64) func(string) error {
		return func(path string) error { return os.Truncate(path, n) }
	}
	flip := func(path string) error {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data[len(data)-1] ^= 1
		return os.WriteFile(path, data, 0o600)
	}
	for _, test := range []struct {
		name, kind string
		damage     func(path string) error
		logged     bool
	}{
		{"entry is empty", "ac", truncate(0), true},
		{"entry is cut", "ac", truncate(40), true},
		{"entry is cut in its hash", "ac", truncate(10), true},
		{"entry has another bit", "ac", flip, true},
		{"entry is gone", "ac", os.Remove, false},
		{"file is empty", "cas", truncate(0), true},
		{"file is cut", "cas", truncate(1), true},
		{"file has another bit", "cas", flip, true},
		{"file is gone", "cas", os.Remove, false},
		{"file has become a folder", "cas", func(path string) error {
			return cmpOr(os.Remove(path), os.Mkdir(path, 0o755))
		}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := open(t, t.TempDir(), 1<<30)
			r.Put(t.Context(), key(1), entry(1, 1000))
			for _, path := range r.files(t, test.kind) {
				if err := test.damage(path); err != nil {
					t.Fatal(err)
				}
			}
			if e := r.Get(t.Context(), key(1)); e != nil {
				t.Errorf("got an entry: %v", e)
			}
			if got := r.log.Len() > 0; got != test.logged {
				t.Errorf("the log is %q", r.log)
			}
			if test.name == "file has become a folder" {
				return // nothing takes its place
			}
			r.Put(t.Context(), key(1), entry(1, 1000))
			if d := diff(entry(1, 1000), r.Get(t.Context(), key(1))); d != "" {
				t.Errorf("the entry was not replaced (-put +got):\n%s", d)
			}
		})
	}
}

func cmpOr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// used is the sum of the sizes of the files in bytes.
func (r *rig) used(t *testing.T) int64 {
	t.Helper()
	var sum int64
	for _, kind := range []string{"ac", "cas"} {
		for _, path := range r.files(t, kind) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			sum += info.Size()
		}
	}
	return sum
}

// TestSize writes ten times what the store may hold. What is used in between
// stays.
func TestSize(t *testing.T) {
	const limit = 2 << 20
	r := open(t, t.TempDir(), limit)
	for i := range 60 {
		r.Put(t.Context(), key(i), entry(i, 100_000))
		if used := r.used(t); used > limit {
			t.Fatalf("after %d entries the store has %d bytes; it may have %d", i+1, used, limit)
		}
		// The times of files are set as if there were minutes between.
		for kind, hash := range map[string]string{"ac": key(i).Digest.Hash} {
			path := filepath.Join(r.dir, kind, hash[:2], hash)
			age := time.Duration(100-i) * time.Minute
			if i == 0 {
				age = 0
			}
			if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if r.Get(t.Context(), key(59)) == nil {
		t.Error("the newest entry is gone")
	}
	if r.Get(t.Context(), key(1)) != nil {
		t.Error("the oldest entry is there")
	}
	if r.stats.Count("disk", cache.Evicted) == 0 || r.stats.Count("disk", cache.Stored) != 60 {
		t.Errorf("counts are %v", r.stats.Counts())
	}
	if r.log.Len() > 0 {
		t.Errorf("the log is not empty: %s", r.log)
	}
}

// TestUseKeeps reads an old entry: it outlives younger ones.
func TestUseKeeps(t *testing.T) {
	const limit = 1 << 20
	r := open(t, t.TempDir(), limit)
	for i := range 8 {
		r.Put(t.Context(), key(i), entry(i, 100_000))
	}
	for i, path := range append(r.files(t, "ac"), r.files(t, "cas")...) {
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-time.Duration(i+3)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if r.Get(t.Context(), key(0)) == nil {
		t.Fatal("the entry is gone too early")
	}
	for i := 8; i < 14; i++ {
		r.Put(t.Context(), key(i), entry(i, 100_000))
	}
	if r.Get(t.Context(), key(0)) == nil {
		t.Error("an entry that was used is gone")
	}
	if r.stats.Count("disk", cache.Evicted) == 0 {
		t.Error("nothing was removed")
	}
}

// TestLeftovers has a process that was killed leave files behind.
func TestLeftovers(t *testing.T) {
	r := open(t, t.TempDir(), 1<<20)
	for _, name := range []string{"cas/ab/tmp-1-1", "collecting"} {
		path := filepath.Join(r.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		hour := time.Now().Add(-time.Hour)
		if err := os.Chtimes(path, hour, hour); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 {
		r.Put(t.Context(), key(i), entry(i, 100_000))
	}
	if used := r.used(t); used > 1<<20 {
		t.Errorf("the store has %d bytes", used)
	}
	for _, name := range []string{"cas/ab/tmp-1-1", "collecting"} {
		if _, err := os.Stat(filepath.Join(r.dir, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
}

// TestUnwritable has a store that cannot be written to: this is said once.
func TestUnwritable(t *testing.T) {
	r := open(t, t.TempDir(), 1<<20)
	for _, kind := range []string{"ac", "cas"} {
		if err := os.WriteFile(filepath.Join(r.dir, kind), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		r.Put(t.Context(), key(i), entry(i, 100))
		if e := r.Get(t.Context(), key(i)); e != nil {
			t.Errorf("got an entry: %v", e)
		}
	}
	if n := strings.Count(r.log.String(), "\n"); n != 1 {
		t.Errorf("the log has %d lines, want one:\n%s", n, r.log)
	}
}

func TestOpenErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		dir   string
		limit int64
		want  string
	}{
		{file, 1 << 30, "file"},
		{filepath.Join(file, "below"), 1 << 30, "file"},
		{t.TempDir(), 100, "a size of 100 bytes is too small"},
	} {
		if _, err := disk.Open(test.dir, test.limit, slog.New(slog.DiscardHandler), &cache.Stats{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q in it", err, test.want)
		}
	}
}

// TestProcesses has several processes, some of which are killed, use one small
// folder at once. Nothing that is read is ever damaged.
func TestProcesses(t *testing.T) {
	dir := t.TempDir()
	var wait sync.WaitGroup
	for i := range 3 {
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Env = append(os.Environ(), "DISK_TEST_DIR="+dir)
		var stderr bytes.Buffer
		c.Stderr = &stderr
		stdout, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			if _, err := stdout.Read(make([]byte, 1)); err != nil {
				t.Errorf("process %d did not get to work: %v", i, err)
			}
			if i == 0 {
				_ = c.Process.Kill()
				_ = c.Wait()
				return
			}
			if err := c.Wait(); err != nil {
				t.Errorf("process %d: %v\n%s", i, err, &stderr)
			}
		})
	}
	wait.Wait()
	r := open(t, dir, 1<<20)
	for i := range 100 {
		e := r.Get(t.Context(), key(i))
		if e == nil {
			continue
		}
		if d := diff(entry(i, 50_000), e); d != "" {
			t.Errorf("entry %d differs (-put +got):\n%s", i, d)
		}
	}
	if n := r.stats.Count("disk", cache.Corrupt); n > 0 {
		t.Errorf("%d entries are damaged:\n%s", n, r.log)
	}
}

// child puts and gets entries, and reports by its exit code whether any was
// wrong.
func child(dir string) int {
	ctx, stats := context.Background(), &cache.Stats{}
	s, err := disk.Open(dir, 1<<20, slog.New(slog.NewTextHandler(os.Stderr, nil)), stats)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for round := range 100 {
		i := round * 7 % 100
		if e := s.Get(ctx, key(i)); e != nil && diff(e, entry(i, 50_000)) != "" {
			fmt.Fprintln(os.Stderr, "entry", i, "is wrong")
			return 1
		}
		s.Put(ctx, key(i), entry(i, 50_000))
		if round == 10 {
			fmt.Print(".")
		}
	}
	if stats.Count("disk", cache.Failed)+stats.Count("disk", cache.Corrupt) > 0 {
		fmt.Fprintln(os.Stderr, stats.Counts())
		return 1
	}
	return 0
}
