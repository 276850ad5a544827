package worker_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/worker"
)

// sources writes files, named by what the compiler is to do with them, into
// the folder pkg of a new working folder or of a sandbox in it.
func sources(tb testing.TB, sandbox string) {
	tb.Helper()
	tb.Chdir(tb.TempDir())
	dir := filepath.Join(sandbox, "pkg")
	if err := os.MkdirAll(filepath.Join(dir, "dir.pyc"), 0o755); err != nil {
		tb.Fatal(err)
	}
	for _, word := range []string{"good", "other", "warn", "bad", "null", "value", "panic", "broken", "block", "print"} {
		if err := os.WriteFile(filepath.Join(dir, word+".py"), []byte(word+"\nmore\n"), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

// compile returns the arguments that compile the sources of some names.
func compile(names ...string) []string {
	args := []string{"--python_version", "3.14", "--optimize", "1", "--invalidation_mode", "unchecked_hash"}
	for _, name := range names {
		args = append(args, "--src", "pkg/"+name+".py", "--src_name", "named/"+name+".py", "--pyc", "pkg/out/"+name+".pyc")
	}
	return args
}

// outputs returns the code in each .pyc of a folder, by file name.
func outputs(tb testing.TB, dir string) map[string]string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "pkg", "out", "*"))
	if err != nil {
		tb.Fatal(err)
	}
	codes := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		h, err := pyc.ReadHeader(data)
		if err != nil {
			tb.Fatalf("%s: %v", path, err)
		}
		codes[filepath.Base(path)] = h.Invalidation.String() + " " + string(data[pyc.HeaderSize:])
	}
	return codes
}

func code(name string) string {
	return "unchecked-hash named/" + name + ".py 3.14 1\n" + name + "\nmore\n"
}

func TestHandler(t *testing.T) {
	const good, bad = worker.ExitOK, worker.ExitFailed
	syntaxError := func(name string) string {
		return "  File \"pkg/" + name + ".py\", line 1\n    bad\n    ^^^\nSyntaxError: invalid syntax\n"
	}
	warnings := "pkg/warn.py:2: SyntaxWarning: \"is\" with 'int' literal\n  x is 1\npkg/warn.py:3: DeprecationWarning: hm\n"
	internal := "pkg/panic.py: internal error: the compiler was told to\nThis is a fault of the compiler, not of the source; the log has the details\n"
	tests := []struct {
		name   string
		args   []string
		exit   int32
		output string
		files  []string
	}{
		{"one", compile("good"), good, "", []string{"good"}},
		{"several", compile("good", "other", "warn"), good, warnings, []string{"good", "other", "warn"}},
		{"warnings", compile("warn"), good, warnings, []string{"warn"}},
		{"syntax error", compile("bad"), bad, syntaxError("bad"), nil},
		{"null bytes", compile("null"), bad, "SyntaxError: source code string cannot contain null bytes (pkg/null.py)\n", nil},
		{"no position", compile("value"), bad, "pkg/value.py: ValueError: no\n", nil},
		{"fault", compile("broken"), bad, "compiling named/broken.py: the interpreter is gone\n", nil},
		{"panic", compile("panic"), worker.ExitUsage, internal, nil},
		{"missing source", compile("none"), bad, "reading source: stat pkg/none.py: no such file or directory\n", nil},
		{"all are tried", compile("bad", "good", "panic", "none", "warn", "other"), worker.ExitUsage, syntaxError("bad") + internal +
			"reading source: stat pkg/none.py: no such file or directory\n" + warnings, []string{"good", "warn", "other"}},
		{"no arguments", nil, worker.ExitUsage, "there is nothing to compile: --src, --src_name and --pyc are missing\n", nil},
		{"missing param file", []string{"@none"}, worker.ExitUsage, "reading @none: open none: no such file or directory\n", nil},
	}
	for _, sandbox := range []string{"", "box/7"} {
		for _, test := range tests {
			t.Run(test.name+" in "+sandbox, func(t *testing.T) {
				sources(t, sandbox)
				var log bytes.Buffer
				handle := worker.NewHandler(scripted{}, nil, 2, slog.New(slog.NewTextHandler(&log, nil)))
				resp := handle(t.Context(), &workerpb.WorkRequest{Arguments: test.args, SandboxDir: sandbox})
				compare(t, resp, &workerpb.WorkResponse{ExitCode: test.exit, Output: test.output})
				want := map[string]string{}
				for _, name := range test.files {
					want[name+".pyc"] = code(name)
				}
				if diff := cmp.Diff(want, outputs(t, sandbox)); diff != "" {
					t.Errorf("files (-want +got)\n%s", diff)
				}
				if logged := log.Len() > 0; logged != (test.exit == worker.ExitUsage && len(test.args) > 1) {
					t.Errorf("log is %q", log.String())
				}
			})
		}
	}
}

func TestHandlerOutputErrors(t *testing.T) {
	sources(t, "box")
	if err := os.WriteFile("box/pkg/file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	handle := worker.NewHandler(scripted{}, nil, 0, slog.New(slog.DiscardHandler))
	for _, output := range []string{"pkg/dir.pyc", "pkg/file/x.pyc"} {
		args := []string{"--python_version=3.14", "--src=pkg/good.py", "--src_name=good.py", "--pyc=" + output}
		resp := handle(t.Context(), &workerpb.WorkRequest{Arguments: args, SandboxDir: "box"})
		if resp.GetExitCode() != worker.ExitFailed || !strings.HasPrefix(resp.GetOutput(), "writing "+output+": ") || strings.Contains(resp.GetOutput(), "box") {
			t.Errorf("response is %v, want an error that names %s", resp, output)
		}
	}
}

// Param files of a request are in its sandbox, as are the files they name.
func TestHandlerParamFile(t *testing.T) {
	sources(t, "box")
	if err := os.WriteFile("box/args", []byte(strings.Join(compile("good"), "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	handle := worker.NewHandler(scripted{}, []string{"--optimize", "2", "--python_version", "3.12"}, 0, slog.New(slog.DiscardHandler))
	resp := handle(t.Context(), &workerpb.WorkRequest{Arguments: []string{"@args"}, SandboxDir: "box"})
	compare(t, resp, &workerpb.WorkResponse{})
	if diff := cmp.Diff(map[string]string{"good.pyc": code("good")}, outputs(t, "box")); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
}

// What the worker was started with goes in front of every request.
func TestHandlerStartupArguments(t *testing.T) {
	sources(t, "")
	handle := worker.NewHandler(scripted{}, compile(), 0, slog.New(slog.DiscardHandler))
	for range 2 {
		resp := handle(t.Context(), &workerpb.WorkRequest{Arguments: []string{"--src=pkg/good.py", "--src_name=named/good.py", "--pyc=pkg/out/good.pyc"}})
		compare(t, resp, &workerpb.WorkResponse{})
	}
	if diff := cmp.Diff(map[string]string{"good.pyc": code("good")}, outputs(t, "")); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
}

// A request with thousands of modules and inputs, more than a megabyte long.
func TestLongRequest(t *testing.T) {
	forms(t, func(t env) {
		sources(t, "")
		var names []string
		req := &workerpb.WorkRequest{RequestId: 3}
		for i := range 300 {
			name := strings.Repeat("n", i%50) + string(rune('a'+i%26)) + strings.Repeat("0", i/26)
			if err := os.WriteFile("pkg/"+name+".py", []byte("good\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
		for range 10_000 {
			req.Inputs = append(req.Inputs, &workerpb.Input{Path: strings.Repeat("p", 120), Digest: bytes.Repeat([]byte("d"), 64)})
		}
		req.Arguments = compile(names...)
		if n := len(t.form.request(req)); n < 1<<20 {
			t.Fatalf("request has %d bytes", n)
		}
		s := serve(t, worker.NewHandler(scripted{}, nil, 0, slog.New(slog.DiscardHandler)), worker.Options{})
		s.send(req)
		compare(t, s.next(), &workerpb.WorkResponse{RequestId: 3})
		s.endWithoutError()
		if n := len(outputs(t, "")); n != len(names) {
			t.Errorf("%d files written, want %d", n, len(names))
		}
	})
}

func TestCancelledCompilationWritesNothing(t *testing.T) {
	bubble(t, func(t env) {
		sources(t, "")
		s := serve(t, worker.NewHandler(scripted{}, nil, 1, slog.New(slog.DiscardHandler)), worker.Options{Parallel: 1})
		s.send(request(1, compile("block", "good")...), request(2, compile("other")...))
		synctest.Wait()
		s.send(cancel(1))
		first, second := s.next(), s.next() // the slot is free before the response is out
		if first.GetRequestId() != 1 {
			first, second = second, first
		}
		compare(t, first, &workerpb.WorkResponse{RequestId: 1, WasCancelled: true})
		compare(t, second, &workerpb.WorkResponse{RequestId: 2})
		s.endWithoutError()
		if diff := cmp.Diff(map[string]string{"other.pyc": code("other")}, outputs(t, "")); diff != "" {
			t.Errorf("files (-want +got)\n%s", diff)
		}
	})
}
