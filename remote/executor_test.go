package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/remote"
	"github.com/rules-pyc/rules_pyc/remote/batch"
)

// executes is the executor of a server. In the place of the program in an
// action it does what the program does.
type executes struct {
	repb.UnimplementedExecutionServer
	*server
	// edit changes the result of an action, or the response.
	edit func(*repb.ExecuteResponse)
}

func (e *executes) Execute(r *repb.ExecuteRequest, stream repb.Execution_ExecuteServer) error {
	result, err := e.carryOut(stream.Context(), r)
	if err != nil {
		return err
	}
	response := &repb.ExecuteResponse{Result: result}
	e.mu.Lock()
	edit := e.edit
	if edit == nil {
		e.results[r.GetActionDigest().GetHash()] = result
	}
	e.mu.Unlock()
	if edit != nil {
		edit(response)
	}
	packed, err := anypb.New(response)
	if err != nil {
		return err
	}
	operation, err := finished(packed)
	if err != nil {
		return err
	}
	return stream.SendMsg(operation)
}

// finished returns an operation with a response. Its type is of a module that
// nothing else here needs by name.
func finished(response *anypb.Any) (proto.Message, error) {
	kind, err := protoregistry.GlobalTypes.FindMessageByName("google.longrunning.Operation")
	if err != nil {
		return nil, err
	}
	operation := kind.New()
	fields := kind.Descriptor().Fields()
	operation.Set(fields.ByName("name"), protoreflect.ValueOfString("operation"))
	operation.Set(fields.ByName("done"), protoreflect.ValueOfBool(true))
	operation.Set(fields.ByName("response"), protoreflect.ValueOfMessage(response.ProtoReflect()))
	return operation.Interface(), nil
}

func (e *executes) carryOut(ctx context.Context, r *repb.ExecuteRequest) (*repb.ActionResult, error) {
	action, command := &repb.Action{}, &repb.Command{}
	if err := errors.Join(e.message(r.GetActionDigest(), action), e.message(action.GetCommandDigest(), command)); err != nil {
		return nil, err
	}
	if got := strings.Join(command.GetArguments(), " "); got != "./pyc batch" {
		return nil, status.Errorf(codes.InvalidArgument, "command %q", got)
	}
	dir, err := os.MkdirTemp("", "executor-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := e.layOut(dir, action.GetInputRootDigest()); err != nil {
		return nil, err
	}
	if err := batch.Run(ctx, &compiler.Native{}, dir); err != nil {
		return nil, err
	}
	result := &repb.ActionResult{}
	for _, name := range command.GetOutputPaths() {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue // a module that did not compile
		}
		d := digest.NewFromBlob(data)
		e.mu.Lock()
		e.blobs[d.Hash] = data
		e.mu.Unlock()
		result.OutputFiles = append(result.OutputFiles, &repb.OutputFile{Path: name, Digest: d.ToProto()})
	}
	return result, nil
}

// message reads a message from the blobs.
func (e *executes) message(d *repb.Digest, m proto.Message) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	data, ok := e.blobs[d.GetHash()]
	if !ok && d.GetSizeBytes() > 0 {
		return status.Errorf(codes.FailedPrecondition, "blob %v is not there", d)
	}
	return proto.Unmarshal(data, m)
}

func (e *executes) layOut(dir string, d *repb.Digest) error {
	folder := &repb.Directory{}
	if err := e.message(d, folder); err != nil {
		return err
	}
	for _, f := range folder.GetFiles() {
		e.mu.Lock()
		data := e.blobs[f.GetDigest().GetHash()]
		e.mu.Unlock()
		if err := os.WriteFile(filepath.Join(dir, f.GetName()), data, 0o600); err != nil {
			return err
		}
	}
	for _, sub := range folder.GetDirectories() {
		if err := os.Mkdir(filepath.Join(dir, sub.GetName()), 0o700); err != nil {
			return err
		}
		if err := e.layOut(filepath.Join(dir, sub.GetName()), sub.GetDigest()); err != nil {
			return err
		}
	}
	return nil
}

func openExecutor(t *testing.T, s *server) *remote.Executor {
	t.Helper()
	tool := filepath.Join(t.TempDir(), "tool")
	if err := os.WriteFile(tool, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	e, err := remote.OpenExecutor(t.Context(), remote.ExecutorConfig{
		Address: s.address, Tool: tool, Timeout: time.Minute, Platform: []remote.Property{{"b", "1"}, {"a", "2"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// project is modules of all kinds, and what they are compiled to here.
func project(t *testing.T) (modules []remote.Module, want []remote.Outcome) {
	t.Helper()
	for i, source := range []string{"", "x = 1\n", "x = = 1\n", "assert (1, 'said')\n", "def f():\n    '''f'''\n"} {
		for level := range 3 {
			o := compiler.Options{Version: pyver.Default, Filename: fmt.Sprintf("ö%d.py", i), Optimize: level}
			modules = append(modules, remote.Module{Source: []byte(source), Options: o})
			r, err := (&compiler.Native{}).Compile(t.Context(), []byte(source), o)
			want = append(want, remote.Outcome{Result: r, Err: err})
		}
	}
	return modules, want
}

func TestExecutor(t *testing.T) {
	s := startServer(t)
	modules, want := project(t)
	check := func(executed int) {
		t.Helper()
		got, err := openExecutor(t, s).Compile(t.Context(), modules)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmp.Comparer(bytes.Equal)); d != "" {
			t.Errorf("(-here +there):\n%s", d)
		}
		if n := s.count("Execute"); n != executed {
			t.Errorf("%d actions were executed, want %d", n, executed)
		}
	}
	check(1)
	check(1) // from the action cache
	// An entry that is damaged, or whose files are gone, is made anew.
	for i, damage := range []func(r *repb.ActionResult){
		func(r *repb.ActionResult) { delete(s.blobs, r.GetOutputFiles()[0].GetDigest().GetHash()) },
		func(r *repb.ActionResult) { s.blobs[r.GetOutputFiles()[0].GetDigest().GetHash()] = []byte("junk") },
		func(r *repb.ActionResult) { r.OutputFiles = r.GetOutputFiles()[1:] },
		func(r *repb.ActionResult) {
			r.OutputFiles[0].Digest = r.GetOutputFiles()[len(r.GetOutputFiles())-1].GetDigest()
		},
		func(r *repb.ActionResult) { r.OutputFiles[0].Digest = nil },
		func(r *repb.ActionResult) { r.ExitCode = 1 },
	} {
		s.mu.Lock()
		for _, r := range s.results {
			damage(r)
		}
		s.mu.Unlock()
		check(2 + i)
	}
}

// TestExecutorErrors has an executor fail: the error says how.
func TestExecutorErrors(t *testing.T) {
	modules, _ := project(t)
	for _, test := range []struct {
		name string
		edit func(s *server, e *executes)
		want string
	}{
		{"exit code", func(_ *server, e *executes) {
			e.edit = func(r *repb.ExecuteResponse) { r.Result.ExitCode, r.Result.StderrRaw = 2, []byte("oh no\n") }
		}, "the program ended with exit code 2: oh no"},
		{"said nothing", func(_ *server, e *executes) {
			e.edit = func(r *repb.ExecuteResponse) { r.Result.ExitCode = 2 }
		}, "the program ended with exit code 2: it said nothing"},
		{"status", func(_ *server, e *executes) {
			e.edit = func(r *repb.ExecuteResponse) {
				r.Status = status.New(codes.FailedPrecondition, "no such platform").Proto()
			}
		}, "no such platform"},
		{"timeout", func(_ *server, e *executes) {
			e.edit = func(r *repb.ExecuteResponse) { r.Status = status.New(codes.DeadlineExceeded, "too long").Proto() }
		}, "too long"},
		{"no result", func(_ *server, e *executes) {
			e.edit = func(r *repb.ExecuteResponse) { r.Result = nil }
		}, "result.json: "},
		{"refused", func(s *server, _ *executes) {
			s.setFault(func(_ context.Context, method string) error {
				if method == "Execute" {
					return status.Error(codes.PermissionDenied, "not for you")
				}
				return nil
			})
		}, "not for you"},
		{"an old API", func(s *server, _ *executes) { s.caps.HighApiVersion.Minor = 0 }, "version 2.0 of the Remote Execution API at most; 2.1 is needed"},
		{"another digest", func(s *server, _ *executes) {
			s.caps.ExecutionCapabilities.DigestFunction = repb.DigestFunction_BLAKE3
		}, "the executor is of no use"},
		{"a cache", func(s *server, _ *executes) { s.caps.ExecutionCapabilities.ExecEnabled = false }, "the server executes no actions"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := startServer(t)
			test.edit(s, s.executor)
			got, err := openExecutor(t, s).Compile(t.Context(), modules)
			if err == nil || got != nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v and error %v, want %q in it", got, err, test.want)
			}
		})
	}
}

func TestCheckTool(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"script": "#!/bin/sh\n", "short": "x", "damaged": "\x7fELF and nothing"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"script": "", "short": "too short", "damaged": "is a damaged program", "none": "none", ".": "is not a regular file",
	} {
		err := remote.CheckTool(filepath.Join(dir, name))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", name, err, want)
		}
	}
}
