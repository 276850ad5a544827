package worker

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// readAll reads an input byte by byte, which is the hardest way for a reader
// that looks ahead.
func readAll(in []byte, limit int) ([]*workerpb.WorkRequest, error) {
	c, err := newCodec(iotest.OneByteReader(bytes.NewReader(in)), limit)
	var reqs []*workerpb.WorkRequest
	for err == nil {
		var req *workerpb.WorkRequest
		if req, _, err = c.read(); err == nil {
			reqs = append(reqs, req)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return reqs, err
}

func delimited(reqs ...*workerpb.WorkRequest) []byte {
	var b bytes.Buffer
	for _, req := range reqs {
		if _, err := protodelim.MarshalTo(&b, req); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

func compareRequests(t *testing.T, got []*workerpb.WorkRequest, want ...*workerpb.WorkRequest) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

func TestJSONRequests(t *testing.T) {
	hi := &workerpb.WorkRequest{Arguments: []string{"hi"}, RequestId: 5}
	full := &workerpb.WorkRequest{
		Arguments: []string{"--src", "ä.py"}, RequestId: 5, Cancel: true, Verbosity: 10, SandboxDir: "s/1",
		Inputs: []*workerpb.Input{{Path: "a.py", Digest: []byte("digest")}},
	}
	for _, test := range []struct {
		name, in string
		want     *workerpb.WorkRequest
	}{
		{"compact", `{"arguments":["hi"],"requestId":5}`, hi},
		{"newline", "{\"arguments\":[\"hi\"],\"requestId\":5}\n", hi},
		{"carriage return", "{\"arguments\":[\"hi\"],\"requestId\":5}\r\n", hi},
		{"white space in front", " \t\r\n\n{\"arguments\":[\"hi\"],\"requestId\":5}", hi},
		{"white space inside", "{\n  \"arguments\": [\n    \"hi\"\n  ],\n  \"requestId\": 5\n}\n", hi},
		{"white space after the brace", `{ "arguments": ["hi"], "requestId": 5 }`, hi},
		{"a line of white space", strings.Repeat(" ", 500) + `{"arguments":["hi"],"requestId":5}`, hi},
		{"unknown fields", `{"new":{"a":[1,{"b":null}]},"arguments":["hi"],"requestId":5,"x":"}"}`, hi},
		{"odd first key", `{"a\"b\\":1,"arguments":["hi"],"requestId":5}`, hi},
		{"odd first key, not compact", `{ "a\"b\\" : 1,"arguments":["hi"],"requestId":5}`, hi},
		{"zero fields", `{"arguments":["hi"],"inputs":[],"requestId":5,"cancel":false,"verbosity":0,"sandboxDir":""}`, hi},
		{"null fields", `{"arguments":["hi"],"inputs":null,"requestId":5,"cancel":null,"verbosity":null,"sandboxDir":null}`, hi},
		{"number as string", `{"arguments":["hi"],"requestId":"5"}`, hi},
		{"number with fraction", `{"arguments":["hi"],"requestId":5.0}`, hi},
		{"number with exponent", `{"arguments":["hi"],"requestId":50e-1}`, hi},
		{"names of the .proto file", `{"arguments":["hi"],"request_id":5}`, hi},
		{"escapes", `{"arguments":["\u0068\u0069"],"requestId":5}`, hi},
		{"empty", `{}`, &workerpb.WorkRequest{}},
		{"empty with a space", `{ }`, &workerpb.WorkRequest{}},
		{"negative id", `{"requestId":-2147483648}`, &workerpb.WorkRequest{RequestId: -1 << 31}},
		{
			"digest that is not base64", `{"inputs":[{"path":"a","digest":"sha256:0"}]}`,
			&workerpb.WorkRequest{Inputs: []*workerpb.Input{{Path: "a", Digest: []byte("sha256:0")}}},
		},
		{"as Bazel writes it", protojson.Format(full), full},
		{"as BuildBuddy writes it", protojson.MarshalOptions{EmitUnpopulated: true}.Format(hi), hi},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := readAll([]byte(test.in), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			compareRequests(t, got, test.want)
			got, err = readAll([]byte(test.in+test.in), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			compareRequests(t, got, test.want, test.want)
		})
	}
}

func TestMalformedRequests(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"word", `{"arguments":hello}`, "malformed"},
		{"missing brace", "{\"arguments\":[]\n{}", "malformed"},
		{"missing quote", "{\"arguments\":[\"a]}\n", "malformed"},
		{"second is null", "{}\nnull\n", "not an object"},
		{"second is a number", "{}\n5\n", "malformed"},
		{"id is a word", `{"requestId":"five"}`, `"five" is not a 32-bit integer`},
		{"id is 2³¹", `{"requestId":2147483648}`, "2147483648 is not a 32-bit integer"},
		{"id is ½", `{"requestId":0.5}`, "0.5 is not a 32-bit integer"},
		{"id is NaN", `{"requestId":"NaN"}`, "is not a 32-bit integer"},
		{"argument is a number", `{"arguments":[1]}`, "malformed"},
		{"arguments are a string", `{"arguments":"a"}`, "malformed"},
		{"too deep", `{"a":` + strings.Repeat("[", 20_000), "malformed"},
		{"longer than the limit", `{"arguments":["` + strings.Repeat("a", 70_000) + `"]}`, "more than 65536 bytes"},
		{"endless", `{"arguments":["` + strings.Repeat("a", 70_000), "more than 65536 bytes"},
		{"half", `{"arguments":["a`, "unexpected EOF"},
		{"brace only", `{`, "unexpected EOF"},
		{"proto: unknown wire type", "\x01\x0f", "malformed"},
		{"proto: field is cut", "\x02\x0a\x05", "malformed"},
		{"proto: not UTF-8", "\x04\x0a\x02\xff\xfe", "malformed"},
		{"proto: length has 11 bytes", strings.Repeat("\x80", 10) + "\x01", "does not begin with a length"},
		{"proto: length overflows", strings.Repeat("\xff", 9) + "\x7f", "does not begin with a length"},
		{"proto: longer than the limit", "\x81\x80\x04", "65537 bytes announced, at most 65536"},
		{"proto: longest length", strings.Repeat("\xff", 9) + "\x01", "18446744073709551615 bytes announced"},
		{"proto: half a length", "\x80", "unexpected EOF"},
		{"proto: half a message", "\x05\x0a\x03ab", "unexpected EOF"},
		{"proto: no message", "\x05", "unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readAll([]byte(test.in), 1<<16)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
			if errors.Is(err, errMalformed) == errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%v is not exactly one of malformed and cut off", err)
			}
		})
	}
}

// Messages of every length are told from JSON, those too whose length byte is
// the start of JSON.
func TestProtoIsToldFromJSON(t *testing.T) {
	fill := []func(n int) *workerpb.WorkRequest{
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{Arguments: []string{strings.Repeat("a", n)}}
		},
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{Arguments: []string{strings.Repeat(" ", n)}}
		},
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{Arguments: []string{"{" + strings.Repeat(" ", n)}}
		},
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{Arguments: []string{`"` + strings.Repeat("a", n)}}
		},
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{Arguments: []string{"\n", "\t\r", `{"` + strings.Repeat("a", n)}}
		},
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{Inputs: []*workerpb.Input{{Path: strings.Repeat(`"`, n)}}}
		},
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{RequestId: 1, Arguments: []string{strings.Repeat("-", n)}}
		},
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{Cancel: true, SandboxDir: strings.Repeat(" ", n)}
		},
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{Arguments: []string{strings.Repeat(" ", 32), strings.Repeat(" ", n)}}
		},
		func(n int) *workerpb.WorkRequest {
			return &workerpb.WorkRequest{Arguments: []string{`"` + strings.Repeat("a", 33)}, SandboxDir: strings.Repeat("b", n)}
		},
	}
	for _, f := range fill {
		for n := range 300 {
			req := f(n)
			in := delimited(req, req)
			got, err := readAll(in, 1<<20)
			if err != nil {
				t.Fatalf("message of %d bytes %q: %v", len(in)/2-1, in[:len(in)/2], err)
			}
			compareRequests(t, got, req, req)
		}
	}
}

// A request is read without waiting for a byte beyond it: its sender may send
// none until it has the answer.
func TestReadingDoesNotWait(t *testing.T) {
	for _, in := range []string{
		`{}`, `{ }`, "{\n}", `{"requestId":1}`, `{ "requestId":1}`, "\n{\n\"a\":1}",
		"\x00", "\x02\x18\x01", "\x04\x20\x01\x18\x01", "\x0a\x0a\x08        ", "\x20\x0a\x1e" + strings.Repeat(" ", 30),
		"\x0a\x0a\x08{\"aaaaaa", "\x20\x0a\x0a{\"        \x0a\x0a\t         \x0a\x06      ",
	} {
		r := io.MultiReader(iotest.OneByteReader(strings.NewReader(in)), failing{t, in})
		c, err := newCodec(r, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.read(); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// failing is a reader that must not be read.
type failing struct {
	t  *testing.T
	in string
}

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) {
	f.t.Errorf("%q: read beyond the request", f.in)
	return 0, io.EOF
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestAnnouncedLengthIsNotAllocated(t *testing.T) {
	in := append(protowire.AppendVarint(nil, 100<<20), "\x0a\x05hello"...)
	n := allocated(func() {
		if _, err := readAll(in, 256<<20); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("error is %v, want unexpected EOF", err)
		}
	})
	if n > 1<<20 {
		t.Errorf("%d bytes allocated for a message of which 7 bytes arrived", n)
	}
}

// After a long request, the memory it took is free again.
func TestLongRequestIsForgotten(t *testing.T) {
	long := &workerpb.WorkRequest{Arguments: []string{strings.Repeat("a", 16<<20)}, RequestId: 1}
	short := &workerpb.WorkRequest{Arguments: []string{"b"}, RequestId: 2}
	for name, in := range map[string][]byte{
		"proto": delimited(long, short, short),
		"json":  []byte(protojson.Format(long) + "\n" + protojson.Format(short) + protojson.Format(short)),
	} {
		t.Run(name, func(t *testing.T) {
			heap := func() uint64 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				return m.HeapAlloc
			}
			before := heap()
			c, err := newCodec(bytes.NewReader(in), 256<<20)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []*workerpb.WorkRequest{long, short, short} {
				got, size, err := c.read()
				if err != nil {
					t.Fatal(err)
				}
				if !proto.Equal(got, want) {
					t.Errorf("request %d differs", i)
				}
				if min := len(want.GetArguments()[0]); size < min || size > min+100 {
					t.Errorf("request %d took %d bytes, want a few more than %d", i, size, min)
				}
			}
			if after := heap(); after > before+1<<20 {
				t.Errorf("heap grew by %d bytes", after-before)
			}
			runtime.KeepAlive(c)
		})
	}
}

func TestResponsesAreOneLineOrMessage(t *testing.T) {
	resp := &workerpb.WorkResponse{ExitCode: 1, Output: "a\nb \"<&>\" \u2028", RequestId: 7}
	b, err := new(jsonCodec).encode(resp)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(b), `{"exitCode":1,"output":"a\nb \"<&>\" \u2028","requestId":7}`+"\n"; got != want {
		t.Errorf("JSON response is %s, want %s", got, want)
	}
	b, err = new(protoCodec).encode(resp)
	if err != nil {
		t.Fatal(err)
	}
	got := new(workerpb.WorkResponse)
	if err := protodelim.UnmarshalFrom(bytes.NewReader(b), got); err != nil || !proto.Equal(got, resp) {
		t.Errorf("proto response is %v (%v), want %v", got, err, resp)
	}
}
