//go:build unix

package cpython

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// slow is a source that takes an interpreter some tenths of a second.
var slow = bytes.Repeat([]byte("x = f(1, y.z)\n"), 100_000)

// proc returns the content of a file of a process in /proc, or skips the test
// where there is none.
func proc(t *testing.T, pid int, name string) string {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Skipf("reading the state of a process: %v", err)
	}
	return string(b)
}

// A child that dies takes its own request with it and no other.
func TestChildIsKilled(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		p := New(Config{Python: map[pyver.Version]string{v: python}, Processes: 1})
		defer p.Close()
		opts := compiler.Options{Version: v, Filename: "pkg/slow.py"}
		if _, err := p.Compile(t.Context(), []byte("x = 1\n"), opts); err != nil {
			t.Fatal(err)
		}
		pid := p.idle[0].cmd.Process.Pid
		children := fmt.Sprintf("task/%d/children", pid)
		proc(t, pid, children)
		errs := make(chan error)
		go func() {
			_, err := p.Compile(t.Context(), slow, opts)
			errs <- err
		}()
		until(t, func() bool {
			child, err := strconv.Atoi(strings.TrimSpace(proc(t, pid, children)))
			return err == nil && syscall.Kill(child, syscall.SIGKILL) == nil
		})
		err := <-errs
		const want = "the interpreter's compiling process was killed by signal 9"
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "pkg/slow.py") {
			t.Errorf("got error %v, want %q", err, want)
		}
		if _, err := p.Compile(t.Context(), []byte("x = 1\n"), opts); err != nil {
			t.Errorf("the next request: %v", err)
		}
	})
}

func TestSlowSourceTimesOut(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		p := New(Config{Python: map[pyver.Version]string{v: python}, Processes: 1, Timeout: 50 * time.Millisecond})
		defer p.Close()
		huge := bytes.Repeat(slow, 4)
		_, err := p.Compile(t.Context(), huge, compiler.Options{Version: v, Filename: "pkg/slow.py"})
		const want = "not done within 50ms"
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "pkg/slow.py") {
			t.Errorf("got error %v, want %q", err, want)
		}
		p.config.Timeout = 0
		if _, err := p.Compile(t.Context(), []byte("x = 1\n"), compiler.Options{Version: v, Filename: "a.py"}); err != nil {
			t.Errorf("the next request: %v", err)
		}
	})
}

func TestInterpreter(t *testing.T) {
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		p := New(Config{Python: map[pyver.Version]string{v: python}})
		defer p.Close()
		i, err := p.Interpreter(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		want := run(t, python, "import sys; print(sys.version.split()[0], sys.executable)", "")
		if got := i.Version + " " + i.Executable + "\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if i.Path != python || i.Name != "cpython" || i.Magic != v.Magic() || len(p.idle) != 1 {
			t.Errorf("got %+v with %d idle", i, len(p.idle))
		}
		for _, other := range pyver.All() {
			p.config.Python[other] = python
			if _, err := p.Interpreter(t.Context(), other); (err == nil) != (other == v) {
				t.Errorf("%s as Python %v: %v", python, other, err)
			}
		}
	})
}

func TestLargeRequest(t *testing.T) {
	const v = pyver.Default
	p := New(Config{Python: map[pyver.Version]string{v: testpython.Get(t, v)}})
	defer p.Close()
	text := strings.Repeat("a long string constant. ", 50<<20/24)
	res, err := p.Compile(t.Context(), []byte("x = '''"+text+"'''\n"), compiler.Options{Version: v, Filename: "large.py"})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(res.Code, []byte(text)) {
		t.Errorf("the code has %d bytes and not the string", len(res.Code))
	}
}

// What an interpreter holds does not grow with what it has done.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("2,000 requests take too long for a short test")
	}
	const v = pyver.Default
	p := New(Config{Python: map[pyver.Version]string{v: testpython.Get(t, v)}, Processes: 1})
	defer p.Close()
	source, err := os.ReadFile("driver.py")
	if err != nil {
		t.Fatal(err)
	}
	resident := func(requests int) int {
		for n := range requests {
			text := fmt.Appendf(nil, "%s\nname_%d = 'name_%d'\n", source, n, n)
			switch n % 20 {
			case 0:
				text = append(text, "x ="...)
			case 1:
				text = append(text, "x is 1\n"...)
			}
			_, err := p.Compile(t.Context(), text, compiler.Options{Version: v, Filename: fmt.Sprintf("%d.py", n)})
			var serr *compiler.SyntaxError
			if err != nil && !errors.As(err, &serr) {
				t.Fatal(err)
			}
		}
		pages, err := strconv.Atoi(strings.Fields(proc(t, p.idle[0].cmd.Process.Pid, "statm"))[1])
		if err != nil {
			t.Fatal(err)
		}
		return pages * os.Getpagesize()
	}
	before := resident(50)
	after := resident(2000)
	t.Logf("%d KiB after 50 requests, %d KiB after 2000 more", before>>10, after>>10)
	if after > before+256<<10 {
		t.Errorf("%d bytes more", after-before)
	}
}

func TestConcurrent(t *testing.T) {
	python := map[pyver.Version]string{}
	testpython.Each(t, func(_ *testing.T, v pyver.Version, path string) { python[v] = path })
	if len(python) == 0 {
		t.Skip("no interpreter")
	}
	p := New(Config{Python: python, Processes: 2})
	defer p.Close()
	type request struct {
		v pyver.Version
		n int
	}
	var mu sync.Mutex
	codes := map[request][]byte{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 25 {
				for v := range python {
					source := fmt.Appendf(nil, "def f(x): return x in {'a_%d', 'b'}\ndef g(x): return x in {'a_%d', 'b'}\nclass a_%d: pass\n", n, n, n+1)
					res, err := p.Compile(t.Context(), source, compiler.Options{Version: v, Filename: "a.py"})
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					if first, ok := codes[request{v, n}]; ok && !bytes.Equal(first, res.Code) {
						t.Errorf("%v, source %d: two results", v, n)
					}
					codes[request{v, n}] = res.Code
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if limit := 2 + len(pyver.All()) - 1; p.live > limit || p.live != len(p.idle) {
		t.Errorf("%d interpreters run, %d are idle, want at most %d", p.live, len(p.idle), limit)
	}
}

// Closing leaves nothing behind.
func TestLeaks(t *testing.T) {
	const v = pyver.Default
	python := testpython.Get(t, v)
	cycle := func() {
		p := New(Config{Python: map[pyver.Version]string{v: python}, Processes: 2})
		defer p.Close()
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				source := []byte("x = 1\n")
				if i == 0 {
					source = slow
					time.AfterFunc(time.Millisecond, cancel)
				}
				if _, err := p.Compile(ctx, source, compiler.Options{Version: v, Filename: "a.py"}); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	cycle()
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	for range 25 {
		cycle()
	}
	until(t, func() bool { return runtime.NumGoroutine() <= goroutines })
	if got := openFiles(t); got > files {
		t.Errorf("%d open files, %d before", got, files)
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		b, _ := os.ReadFile(stat)
		_, state, _ := strings.Cut(string(b), ") ")
		if f := strings.Fields(state); len(f) > 1 && f[1] == strconv.Itoa(os.Getpid()) {
			t.Errorf("a process is left: %s", b)
		}
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Skipf("counting open files: %v", err)
	}
	return len(entries)
}

// BenchmarkCompile compiles a module of ordinary size, as many at a time as
// there are processors.
func BenchmarkCompile(b *testing.B) {
	for _, v := range pyver.All() {
		b.Run(v.String(), func(b *testing.B) {
			python := testpython.Get(b, v)
			source, err := os.ReadFile(filepath.Join(testpython.Stdlib(b, python), "textwrap.py"))
			if err != nil {
				b.Fatal(err)
			}
			p := New(Config{Python: map[pyver.Version]string{v: python}})
			defer p.Close()
			opts := compiler.Options{Version: v, Filename: "textwrap.py"}
			b.SetBytes(int64(len(source)))
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := p.Compile(b.Context(), source, opts); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
		})
	}
}
