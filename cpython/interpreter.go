package cpython

import (
	"bufio"
	"context"
	_ "embed" // for the driver
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// driver is the program that the interpreters run. It is given with -c, as in
// the shortest process that calls py_compile: from 3.13 on CPython registers
// that text with linecache, which a script file would not do.
//
//go:embed driver.py
var driver string

// startTimeout bounds the start of an interpreter, wrappers included.
const startTimeout = time.Minute

// drainTimeout bounds how long the standard error of a dead interpreter is
// read, should a process that is not in its group hold it open.
const drainTimeout = 2 * time.Second

// errGone says that an interpreter ended while it waited for a request.
var errGone = errors.New("the interpreter has gone")

// An interpreter is a running process, which does one request at a time.
type interpreter struct {
	Interpreter
	version pyver.Version

	cmd      *exec.Cmd
	requests *os.File // its descriptor 3
	replies  *os.File // its descriptor 4
	buffer   *bufio.Reader
	stderr   tail
	number   uint32 // of the last request

	mu    sync.Mutex
	ended bool // from here on the process ID may be another process's
}

// start starts an interpreter and checks what it says of itself. When it
// returns an error, no process is left; the file name is that of the source
// that is waiting.
func start(ctx context.Context, v pyver.Version, path, filename string) (*interpreter, error) {
	i := &interpreter{Interpreter: Interpreter{Path: path}, version: v}
	if err := i.spawn(); err != nil {
		return nil, i.errorf(filename, fmt.Errorf("starting the interpreter: %w", err))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout,
		fmt.Errorf("no answer within %v: %w", startTimeout, context.DeadlineExceeded))
	defer cancel()
	hello, err := i.converse(ctx, func() error { return nil })
	if err == nil && hello.kind != replyHello {
		err = fmt.Errorf("%w: a frame of kind %d before the greeting", errGarbage, hello.kind)
	}
	if err == nil {
		i.Interpreter, err = parseHello(path, hello.body)
	}
	if err == nil {
		err = i.check(v)
	}
	if err != nil {
		return nil, i.end(filename, fmt.Errorf("starting the interpreter: %w", err))
	}
	return i, nil
}

// spawn starts the process.
func (i *interpreter) spawn() error {
	i.cmd = exec.Command(i.Path, "-s", "-S", "-B", "-c", driver)
	i.cmd.Env = environment(os.Environ(), i.Path)
	i.cmd.Stderr = &i.stderr
	i.cmd.WaitDelay = drainTimeout
	if err := ownGroup(i.cmd); err != nil {
		return err
	}
	childRequests, requests, err := os.Pipe()
	if err != nil {
		return err
	}
	replies, childReplies, err := os.Pipe()
	if err != nil {
		return errors.Join(err, childRequests.Close(), requests.Close())
	}
	i.requests, i.replies, i.buffer = requests, replies, bufio.NewReader(replies)
	i.cmd.ExtraFiles = []*os.File{childRequests, childReplies}
	err = errors.Join(i.cmd.Start(), childRequests.Close(), childReplies.Close())
	if i.cmd.Process == nil {
		return errors.Join(err, requests.Close(), replies.Close())
	}
	return nil
}

// environment returns what of the environment an interpreter gets: what it
// takes to start, and nothing that changes what it writes. Variables of
// version managers are kept for their shims alone, which find the interpreter
// with them.
//
// With this environment, -s -S -B isolates as -I -S -B does, but -I would
// ignore PYTHONHASHSEED. The bytes do not depend on the seed; should those of
// some release do so after all, they are at least the same every time.
// PYTHONSAFEPATH stands for -P, an option that older interpreters do not know
// and would end with, before they can say how old they are.
func environment(all []string, path string) []string {
	env := []string{"LC_ALL=C.UTF-8", "PYTHONHASHSEED=0", "PYTHONSAFEPATH=1"}
	shim := filepath.Base(filepath.Dir(path)) == "shims"
	for _, e := range all {
		name, _, _ := strings.Cut(e, "=")
		manager, _, _ := strings.Cut(name, "_")
		switch {
		case name == "PATH", name == "HOME", name == "LD_LIBRARY_PATH", name == "DYLD_LIBRARY_PATH":
			env = append(env, e)
		case shim && (manager == "PYENV" || manager == "ASDF" || manager == "MISE" || manager == "RTX"):
			env = append(env, e)
		}
	}
	return env
}

// exchange has the interpreter do a request. After an error the interpreter
// must be ended.
func (i *interpreter) exchange(ctx context.Context, source []byte, opts compiler.Options) (reply, error) {
	i.number++
	rep, err := i.converse(ctx, func() error {
		head := appendRequest(nil, i.number, source, opts)
		if _, err := i.requests.Write(head); err != nil {
			return err
		}
		_, err := i.requests.Write(source)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	done, err := i.converse(ctx, func() error { return nil })
	if err == nil && (done.kind != replyDone || i.buffer.Buffered() > 0) {
		err = fmt.Errorf("%w: more than one reply", errGarbage)
	}
	return rep, err
}

// converse sends something and reads one reply. When the context ends first,
// the interpreter is killed, even if the reply has come, and the error is the
// context's.
func (i *interpreter) converse(ctx context.Context, send func() error) (reply, error) {
	stop := context.AfterFunc(ctx, i.kill)
	var rep reply
	err := send()
	if err != nil {
		err = fmt.Errorf("%w: %w", errGone, err)
	} else {
		rep, err = readReply(i.buffer, i.number)
	}
	if !stop() {
		return reply{}, cause(ctx)
	}
	return rep, err
}

// kill kills the interpreter and its child, and wakes whoever waits for them.
func (i *interpreter) kill() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ended {
		return
	}
	killGroup(i.cmd.Process.Pid)
	past := time.Unix(1, 0)
	// A pipe that cannot have a deadline ends with the processes instead.
	_ = i.requests.SetWriteDeadline(past)
	_ = i.replies.SetReadDeadline(past)
}

// end ends the interpreter, frees all that it holds, and returns the error
// that says why a source could not be compiled: the reason given, or, if that
// is that the interpreter has ended by itself, how it did.
func (i *interpreter) end(filename string, why error) error {
	lost := errors.Is(why, errGone) || errors.Is(why, io.EOF) || errors.Is(why, io.ErrUnexpectedEOF)
	if lost {
		// Nobody holds its end of the pipes any more, so it is about to exit,
		// and its status is what there is to say.
		defer time.AfterFunc(drainTimeout, i.kill).Stop()
	} else {
		i.kill()
	}
	// The error is the exit status, which is in ProcessState, or that another
	// process holds the standard error open, which says nothing of this one.
	_ = i.cmd.Wait()
	i.mu.Lock()
	i.ended = true
	i.mu.Unlock()
	reapGroup(i.cmd.Process.Pid)
	_ = i.requests.Close()
	_ = i.replies.Close()
	if lost {
		why = fmt.Errorf("%s before it had answered", exitReason(i.cmd.ProcessState))
	}
	err := i.errorf(filename, why)
	if !errors.Is(why, context.Canceled) && !errors.Is(why, context.DeadlineExceeded) {
		err.Stderr = i.stderr.String()
	}
	return err
}

// errorf is the error that compiling a source ends with.
func (i *interpreter) errorf(filename string, why error) *Error {
	return &Error{Version: i.version, Path: i.Path, Filename: filename, Err: why}
}
