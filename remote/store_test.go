package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/cache"
	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/dial"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/remote"
)

// A rig is a store with what it says and counts.
type rig struct {
	*remote.Store
	stats *cache.Stats
	log   *lockedBuffer
}

// lockedBuffer is a log that goroutines write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func openStore(t *testing.T, address string, edit func(*remote.StoreConfig)) *rig {
	t.Helper()
	r := &rig{stats: &cache.Stats{}, log: &lockedBuffer{}}
	c := remote.StoreConfig{
		CAS: address, Timeout: 10 * time.Second, Dial: dial.Config{UserAgent: "test/1"},
		Log: slog.New(slog.NewTextHandler(r.log, nil)), Stats: r.stats,
	}
	if edit != nil {
		edit(&c)
	}
	s, err := remote.OpenStore(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	r.Store = s
	t.Cleanup(r.end)
	return r
}

// end has everything written.
func (r *rig) end() { r.Close(context.Background()) }

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

// entry returns an entry of about size bytes, with warnings.
func entry(n, size int) *cache.Entry {
	return &cache.Entry{Files: []cache.File{
		{Path: "module.pyc", Data: bytes.Repeat([]byte{byte(n), byte(n >> 8), 1, 2}, size/4)},
		{Path: "module.warnings.json", Data: fmt.Appendf(nil, "[%d]", n)},
	}}
}

func (r *rig) wantCounts(t *testing.T, want map[cache.Kind]uint64) {
	t.Helper()
	got := map[cache.Kind]uint64{}
	for _, c := range r.stats.Counts() {
		got[c.Kind] += c.N
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestPutAndGet(t *testing.T) {
	for _, test := range []struct {
		name   string
		limit  int64 // of batches
		inline bool
		stream bool // whether blobs are streamed
	}{
		{name: "no limit"},
		{name: "small limit", limit: 100_000},
		{name: "tiny limit", limit: 3_000, stream: true},
		{name: "inline", inline: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := startServer(t)
			s.caps.CacheCapabilities.MaxBatchTotalSizeBytes = test.limit
			s.inline = test.inline
			first := openStore(t, s.address, nil)
			if e := first.Get(t.Context(), key(0)); e != nil {
				t.Fatalf("an empty server has %v", e)
			}
			const n = 150
			for i := range n {
				first.Put(t.Context(), key(i), entry(i, 8_000))
			}
			first.end()
			first.wantCounts(t, map[cache.Kind]uint64{cache.Miss: 1, cache.Stored: n})
			second := openStore(t, s.address, nil)
			for i := range n {
				if d := diff(entry(i, 8_000), second.Get(t.Context(), key(i))); d != "" {
					t.Fatalf("entry %d (-put +got):\n%s", i, d)
				}
			}
			if got := s.count("Write") > 0; got != test.stream {
				t.Errorf("blobs were streamed: %v, want %v", got, test.stream)
			}
			if test.inline && s.count("BatchReadBlobs") > 0 {
				t.Error("files were read that had come along")
			}
			if first.log.String()+second.log.String() != "" {
				t.Errorf("the log is not empty: %s%s", first.log, second.log)
			}
		})
	}
}

// TestLarge has an entry that no message holds.
func TestLarge(t *testing.T) {
	s := startServer(t)
	first := openStore(t, s.address, nil)
	first.Put(t.Context(), key(1), entry(1, 20<<20))
	first.end()
	if d := diff(entry(1, 20<<20), openStore(t, s.address, nil).Get(t.Context(), key(1))); d != "" {
		t.Error("the entry differs")
	}
}

// TestTwoServers keeps entries on one server and files on another.
func TestTwoServers(t *testing.T) {
	files, entries := startServer(t), startServer(t)
	split := func(c *remote.StoreConfig) { c.ActionCache = entries.address }
	// The action is a file like any other; a server of entries alone does not
	// look for it.
	entries.blobs = files.blobs
	first := openStore(t, files.address, split)
	first.Put(t.Context(), key(1), entry(1, 1000))
	first.end()
	if files.count("UpdateActionResult") > 0 || entries.count("BatchUpdateBlobs") > 0 {
		t.Error("the servers were mixed up")
	}
	if d := diff(entry(1, 1000), openStore(t, files.address, split).Get(t.Context(), key(1))); d != "" {
		t.Errorf("(-put +got):\n%s", d)
	}
}

// TestDamage changes what the server has.
func TestDamage(t *testing.T) {
	for _, test := range []struct {
		name   string
		inline bool
		edit   func(s *server, r *repb.ActionResult)
		want   map[cache.Kind]uint64
	}{
		{"truncated blob", false, func(s *server, r *repb.ActionResult) {
			d := r.GetOutputFiles()[0].GetDigest().GetHash()
			s.blobs[d] = s.blobs[d][:10]
		}, map[cache.Kind]uint64{cache.Corrupt: 1}},
		{"truncated inline file", true, func(s *server, r *repb.ActionResult) {
			d := r.GetOutputFiles()[0].GetDigest().GetHash()
			s.blobs[d] = s.blobs[d][:10]
		}, map[cache.Kind]uint64{cache.Corrupt: 1}},
		{"blob is gone", false, func(s *server, r *repb.ActionResult) {
			delete(s.blobs, r.GetOutputFiles()[0].GetDigest().GetHash())
		}, map[cache.Kind]uint64{cache.Miss: 1}},
		{"no digest", false, func(_ *server, r *repb.ActionResult) { r.OutputFiles[0].Digest = nil }, map[cache.Kind]uint64{cache.Corrupt: 1}},
		{"digest that is none", false, func(_ *server, r *repb.ActionResult) { r.OutputFiles[0].Digest.Hash = "../../x" }, map[cache.Kind]uint64{cache.Corrupt: 1}},
		{"a terabyte", false, func(_ *server, r *repb.ActionResult) { r.OutputFiles[0].Digest.SizeBytes = 1 << 40 }, map[cache.Kind]uint64{cache.Corrupt: 1}},
		{"no files", false, func(_ *server, r *repb.ActionResult) { r.OutputFiles = nil }, map[cache.Kind]uint64{cache.Corrupt: 1}},
		{"another file", false, func(_ *server, r *repb.ActionResult) { r.OutputFiles[0].Path = "x" }, map[cache.Kind]uint64{cache.Corrupt: 1}},
		{"the file twice", false, func(_ *server, r *repb.ActionResult) { r.OutputFiles[1].Path = r.OutputFiles[0].GetPath() }, map[cache.Kind]uint64{cache.Corrupt: 1}},
		{"a failure", false, func(_ *server, r *repb.ActionResult) { r.ExitCode = 1 }, map[cache.Kind]uint64{cache.Corrupt: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := startServer(t)
			first := openStore(t, s.address, nil)
			first.Put(t.Context(), key(1), entry(1, 1000))
			first.end()
			s.inline = test.inline
			test.edit(s, s.results[key(1).Digest.Hash])
			r := openStore(t, s.address, nil)
			if e := r.Get(t.Context(), key(1)); e != nil {
				t.Errorf("got %v", e)
			}
			r.wantCounts(t, test.want)
			if logged := strings.Contains(r.log.String(), "damaged"); logged != (test.want[cache.Corrupt] > 0) {
				t.Errorf("the log is %q", r.log)
			}
			r.Put(t.Context(), key(1), entry(1, 1000))
			r.end()
			if d := diff(entry(1, 1000), openStore(t, s.address, nil).Get(t.Context(), key(1))); d != "" {
				t.Errorf("the entry was not replaced (-put +got):\n%s", d)
			}
		})
	}
}

// TestDown has nobody at the address.
func TestDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "grpc://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r := openStore(t, address, nil)
	for i := range 50 {
		if e := r.Get(t.Context(), key(i)); e != nil {
			t.Errorf("got %v", e)
		}
		r.Put(t.Context(), key(i), entry(i, 100))
	}
	r.end()
	if n := r.stats.Count(remote.Name, cache.Failed); n < 3 || n > 6 {
		t.Errorf("%d calls failed; the store is to give up after a few", n)
	}
	if n := strings.Count(r.log.String(), "the server fails"); n < 1 || n > 2 || strings.Count(r.log.String(), "\n") != n {
		t.Errorf("the log is to have a line for reads, and one for writes at most:\n%s", r.log)
	}
}

// TestHangs has a server that takes calls and does not answer them. Look-ups
// wait for their time limit, but not each one, and the end waits for its own.
func TestHangs(t *testing.T) {
	s := startServer(t)
	s.setFault(func(ctx context.Context, _ string) error {
		<-ctx.Done()
		return ctx.Err()
	})
	r := openStore(t, s.address, func(c *remote.StoreConfig) { c.Timeout = 50 * time.Millisecond })
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := range 20 {
				r.Get(t.Context(), key(i))
			}
		})
	}
	wait.Wait()
	if n := r.stats.Count(remote.Name, cache.Failed); n > 8+3 {
		t.Errorf("%d look-ups waited for the server, want those under way when it was given up", n)
	}
	r.Put(t.Context(), key(1), entry(1, 100))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	r.Close(ctx) // the test's own time limit shows that it ends
}

// TestReadOnly has a server that lets nobody write.
func TestReadOnly(t *testing.T) {
	for _, code := range []codes.Code{codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented} {
		t.Run(code.String(), func(t *testing.T) {
			s := startServer(t)
			first := openStore(t, s.address, nil)
			first.Put(t.Context(), key(1), entry(1, 100))
			first.end()
			s.setFault(func(_ context.Context, method string) error {
				if strings.Contains(method, "Update") || method == "Write" {
					return status.Error(code, "not for you")
				}
				return nil
			})
			before := s.count("BatchUpdateBlobs")
			r := openStore(t, s.address, nil)
			for i := range 5_000 {
				r.Put(t.Context(), key(i), entry(i, 100))
			}
			if r.Get(t.Context(), key(1)) == nil {
				t.Error("an entry that is there was not read")
			}
			r.end()
			if n := s.count("BatchUpdateBlobs") - before; n > 8 {
				t.Errorf("it was tried %d times", n)
			}
			if n := strings.Count(r.log.String(), "\n"); n != 1 || !strings.Contains(r.log.String(), "only reading") {
				t.Errorf("the log is:\n%s", r.log)
			}
		})
	}
	t.Run("asked for", func(t *testing.T) {
		s := startServer(t)
		r := openStore(t, s.address, func(c *remote.StoreConfig) { c.ReadOnly = true })
		r.Put(t.Context(), key(1), entry(1, 100))
		r.end()
		if len(s.blobs) > 0 {
			t.Error("something was written")
		}
	})
}

// TestFull has a server that takes nothing more, but answers.
func TestFull(t *testing.T) {
	s := startServer(t)
	first := openStore(t, s.address, nil)
	first.Put(t.Context(), key(1), entry(1, 100))
	first.end()
	s.setFault(func(_ context.Context, method string) error {
		if method == "BatchUpdateBlobs" {
			return status.Error(codes.ResourceExhausted, "full")
		}
		return nil
	})
	r := openStore(t, s.address, nil)
	for i := range 100 {
		r.Put(t.Context(), key(i), entry(i, 1_000_000))
		if r.Get(t.Context(), key(1)) == nil {
			t.Fatal("an entry that is there was not read")
		}
	}
	r.end()
	if r.stats.Count(remote.Name, cache.Stored) > 0 || strings.Count(r.log.String(), "\n") != 1 {
		t.Errorf("counts are %v, the log is:\n%s", r.stats.Counts(), r.log)
	}
}

// TestNoUse has a server with other digests.
func TestNoUse(t *testing.T) {
	s := startServer(t)
	s.caps.CacheCapabilities.DigestFunctions = []repb.DigestFunction_Value{repb.DigestFunction_BLAKE3}
	r := openStore(t, s.address, nil)
	for i := range 5 {
		r.Get(t.Context(), key(i))
	}
	if !strings.Contains(r.log.String(), "server requires one of [BLAKE3]") {
		t.Errorf("the log is %q", r.log)
	}
}

// TestCannotRead has a server whose entries are damaged so that it can only say
// so: it is not given up.
func TestCannotRead(t *testing.T) {
	s := startServer(t)
	s.setFault(func(_ context.Context, method string) error {
		if method == "GetActionResult" {
			return status.Error(codes.Unknown, "cannot parse")
		}
		return nil
	})
	r := openStore(t, s.address, nil)
	for i := range 10 {
		r.Get(t.Context(), key(i))
	}
	r.wantCounts(t, map[cache.Kind]uint64{cache.Corrupt: 10})
}

// TestGone has callers go away: that is no fault of the server.
func TestGone(t *testing.T) {
	s := startServer(t)
	r := openStore(t, s.address, nil)
	r.Put(t.Context(), key(1), entry(1, 100))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 10 {
		if e := r.Get(ctx, key(1)); e != nil {
			t.Errorf("got %v", e)
		}
	}
	if n := r.stats.Count(remote.Name, cache.Failed); n > 0 {
		t.Errorf("%d failures were counted", n)
	}
	r.end()
	if openStore(t, s.address, nil).Get(t.Context(), key(1)) == nil {
		t.Error("the entry is not there")
	}
}

func TestCAS(t *testing.T) {
	s := startServer(t)
	log := &lockedBuffer{}
	c, err := remote.OpenCAS(t.Context(), remote.CASConfig{
		Address: s.address, Timeout: 10 * time.Second, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	for _, blob := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("0123456789"), 1<<20)} {
		hash, err := c.Put(t.Context(), blob)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Get(t.Context(), hash, int64(len(blob)))
		if err != nil || !bytes.Equal(got, blob) {
			t.Errorf("%d bytes are %d bytes again (%v)", len(blob), len(got), err)
		}
	}
	absent := strings.Repeat("0", 64)
	if _, err := c.Get(t.Context(), absent, 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v for an absent blob", err)
	}
	if _, err := c.Get(t.Context(), absent, 50<<20); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v for an absent large blob", err)
	}
	if _, err := c.Get(t.Context(), "../x", 5); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v for a hash that is none", err)
	}
	s.blobs[absent] = []byte("12345")
	if _, err := c.Get(t.Context(), absent, 5); err == nil || !strings.Contains(err.Error(), "the server sent") {
		t.Errorf("got %v for a blob that is another one", err)
	}
	before := s.count("BatchUpdateBlobs")
	if hash, err := c.Put(t.Context(), []byte("x")); err != nil || s.count("BatchUpdateBlobs") != before {
		t.Errorf("a blob that is there was written again as %s (%v)", hash, err)
	}
	if log.String() != "" {
		t.Errorf("the log is %q", log)
	}
	s.setFault(func(_ context.Context, method string) error {
		if method == "BatchUpdateBlobs" {
			return status.Error(codes.PermissionDenied, "not for you")
		}
		return nil
	})
	for i := range 10 {
		if _, err := c.Put(t.Context(), fmt.Appendf(nil, "new %d", i)); err == nil {
			t.Error("a blob was kept on a server that may not be written to")
		}
	}
	if _, err := c.Put(t.Context(), []byte("x")); err != nil || s.count("BatchUpdateBlobs") != before+1 {
		t.Errorf("a blob that is there: %v; %d attempts to write", err, s.count("BatchUpdateBlobs")-before)
	}
	s.setFault(func(context.Context, string) error { return status.Error(codes.Unavailable, "down") })
	before = s.count("FindMissingBlobs")
	for range 50 {
		if _, err := c.Put(t.Context(), []byte("y")); err == nil {
			t.Error("a blob was kept on a server that is down")
		}
	}
	if n := s.count("FindMissingBlobs") - before; n > 9 {
		t.Errorf("a server that is down was called %d times", n)
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("the log has %d lines, want one for each trouble:\n%s", n, log)
	}
}
