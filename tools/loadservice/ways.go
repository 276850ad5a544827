package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protodelim"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

// start starts the command with a pipe for its standard error.
func start(ctx context.Context, o options, args ...string) (*exec.Cmd, io.Reader, error) {
	c := exec.CommandContext(ctx, o.pyc, args...)
	stderr, err := c.StderrPipe()
	if err != nil {
		return nil, nil, err
	}
	return c, stderr, nil
}

// loadService compiles in streams of the service.
func loadService(ctx context.Context, o options, sources []source) (*measurement, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, stderr, err := start(ctx, o, "serve", "--listen", "127.0.0.1:0")
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return nil, err
	}
	address, err := listening(stderr)
	if err != nil {
		return nil, err
	}
	streams, err := openStreams(ctx, address, o)
	if err != nil {
		return nil, err
	}
	seen := &answers{first: map[int]string{}}
	var m *measurement
	var invalid sync.Map
	m, err = inTurn(o.modules, o.streams, c.Process.Pid, func(loop, i int) error {
		s := sources[i%len(sources)]
		err := streams[loop].Send(&compilev1.BatchCompileRequest{Id: uint64(i), Request: &compilev1.CompileRequest{
			Source: &compilev1.CompileRequest_Inline{Inline: s.text}, Filename: s.name, PythonVersion: o.python,
		}})
		if err != nil {
			return err
		}
		r, err := streams[loop].Recv()
		switch {
		case err != nil:
			return err
		case r.GetId() != uint64(i):
			return fmt.Errorf("module %d has the answer of %d", i, r.GetId())
		case r.GetFailure() != nil && r.GetFailure().GetCode() != unimplemented:
			return fmt.Errorf("%s: %s", s.name, r.GetFailure().GetMessage())
		case r.GetResponse().GetModule() == nil:
			invalid.Store(i, true)
		}
		return seen.check(i%len(sources), fmt.Sprintf("%x", sha256.Sum256(r.GetResponse().GetModule().GetPyc())))
	})
	invalid.Range(func(any, any) bool { m.failed.Add(1); return true })
	return m, err
}

// unimplemented is the code of sources whose encoding only CPython decodes.
const unimplemented = 12

// listening waits until the service says where it listens, and reads on.
func listening(stderr io.Reader) (string, error) {
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		var entry map[string]any
		if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
			return "", fmt.Errorf("%w: %s", err, lines.Bytes())
		}
		if entry["message"] == "listening" {
			go func() { _, _ = io.Copy(io.Discard, stderr) }() // it ends with the process
			return fmt.Sprint(entry["server.address"]), nil
		}
	}
	return "", errors.New("the service has not said where it listens")
}

func openStreams(ctx context.Context, address string, o options) ([]compilev1.CompileService_BatchCompileClient, error) {
	var conns []*grpc.ClientConn
	for range o.conns {
		conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
		if err != nil {
			return nil, err
		}
		conns = append(conns, conn)
	}
	var all []compilev1.CompileService_BatchCompileClient
	for i := range o.streams {
		s, err := compilev1.NewCompileServiceClient(conns[i%len(conns)]).BatchCompile(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// loadWorker compiles with a persistent worker, as Bazel does.
func loadWorker(ctx context.Context, o options, sources []source) (*measurement, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, err := os.MkdirTemp("", "loadservice")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(out) }() // it is a temporary folder
	c := exec.CommandContext(ctx, o.pyc, "worker", "--persistent_worker")
	stdin, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	var mu sync.Mutex
	replies := make([]chan *workerpb.WorkResponse, o.streams)
	for i := range replies {
		replies[i] = make(chan *workerpb.WorkResponse, 1)
	}
	go func() {
		for in := bufio.NewReader(stdout); ; {
			r := &workerpb.WorkResponse{}
			if err := (protodelim.UnmarshalOptions{MaxSize: -1}).UnmarshalFrom(in, r); err != nil {
				for _, each := range replies {
					close(each)
				}
				return
			}
			replies[r.GetRequestId()-1] <- r
		}
	}()
	var invalid sync.Map
	m, err := inTurn(o.modules, o.streams, c.Process.Pid, func(loop, i int) error {
		s := sources[i%len(sources)]
		var message bytes.Buffer
		_, err := protodelim.MarshalTo(&message, &workerpb.WorkRequest{RequestId: int32(loop + 1), Arguments: []string{
			"--src", s.path, "--src_name", s.name, "--pyc", filepath.Join(out, strconv.Itoa(loop)+".pyc"), "--python_version", o.python,
		}})
		if err != nil {
			return err
		}
		mu.Lock()
		_, err = stdin.Write(message.Bytes())
		mu.Unlock()
		if err != nil {
			return err
		}
		r, ok := <-replies[loop]
		if !ok {
			return errors.New("the worker has gone")
		}
		if r.GetExitCode() != 0 {
			invalid.Store(i, true)
		}
		return nil
	})
	invalid.Range(func(any, any) bool { m.failed.Add(1); return true })
	return m, err
}

// loadCommand compiles with the command, once for each round of the sources.
func loadCommand(ctx context.Context, o options, sources []source) (*measurement, error) {
	dir, err := os.MkdirTemp("", "loadservice")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // it is a temporary folder
	m := &measurement{}
	for left := o.modules; left > 0; left -= len(sources) {
		tree := filepath.Join(dir, "src")
		if err := writeTree(tree, sources[:min(left, len(sources))]); err != nil {
			return nil, err
		}
		began := time.Now()
		c := exec.CommandContext(ctx, o.pyc, "compile", "--json", "--python", o.python, "--out", filepath.Join(dir, "out"), tree)
		output, err := c.Output()
		m.took += time.Since(began)
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			return nil, err
		}
		m.cpu += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
		lines := bytes.Split(bytes.TrimSpace(output), []byte("\n"))
		var last struct {
			Summary struct{ Compiled, Failed int64 }
		}
		if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil {
			return nil, err
		}
		m.failed.Add(last.Summary.Failed)
		if n := last.Summary.Compiled + last.Summary.Failed; n != int64(min(left, len(sources))) {
			return nil, fmt.Errorf("%d modules are reported", n)
		}
	}
	return m, nil
}

// writeTree writes sources below a folder that may have them already.
func writeTree(dir string, sources []source) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	for _, s := range sources {
		path := filepath.Join(dir, s.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, s.text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
