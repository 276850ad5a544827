package worker_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protodelim"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
	"github.com/rules-pyc/rules_pyc/worker"
)

// asWorker is the environment variable that turns the test binary into a
// worker with a scripted compiler.
const asWorker = "PYC_TEST_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(asWorker) != "" {
		os.Exit(worker.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, scripted{tag: tag()}))
	}
	os.Exit(m.Run())
}

// tagMark precedes a tag at the end of a copy of the test binary.
const tagMark = "\x00tag "

// tag returns what tells this test binary from others.
func tag() string {
	data, err := os.ReadFile(os.Args[0])
	if err != nil {
		panic(err)
	}
	_, tag, _ := strings.Cut(string(data[len(data)-100:]), tagMark)
	return tag
}

// install copies the test binary to a path, with a tag.
func install(tb testing.TB, path, tag string) {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	data, err := os.ReadFile(self)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	// As build systems do: the new file takes the place of the old one.
	if err := os.WriteFile(path+".new", append(data, tagMark+tag...), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		tb.Fatal(err)
	}
}

// A process is a worker in a process of its own.
type process struct {
	t      testing.TB
	form   form
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer
}

func start(tb testing.TB, form form, program string, args ...string) *process {
	tb.Helper()
	p := &process{t: tb, form: form, cmd: exec.Command(program, args...)}
	p.cmd.Env = append(os.Environ(), asWorker+"=1")
	p.cmd.Stderr = &p.stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = p.cmd.Process.Kill() }) // of no effect once it has been waited for
	p.in, p.out = in, bufio.NewReader(out)
	return p
}

func (p *process) send(reqs ...*workerpb.WorkRequest) {
	p.t.Helper()
	var b []byte
	for _, req := range reqs {
		b = append(b, p.form.request(req)...)
	}
	if _, err := p.in.Write(b); err != nil {
		p.t.Fatalf("sending: %v", err)
	}
}

func (p *process) next() *workerpb.WorkResponse {
	p.t.Helper()
	resp, err := p.read()
	if err != nil {
		p.t.Fatalf("reading response: %v; stderr is\n%s", err, p.stderr.String())
	}
	return resp
}

// newReader returns a process of which only read is used.
func newReader(form form, out io.Reader) *process {
	return &process{form: form, out: bufio.NewReader(out)}
}

func (p *process) read() (*workerpb.WorkResponse, error) {
	if p.form == jsonForm {
		line, err := p.out.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		return p.form.response(line)
	}
	resp := new(workerpb.WorkResponse)
	return resp, protodelim.UnmarshalFrom(p.out, resp)
}

// end closes the input and returns the exit code.
func (p *process) end() int {
	p.t.Helper()
	p.in.Close()
	return p.wait()
}

// wait returns the exit code of a worker that has nothing more to say.
func (p *process) wait() int {
	p.t.Helper()
	if resp, err := p.read(); !errors.Is(err, io.EOF) {
		p.t.Errorf("after the last response: %v, %v", resp, err)
	}
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

func self(tb testing.TB) string {
	tb.Helper()
	path, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

func TestProcess(t *testing.T) {
	forms(t, func(t env) {
		sources(t, "")
		p := start(t, t.form, self(t), "--log_level", "ERROR", "--persistent_worker", "--worker_impl=async")
		p.send(request(0, compile("good")...))
		compare(t, p.next(), &workerpb.WorkResponse{})
		const n = 500
		words := []string{"good", "bad", "none", "warn", "panic", "print"}
		kind := map[int32]string{}
		for i, id := range rand.New(rand.NewPCG(3, 4)).Perm(1 << 20)[:n] {
			word := words[i%len(words)]
			kind[int32(id)+1] = word
			p.send(request(int32(id)+1, compile(word)...))
		}
		for range n {
			resp := p.next()
			word := kind[resp.GetRequestId()]
			delete(kind, resp.GetRequestId())
			want := map[string]int32{"bad": 1, "none": 1, "panic": 2}[word]
			if word == "" || resp.GetExitCode() != want {
				t.Errorf("response %v, want exit code %d for %q", resp, want, word)
			}
		}
		if code := p.end(); code != 0 {
			t.Errorf("exit code is %d; stderr is\n%s", code, p.stderr.String())
		}
	})
}

// Whatever the process prints ends up on stderr.
func TestStdoutIsGuarded(t *testing.T) {
	forms(t, func(t env) {
		sources(t, "")
		p := start(t, t.form, self(t), "--persistent_worker")
		for id := range int32(20) {
			p.send(request(id, compile("print")...))
			compare(t, p.next(), &workerpb.WorkResponse{RequestId: id})
		}
		if code := p.end(); code != 0 {
			t.Errorf("exit code is %d", code)
		}
		if got := p.stderr.String(); strings.Count(got, "a stray print\n") != 20 || strings.Count(got, "and a write\n") != 20 {
			t.Errorf("stderr is %q, want what was printed", got)
		}
	})
}

func TestProtocolBreakdown(t *testing.T) {
	sources(t, "")
	for name, in := range map[string]string{
		"half a JSON request":    `{"arguments":[`,
		"half a length":          "\xff",
		"half a message":         "\x7f\x0a",
		"100 MB announced":       "\x80\x80\x80\x32\x0a\x05hello",
		"1 TB announced":         "\x80\x80\x80\x80\x80\x40",
		"malformed JSON":         `{"arguments"}`,
		"malformed message":      "\x01\x0f",
		"malformed JSON, no end": "{\"arguments\":[}",
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, protoForm, self(t), "--persistent_worker")
			if _, err := io.WriteString(p.in, in); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(name, "malformed") { // those must not wait for the end
				p.in.Close()
			}
			if code := p.wait(); code != worker.ExitFailed {
				t.Errorf("exit code is %d, want %d", code, worker.ExitFailed)
			}
			if got := p.stderr.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=ERROR") {
				t.Errorf("stderr is not one line:\n%s", got)
			}
		})
	}
}

// The sender goes away without reading the response.
func TestBrokenPipe(t *testing.T) {
	sources(t, "")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self(t), "--persistent_worker")
	cmd.Env = append(os.Environ(), asWorker+"=1")
	cmd.Stdout = w
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.Close()
	w.Close()
	if _, err := in.Write(jsonForm.request(request(1, compile("good")...))); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait() // with its input still open
	if code := cmd.ProcessState.ExitCode(); code != worker.ExitFailed || !strings.Contains(stderr.String(), "writing response") {
		t.Errorf("exit code is %d (%v), stderr is %q", code, err, stderr.String())
	}
}

func TestStartupErrors(t *testing.T) {
	var stderr bytes.Buffer
	code := worker.Main(t.Context(), []string{"--persistent_worker", "--frobnicate"}, strings.NewReader(""), io.Discard, &stderr, scripted{})
	if got := stderr.String(); code != worker.ExitUsage || !strings.HasPrefix(got, `pyc worker: unknown flag "--frobnicate"`) {
		t.Errorf("exit code is %d, stderr is %q", code, got)
	}
}

func TestStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r, w := io.Pipe()
	var stderr bytes.Buffer
	code := worker.Main(ctx, []string{"--persistent_worker"}, r, io.Discard, &stderr, scripted{})
	w.Close()
	if code != worker.ExitOK || !strings.Contains(stderr.String(), "told to stop") {
		t.Errorf("exit code is %d, stderr is %q", code, stderr.String())
	}
}

func TestOneShot(t *testing.T) {
	sources(t, "")
	if err := os.WriteFile("args", []byte(strings.Join(compile("good", "other"), "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args   []string
		code   int
		stderr string
	}{
		{[]string{"@args"}, worker.ExitOK, ""},
		{compile("warn"), worker.ExitOK, "pkg/warn.py:2: SyntaxWarning: "},
		{compile("bad", "good"), worker.ExitFailed, "  File \"pkg/bad.py\", line 1\n"},
		{compile("none"), worker.ExitFailed, "reading source: "},
		{[]string{"--frobnicate"}, worker.ExitUsage, `unknown flag "--frobnicate"`},
		{nil, worker.ExitUsage, "there is nothing to compile"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			cmd := exec.Command(self(t), test.args...)
			cmd.Env = append(os.Environ(), asWorker+"=1")
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != test.code || stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), test.stderr) {
				t.Errorf("exit code is %d (%v), stdout %q, stderr %q; want %d and %q", code, err, stdout.String(), stderr.String(), test.code, test.stderr)
			}
		})
	}
	want := map[string]string{"good.pyc": code("good"), "other.pyc": code("other"), "warn.pyc": code("warn")}
	if diff := cmp.Diff(want, outputs(t, "")); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
}

// program returns a request that names the worker's program among its inputs.
func program(id int32, digest string, name string) *workerpb.WorkRequest {
	req := request(id, compile(name)...)
	req.Inputs = []*workerpb.Input{{Path: "pkg/" + name + ".py", Digest: []byte("s")}, {Path: "bin/tool", Digest: []byte(digest)}}
	return req
}

// A worker whose program is replaced has the new program answer, and ends.
func TestReplacedProgram(t *testing.T) {
	forms(t, func(t env) {
		sources(t, "")
		install(t, "bin/tool", "old ")
		p := start(t, t.form, "bin/tool", "--persistent_worker")
		for id, name := range []string{"good", "other", "good"} {
			p.send(program(int32(id), "digest 1", name))
			compare(t, p.next(), &workerpb.WorkResponse{RequestId: int32(id)})
		}
		p.send(request(9, compile("warn")...)) // without inputs, as some send
		p.next()
		install(t, "bin/tool", "new ")
		p.send(program(1, "digest 2", "good"), program(2, "digest 2", "other"), program(3, "digest 2", "bad"), program(4, "digest 2", "print"))
		exits := map[int32]int32{}
		for range 4 {
			resp := p.next()
			exits[resp.GetRequestId()] = resp.GetExitCode()
		}
		if diff := cmp.Diff(map[int32]int32{1: 0, 2: 0, 3: 1, 4: 0}, exits); diff != "" {
			t.Errorf("exit codes (-want +got)\n%s", diff)
		}
		if code := p.wait(); code != 0 { // with its input still open
			t.Errorf("exit code is %d; stderr is\n%s", code, p.stderr.String())
		}
		tagged := func(tag, name string) string { return strings.Replace(code(name), " ", " "+tag+" ", 1) }
		want := map[string]string{
			"good.pyc": tagged("new", "good"), "other.pyc": tagged("new", "other"), "print.pyc": tagged("new", "print"), "warn.pyc": tagged("old", "warn"),
		}
		if diff := cmp.Diff(want, outputs(t, "")); diff != "" {
			t.Errorf("files (-want +got)\n%s", diff)
		}
	})
}

// The worker ends once it has been without requests for a while, and not while
// one is under way.
func TestReplacedProgramEndsWhenQuiet(t *testing.T) {
	bubble(t, func(t env) {
		program, err := worker.ThisProgram(io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		const quiet = time.Minute
		s := serve(t, echo, worker.Options{Program: program, Quiet: quiet})
		began := time.Now()
		for i, digest := range []string{"1", "1", "2", "1", ""} {
			req := request(int32(i), "hi")
			if digest != "" {
				req.Inputs = []*workerpb.Input{{Path: program.Path, Digest: []byte(digest)}}
			}
			s.send(req)
			if resp, want := s.next(), i >= 2; (resp.GetExitCode() == worker.ExitUsage) != want {
				t.Errorf("request %d: response is %v, want refused %v", i, resp, want)
			}
			time.Sleep(quiet * 2 / 3) // no real time passes
		}
		if err := s.wait(); err != nil {
			t.Errorf("Serve: %v", err)
		}
		// The last request came after four pauses.
		if got, want := time.Since(began), 4*quiet*2/3+quiet; got != want {
			t.Errorf("the worker ended after %v, want %v", got, want)
		}
		s.in.Close()
	})
}

// When there is no new program to ask, the request is refused: the old one
// would file its result under the name of the new one.
func TestReplacedProgramIsMissing(t *testing.T) {
	for name, change := range map[string]func() error{
		"unchanged": func() error { return nil },
		"removed":   func() error { return os.Remove("bin/tool") },
		"not a worker": func() error {
			return errors.Join(os.Remove("bin/tool"), os.WriteFile("bin/tool", []byte("#!/bin/sh\nexit 3\n"), 0o755))
		},
	} {
		t.Run(name, func(t *testing.T) {
			sources(t, "")
			install(t, "bin/tool", "old ")
			p := start(t, jsonForm, "bin/tool", "--persistent_worker")
			p.send(program(1, "digest 1", "other"))
			p.next()
			if err := change(); err != nil {
				t.Fatal(err)
			}
			p.send(program(2, "digest 2", "good"))
			resp := p.next()
			if resp.GetRequestId() != 2 || resp.GetExitCode() != worker.ExitUsage || !strings.Contains(resp.GetOutput(), "bin/tool, has been replaced") {
				t.Errorf("response is %v", resp)
			}
			if code := p.end(); code != 0 {
				t.Errorf("exit code is %d; stderr is\n%s", code, p.stderr.String())
			}
			if _, err := os.Stat("pkg/out/good.pyc"); err == nil {
				t.Error("the old program wrote the file")
			}
		})
	}
}

// A file that is no program of ours may change as it likes.
func TestOtherInputsMayChange(t *testing.T) {
	sources(t, "")
	p := start(t, jsonForm, self(t), "--persistent_worker")
	for id := range int32(3) {
		p.send(program(id, fmt.Sprint("digest ", id), "good"))
		compare(t, p.next(), &workerpb.WorkResponse{RequestId: id})
	}
	if code := p.end(); code != 0 || p.stderr.Len() > 0 {
		t.Errorf("exit code is %d; stderr is\n%s", code, p.stderr.String())
	}
}
