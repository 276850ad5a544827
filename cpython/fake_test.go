//go:build unix

package cpython

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// fakeVariable tells this test program to behave as an interpreter that
// misbehaves in the way named.
const fakeVariable = "PYC_TEST_FAKE"

// dirVariable names the folder in which a fake that hangs writes pidFile, the
// process ID of its child.
const (
	dirVariable = "PYC_TEST_DIR"
	pidFile     = "pid"
)

func TestMain(m *testing.M) {
	if how := os.Getenv(fakeVariable); how != "" {
		os.Exit(fake(how))
	}
	os.Exit(m.Run())
}

// goodHello is the greeting of an interpreter of the default version.
var goodHello = fmt.Sprintf("cpython\n%v.1\n\n%d\n/fake", pyver.Default, pyver.Default.Magic())

// greetings are the first frames of the fakes that do not greet well.
var greetings = map[string]string{
	"pypy":          fmt.Sprintf("pypy\n%v.1\n\n%d\n/fake", pyver.Default, pyver.Default.Magic()),
	"old":           "cpython\n3.10.2\n\n3439\n/fake",
	"other version": fmt.Sprintf("cpython\n3.13.1\n\n%d\n/fake", pyver.V313.Magic()),
	"alpha":         fmt.Sprintf("cpython\n%v.0a2\n\n3604\n/fake", pyver.Default),
	"free-threaded": fmt.Sprintf("cpython\n%v.1\nt\n%d\n/fake", pyver.Default, pyver.Default.Magic()),
	"short hello":   "cpython\n3.14.1",
	"no magic":      "cpython\n3.14.1\n\nmagic\n/fake",
}

// fake is an interpreter. It returns its exit status.
func fake(how string) int {
	requests, replies := os.NewFile(3, "requests"), os.NewFile(4, "replies")
	send := func(number uint32, kind replyKind, size int, body string) {
		b := binary.LittleEndian.AppendUint32(nil, number)
		b = binary.LittleEndian.AppendUint32(b, uint32(kind))
		b = binary.LittleEndian.AppendUint64(b, uint64(size))
		_, _ = replies.Write(append(b, body...))
	}
	switch greeting, bad := greetings[how]; {
	case bad:
		send(0, replyHello, len(greeting), greeting)
	case how == "too old to talk":
		fmt.Fprintln(os.Stderr, "this is Python 2.7.18")
		return 1
	case how == "babbling":
		_, _ = replies.WriteString("Python 3.14.1 on linux, type help for help\n>>> ")
	case how == "silent":
		_, _ = io.Copy(io.Discard, requests)
	default:
		send(0, replyHello, len(goodHello), goodHello)
	}
	for number := uint32(1); ; number++ {
		header := make([]byte, headerSize)
		if _, err := io.ReadFull(requests, header); err != nil {
			return 0
		}
		size := int64(binary.LittleEndian.Uint32(header[8:])) + int64(binary.LittleEndian.Uint32(header[12:]))
		if _, err := io.CopyN(io.Discard, requests, size); err != nil {
			return 0
		}
		switch how {
		case "exits":
			fmt.Fprintln(os.Stderr, "first line\nlast line")
			return 3
		case "child crashes":
			return 128 + int(syscall.SIGSEGV)
		case "killed":
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		case "half a reply":
			send(number, replyCode, 100, "half")
			return 1
		case "half a header":
			_, _ = replies.WriteString("half")
			return 1
		case "other number":
			send(number+1, replyCode, 4, "code")
		case "unknown kind":
			send(number, replyDone+1, 4, "code")
		case "huge reply":
			send(number, replyCode, maxReply+1, "code")
		case "two replies":
			send(number, replyCode, 4, "code")
			send(number, replyCode, 4, "code")
		case "chatty":
			send(number, replyCode, 4, "code")
			send(number, replyDone, 0, "and more")
		case "bad fields":
			send(number, replyError, 9, "\x01\x00\x00\x00\x00\x00\x00\x00x")
			send(number, replyDone, 0, "")
		case "cut fields":
			send(number, replyWarnings, 9, "\x02\x00\x00\x00\x00\x00\x00\x00x")
			send(number, replyDone, 0, "")
		case "hello again":
			send(number, replyHello, len(goodHello), goodHello)
			send(number, replyDone, 0, "")
		case "raises":
			send(number, replyFailure, 8+12, "\x0c\x00\x00\x00\x00\x00\x00\x00SystemError\n")
			send(number, replyDone, 0, "")
		case "hangs":
			// A child holds all descriptors.
			child := exec.Command("sleep", "1000")
			child.ExtraFiles, child.Stderr = []*os.File{requests, replies}, os.Stderr
			if err := child.Start(); err != nil {
				return 1
			}
			temp := filepath.Join(os.Getenv(dirVariable), pidFile+".new")
			_ = os.WriteFile(temp, []byte(fmt.Sprintln(child.Process.Pid)), 0o600)
			_ = os.Rename(temp, strings.TrimSuffix(temp, ".new"))
			_ = child.Wait()
		case "leaves":
			_ = requests.Close()
			send(number, replyCode, 4, "code")
			send(number, replyDone, 0, "")
			return 0
		default:
			send(number, replyCode, 4, "code")
			send(number, replyDone, 0, "")
		}
	}
}

// fakePython returns the path of an interpreter that is fake in that way.
func fakePython(t *testing.T, how string) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "python")
	script := fmt.Sprintf("#!/bin/sh\n%s='%s' %s='%s' exec '%s' \"$@\"\n", fakeVariable, how, dirVariable, filepath.Dir(path), exe)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func fakePool(t *testing.T, how string) *Pool {
	t.Helper()
	p := New(Config{Python: map[pyver.Version]string{pyver.Default: fakePython(t, how)}, Processes: 1})
	t.Cleanup(p.Close)
	return p
}

var options = compiler.Options{Version: pyver.Default, Filename: "pkg/module.py"}

func TestMisbehaviour(t *testing.T) {
	for _, test := range []struct{ how, want string }{
		{"pypy", "it is pypy, whose bytecode is not CPython's"},
		{"old", "it is Python 3.10.2"},
		{"other version", "it is Python 3.13.1"},
		{"alpha", "magic number 3604 and not 3627"},
		{"free-threaded", "free-threaded"},
		{"short hello", "the reply makes no sense: its greeting is"},
		{"no magic", "the reply makes no sense: its magic number"},
		{"too old to talk", "exited with status 1 before it had answered\nthe interpreter's last lines were:\n  this is Python 2.7.18"},
		{"babbling", "starting the interpreter: the reply makes no sense"},
		{"exits", "exited with status 3 before it had answered\nthe interpreter's last lines were:\n  first line\n  last line"},
		{"child crashes", "the interpreter's compiling process was killed by signal 11 (segmentation fault)"},
		{"killed", "the interpreter was killed by signal 9 (killed, as happens when memory runs out)"},
		{"half a reply", "exited with status 1"},
		{"half a header", "exited with status 1"},
		{"other number", "the reply makes no sense"},
		{"unknown kind", "the reply makes no sense"},
		{"huge reply", "the reply has 1073741825 bytes; at most 1073741824 are taken"},
		{"two replies", "the reply makes no sense: more than one reply"},
		{"chatty", "the reply makes no sense: more than one reply"},
		{"bad fields", "the reply makes no sense: kind 3 with 1 fields"},
		{"cut fields", "the reply makes no sense: a field of 2 bytes in 1"},
		{"hello again", "the reply makes no sense"},
		{"raises", "the interpreter raised an exception:\nSystemError"},
	} {
		t.Run(test.how, func(t *testing.T) {
			p := fakePool(t, test.how)
			for range 2 {
				_, err := p.Compile(t.Context(), []byte("x = 1\n"), options)
				var perr *Error
				if !errors.As(err, &perr) || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("got error %v, want %q in it", err, test.want)
				}
				prefix := fmt.Sprintf("compiling pkg/module.py with Python %v (%s): ", pyver.Default, perr.Path)
				if !strings.HasPrefix(err.Error(), prefix) {
					t.Errorf("got error %q, want it to begin with %q", err, prefix)
				}
			}
			if idle := len(p.idle); p.live != idle || (idle == 1) != (test.how == "raises") {
				t.Errorf("%d interpreters run, %d are idle", p.live, idle)
			}
		})
	}
}

func TestNoInterpreter(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "python")
	p := New(Config{Python: map[pyver.Version]string{pyver.Default: missing}})
	defer p.Close()
	_, err := p.Compile(t.Context(), nil, options)
	want := fmt.Sprintf("put python%v on PATH or say where a CPython %v is", pyver.Default, pyver.Default)
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one that names %s and says %q", err, missing, want)
	}
	t.Setenv("PATH", t.TempDir())
	if path, err := Find(pyver.Default, ""); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %q and error %v, want %v", path, err, exec.ErrNotFound)
	}
}

// An interpreter that ends while nothing is asked of it fails no request.
func TestIdleInterpreterEnds(t *testing.T) {
	p := fakePool(t, "leaves")
	for i := range 5 {
		if _, err := p.Compile(t.Context(), []byte("x = 1\n"), options); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	if p.live != 1 {
		t.Errorf("%d interpreters run, want 1", p.live)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := fakePool(t, "hangs")
	errs := make(chan error)
	go func() {
		_, err := p.Compile(ctx, []byte("x = 1\n"), options)
		errs <- err
	}()
	hung := hangingChild(t, p.config.Python[pyver.Default])
	waiting, stopWaiting := context.WithCancelCause(t.Context())
	go func() {
		_, err := p.Compile(waiting, []byte("x = 1\n"), options)
		errs <- err
	}()
	impatient := errors.New("impatient")
	stopWaiting(impatient)
	if err := <-errs; !errors.Is(err, context.Canceled) || !errors.Is(err, impatient) || !strings.Contains(err.Error(), options.Filename) {
		t.Errorf("waiting: got error %v, want %v because %v", err, context.Canceled, impatient)
	}
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), options.Filename) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	if p.live != 0 {
		t.Errorf("%d interpreters run, want 0", p.live)
	}
	awaitEnd(t, hung)
	if _, err := p.Compile(ctx, []byte("x = 1\n"), options); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

func TestTimeout(t *testing.T) {
	p := New(Config{Python: map[pyver.Version]string{pyver.Default: fakePython(t, "hangs")}, Timeout: 1})
	defer p.Close()
	_, err := p.Compile(t.Context(), []byte("x = 1\n"), options)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "not done within 1ns") || !strings.Contains(err.Error(), options.Filename) {
		t.Errorf("got error %v, want %v", err, context.DeadlineExceeded)
	}
	p = New(Config{Python: map[pyver.Version]string{pyver.Default: fakePython(t, "silent")}})
	defer p.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	if _, err := p.Compile(ctx, []byte("x = 1\n"), options); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got error %v, want %v", err, context.DeadlineExceeded)
	}
}

func TestClose(t *testing.T) {
	p := fakePool(t, "hangs")
	errs := make(chan error)
	for range 3 {
		go func() {
			_, err := p.Compile(t.Context(), []byte("x = 1\n"), options)
			errs <- err
		}()
	}
	hung := hangingChild(t, p.config.Python[pyver.Default])
	go p.Close()
	for range 3 {
		if err := <-errs; !errors.Is(err, ErrClosed) {
			t.Errorf("got error %v, want %v", err, ErrClosed)
		}
	}
	p.Close()
	awaitEnd(t, hung)
	if _, err := p.Compile(t.Context(), []byte("x = 1\n"), options); !errors.Is(err, ErrClosed) {
		t.Errorf("got error %v, want %v", err, ErrClosed)
	}
}

func TestRequestLimits(t *testing.T) {
	p := fakePool(t, "works")
	for _, test := range []struct {
		source   []byte
		filename string
		want     string
	}{
		{make([]byte, maxSource+1), "a.py", "the source has 268435457 bytes; at most 268435456 can be compiled"},
		{nil, strings.Repeat("a", maxFilename+1), "the file name has 65537 bytes"},
		{nil, "a\x00.py", "contains a NUL byte"},
	} {
		_, err := p.Compile(t.Context(), test.source, compiler.Options{Version: pyver.Default, Filename: test.filename})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got error %.200v, want %q", err, test.want)
		}
	}
	for _, opts := range []compiler.Options{{}, {Version: 99}, {Version: pyver.Default, Optimize: 3}, {Version: pyver.Default, Optimize: -1}} {
		if _, err := p.Compile(t.Context(), nil, opts); err == nil {
			t.Errorf("options %+v are accepted", opts)
		}
	}
	if p.live != 0 {
		t.Errorf("%d interpreters run, want 0", p.live)
	}
}

// A pool keeps no more interpreters than it says.
func TestEviction(t *testing.T) {
	p := fakePool(t, "works")
	var first *interpreter
	for range 20 {
		i, err := p.start(t.Context(), pyver.Default, "")
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = i
		}
		p.put(i)
	}
	if limit := len(pyver.All()); p.live != limit || len(p.idle) != limit {
		t.Errorf("%d interpreters run, %d are idle, want %d", p.live, len(p.idle), limit)
	}
	if !first.ended {
		t.Error("the one that has been idle longest still runs")
	}
}

func TestEnvironment(t *testing.T) {
	all := []string{
		"PATH=/bin", "HOME=/home/me", "LD_LIBRARY_PATH=/lib", "PYTHONPATH=/evil", "PYTHONHOME=/evil", "PYTHONWARNINGS=error",
		"PYTHONOPTIMIZE=2", "LANG=de_DE", "LC_CTYPE=C", "PYENV_VERSION=3.14", "SOURCE_DATE_EPOCH=1", "PYENVIRON=1",
	}
	const fixed = "LC_ALL=C.UTF-8 PYTHONHASHSEED=0 PYTHONSAFEPATH=1 PATH=/bin HOME=/home/me LD_LIBRARY_PATH=/lib"
	for path, want := range map[string]string{
		"/usr/bin/python3.14":              fixed,
		"/home/me/.pyenv/shims/python3.14": fixed + " PYENV_VERSION=3.14",
	} {
		if got := strings.Join(environment(all, path), " "); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestTail(t *testing.T) {
	var got tail
	for _, s := range []string{"first\n", strings.Repeat("x", 3*tailSize), "\xff\n", "last\n"} {
		if n, err := io.WriteString(&got, s); n != len(s) || err != nil {
			t.Fatal(n, err)
		}
	}
	want := strings.Repeat("x", tailSize-len("?\nlast\n")) + "\uFFFD\nlast"
	if got.String() != want || len(got.kept) != tailSize {
		t.Errorf("got %q, want %q", got.String(), want)
	}
}

// hangingChild returns the process ID of the child of the fake that hangs, as
// soon as there is one.
func hangingChild(t *testing.T, python string) int {
	t.Helper()
	var pid int
	until(t, func() bool {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(python), pidFile))
		if err != nil {
			return false
		}
		_, err = fmt.Sscan(string(b), &pid)
		return err == nil
	})
	return pid
}

// awaitEnd waits until a process has ended. Whether somebody has waited for it
// is not this program's affair: it is not its child.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	until(t, func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err == nil && strings.Contains(string(stat), ") Z ") || syscall.Kill(pid, 0) != nil
	})
}

// until waits until f returns true.
func until(t *testing.T, f func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !f() {
		if ctx.Err() != nil {
			t.Fatal("waiting in vain")
		}
		runtime.Gosched()
	}
}
