package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"google.golang.org/protobuf/encoding/protodelim"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// A Program is the executable file that this process runs, as it was when the
// process started.
//
// A build system that rebuilds or upgrades the worker's program should start a
// new worker, but Bazel goes on with a multiplex worker that is there. It means
// the new program, though: under the digest of that it files the result. So a worker that sees another digest of its own file among
// the inputs of a request must not answer by itself, even if the answer is
// most likely the same. It has the new program, started for that one request,
// answer instead; and it ends, with exit code 0, as soon as no request has
// come for a while, so that the next is answered by a new worker. It does not
// end at once, because requests that are under way between the sender and the
// worker then would be lost, and fail the build.
//
// If the file on disk is not another one, so that there is nothing to ask, the
// request is refused, and so are later ones.
type Program struct {
	// Path is the file, as the process was started with it.
	Path string
	// Args are the arguments that make it the same kind of worker.
	Args []string
	// Stderr gets what the new program logs; nil means nobody does.
	Stderr io.Writer

	file    os.FileInfo       // at the start
	digests map[string][]byte // by the names that inputs may have for the file: the first digest seen
	other   bool              // a request had another digest
}

// ThisProgram returns the program of this process. It is to be called early,
// while the file is the one that is running.
func ThisProgram(stderr io.Writer) (*Program, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the worker's own program: %w", err)
	}
	path := exe
	if name := os.Args[0]; filepath.Base(name) != name {
		path = name
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("finding the worker's own program: %w", err)
	}
	file, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("finding the worker's own program: %w", err)
	}
	return &Program{Path: path, Args: os.Args[1:], Stderr: stderr, file: file, digests: inputNames(path, exe)}, nil
}

// inputNames returns a map whose keys are the ways to name files in the inputs
// of a request: relative to the working folder, or absolute.
func inputNames(paths ...string) map[string][]byte {
	names := map[string][]byte{}
	var dirs []string
	if dir, err := os.Getwd(); err == nil {
		dirs = append(dirs, dir)
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dirs = append(dirs, real)
		}
	}
	for _, path := range paths {
		names[filepath.ToSlash(path)] = nil
		for _, dir := range dirs {
			if rel, err := filepath.Rel(dir, path); err == nil {
				names[filepath.ToSlash(rel)] = nil
			}
		}
	}
	return names
}

// observe looks for the program among the inputs of a request, and reports
// whether this or an earlier request shows that it has been replaced.
func (p *Program) observe(inputs []*workerpb.Input) bool {
	if p == nil {
		return false
	}
	for _, in := range inputs {
		first, ours := p.digests[in.GetPath()]
		switch {
		case !ours || len(in.GetDigest()) == 0:
		case first == nil:
			p.digests[in.GetPath()] = in.GetDigest()
		case !bytes.Equal(first, in.GetDigest()):
			p.other = true
		}
	}
	return p.other
}

// replaced reports whether a request has shown that the program has been
// replaced.
func (p *Program) replaced() bool { return p != nil && p.other }

// pass is the Handler of a worker whose program has been replaced.
func (p *Program) pass(_ context.Context, req *workerpb.WorkRequest) *workerpb.WorkResponse {
	resp, err := p.ask(req)
	if err != nil {
		return &workerpb.WorkResponse{
			ExitCode: ExitUsage,
			Output: fmt.Sprintf("the program of this worker, %s, has been replaced while it ran: %v\n"+
				"The worker ends now; build again to have it started anew.\n", p.Path, err),
		}
	}
	return resp
}

// ask starts the new program as a worker for one request. It is not stopped
// when the request is cancelled: a compilation is short, and killing it could
// leave a temporary file behind.
func (p *Program) ask(req *workerpb.WorkRequest) (*workerpb.WorkResponse, error) {
	now, err := os.Stat(p.Path)
	if err != nil {
		return nil, fmt.Errorf("looking for the new one: %w", err)
	}
	if os.SameFile(now, p.file) && now.ModTime().Equal(p.file.ModTime()) && now.Size() == p.file.Size() {
		return nil, errors.New("the new one is not there")
	}
	var in bytes.Buffer
	if _, err := protodelim.MarshalTo(&in, req); err != nil {
		return nil, fmt.Errorf("encoding request: %w", err)
	}
	var out bytes.Buffer
	cmd := exec.Command(p.Path, p.Args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, p.Stderr
	runErr := cmd.Run()
	resp := new(workerpb.WorkResponse)
	if err := (protodelim.UnmarshalOptions{MaxSize: -1}).UnmarshalFrom(&out, resp); err != nil {
		return nil, fmt.Errorf("asking the new one: %w", errors.Join(runErr, err))
	}
	return resp, nil
}
