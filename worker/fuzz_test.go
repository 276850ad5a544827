package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// fuzzLimit is the length in bytes of the longest request in fuzz tests.
const fuzzLimit = 1 << 12

// seedRequests are requests to start fuzzing from.
func seedRequests() []*workerpb.WorkRequest {
	return []*workerpb.WorkRequest{
		{},
		{Arguments: []string{"--src", "a.py"}, RequestId: 1},
		{Arguments: []string{"@args"}, Inputs: []*workerpb.Input{{Path: "a.py", Digest: []byte("abc")}}, RequestId: 2, Verbosity: 10, SandboxDir: "s/1"},
		{RequestId: 1, Cancel: true},
		{Arguments: []string{strings.Repeat(" ", 30)}},
		{Cancel: true, SandboxDir: strings.Repeat(" ", 119)},
	}
}

func addSeeds(f *testing.F) {
	f.Helper()
	f.Add([]byte(""))
	f.Add([]byte(" \n"))
	f.Add([]byte("\xff\xff\xff\xff\x7f"))
	f.Add([]byte("{\n\"requestId\": \"5\", \"x\": [{}, null, 1e9]}"))
	f.Add([]byte("{\"arguments\":[]\n{}"))
	f.Add([]byte(`{"requestId":5.0}{"request_id":7}null`))
	for _, req := range seedRequests() {
		f.Add(delimited(req, req))
		b, err := protojson.Marshal(req)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append(b, '\n'))
	}
}

// FuzzStream feeds the loop with anything: it ends, it answers every request
// that it read and no other, and how the input arrives does not matter.
func FuzzStream(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		want, wantErr := readAll(in, fuzzLimit)
		for _, r := range []io.Reader{bytes.NewReader(in), iotest.HalfReader(bytes.NewReader(in))} {
			c, err := newCodec(r, fuzzLimit)
			var got []*workerpb.WorkRequest
			for err == nil {
				var req *workerpb.WorkRequest
				if req, _, err = c.read(); err == nil {
					got = append(got, req)
				}
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
			if (err == nil) != (wantErr == nil) || !slices.EqualFunc(got, want, func(a, b *workerpb.WorkRequest) bool { return proto.Equal(a, b) }) {
				t.Fatalf("%d requests and %v, but byte by byte %d and %v", len(got), err, len(want), wantErr)
			}
		}
		work := 0
		for _, req := range want {
			if !req.GetCancel() {
				work++
			}
		}
		var out countingWriter
		echo := func(_ context.Context, req *workerpb.WorkRequest) *workerpb.WorkResponse {
			return &workerpb.WorkResponse{Output: strings.Join(req.GetArguments(), "")}
		}
		err := Serve(t.Context(), bytes.NewReader(in), &out, echo, Options{MaxRequest: fuzzLimit})
		if (err == nil) != (wantErr == nil) || out.writes != work {
			t.Fatalf("Serve wrote %d responses and returned %v; want %d and %v", out.writes, err, work, wantErr)
		}
	})
}

// A countingWriter counts writes, of which there is only one at a time.
type countingWriter struct{ writes int }

// Write implements io.Writer.
func (w *countingWriter) Write(p []byte) (int, error) {
	w.writes++
	return len(p), nil
}

// FuzzJSON compares the JSON reader with that of the protobuf library on a
// single request: what the latter accepts, the former reads as the same.
func FuzzJSON(f *testing.F) {
	for _, req := range seedRequests() {
		b, err := protojson.Marshal(req)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"requestId":"-1","verbosity":1e1,"cancel":null,"unknown":{"a":[]},"sandbox_dir":"x"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		want := new(workerpb.WorkRequest)
		var fields any
		if (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(in, want) != nil || json.Unmarshal(in, &fields) != nil || hasOtherCase(fields) {
			return
		}
		c := newJSONCodec(bytes.NewReader(in), 1<<20)
		got, _, err := c.read()
		if err != nil {
			t.Fatalf("%v; want %v", err, want)
		}
		// URL-safe and unpadded base64 is something to compare, too, but not
		// the same bytes.
		for _, in := range append(got.GetInputs(), want.GetInputs()...) {
			in.Digest = nil
		}
		if !proto.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// hasOtherCase reports whether a field has the name of one in the protocol but
// for its case. For us it is that one, for protojson it is unknown.
func hasOtherCase(v any) bool {
	names := []string{
		"arguments", "inputs", "requestId", "request_id", "cancel", "verbosity", "sandboxDir", "sandbox_dir", "path", "digest",
	}
	switch v := v.(type) {
	case map[string]any:
		for name, field := range v {
			fold := func(known string) bool { return known != name && strings.EqualFold(known, name) }
			if slices.ContainsFunc(names, fold) || hasOtherCase(field) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasOtherCase)
	}
	return false
}

// FuzzArguments parses any arguments: no panic, and what is accepted means the
// same when it is written in the other spelling.
func FuzzArguments(f *testing.F) {
	f.Add(strings.Join(module("--optimize=1", "--persistent_worker"), "\n"), "box")
	f.Add("--src\n@a\n--src=\n--pyc\n\n@@x\n@r//x", "")
	f.Add("--optimize\n-1\n--invalidation_mode\nTIMESTAMP\n--log_level=info", "/abs")
	f.Fuzz(func(t *testing.T, text, sandbox string) {
		args := strings.Split(text, "\n")
		line, err := parse(args)
		if err != nil {
			if err.Error() == "" {
				t.Error("error without a text")
			}
			return
		}
		again, err := parse(line.arguments())
		if err != nil {
			t.Fatalf("%q: %v", line.arguments(), err)
		}
		if !slices.Equal(again.arguments(), line.arguments()) {
			t.Errorf("%q became %q", line.arguments(), again.arguments())
		}
		jobs, err := line.jobs(sandbox)
		if err == nil && len(jobs) != len(line.sources) {
			t.Errorf("%d jobs for %d sources", len(jobs), len(line.sources))
		}
	})
}

// arguments writes a command line in the spelling with "=".
func (c *commandLine) arguments() []string {
	var args []string
	for i := range max(len(c.sources), len(c.names), len(c.outputs)) {
		for _, list := range []struct {
			flag   string
			values []string
		}{{"--src", c.sources}, {"--src_name", c.names}, {"--pyc", c.outputs}} {
			if i < len(list.values) {
				args = append(args, list.flag+"="+list.values[i])
			}
		}
	}
	args = append(args, "--invalidation_mode="+c.invalidation.String(), "--optimize="+string(rune('0'+c.optimize)))
	if c.version != 0 {
		args = append(args, "--python_version="+c.version.String())
	}
	if c.serial {
		args = append(args, "--worker_impl=serial")
	}
	if c.logRequests {
		args = append(args, "--log_level=INFO")
	}
	if c.persistent {
		args = append(args, persistentFlag)
	}
	return args
}

// FuzzParamFile reads anything as a param file: each line is an argument, and
// nothing else is.
func FuzzParamFile(f *testing.F) {
	f.Add("--src\na.py\r\n\n@@x\n@r//x\n@none")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "args"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := expand([]string{"@args"}, dir)
		var want []string
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
			switch {
			case strings.HasPrefix(line, "@@"):
				line = line[1:]
			case strings.HasPrefix(line, "@") && !strings.Contains(line, "//"):
				if err == nil {
					t.Errorf("%q names no file, but is read", line)
				}
				return
			}
			want = append(want, line)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	})
}
