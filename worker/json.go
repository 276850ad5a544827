package worker

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// A jsonCodec speaks the JSON form: each message is an object on a line. A
// request is complete with its closing brace, whether or not a newline has
// arrived, and may span lines. Syntax is checked as the bytes arrive, so that
// a request that lacks its closing brace is an error as soon as the next one
// begins.
type jsonCodec struct {
	in    io.Reader
	limit int // length in bytes of the longest request accepted
	dec   *json.Decoder
	fence *fence // what dec reads from
}

func newJSONCodec(in io.Reader, limit int) *jsonCodec {
	f := &fence{r: in}
	return &jsonCodec{in: in, limit: limit, dec: json.NewDecoder(f), fence: f}
}

// A jsonRequest is a WorkRequest as JSON spells it. Fields that are absent or
// null have their zero value, and others are ignored. The names with
// underscores are those of the .proto file, which parsers of this form are to
// accept too. The case of names does not matter.
type jsonRequest struct {
	Arguments      []string    `json:"arguments"`
	Inputs         []jsonInput `json:"inputs"`
	RequestID      jsonInt     `json:"requestId"`
	RequestIDAlias jsonInt     `json:"request_id"`
	Cancel         bool        `json:"cancel"`
	Verbosity      jsonInt     `json:"verbosity"`
	Sandbox        string      `json:"sandboxDir"`
	SandboxAlias   string      `json:"sandbox_dir"`
}

type jsonInput struct {
	Path   string `json:"path"`
	Digest string `json:"digest"`
}

func (c *jsonCodec) read() (*workerpb.WorkRequest, int, error) {
	start := c.dec.InputOffset()
	c.fence.end = start + int64(c.limit)
	var req *jsonRequest
	err := c.dec.Decode(&req)
	size := int(c.dec.InputOffset() - start)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, 0, err
	case errors.Is(err, errFence):
		return nil, 0, fmt.Errorf("%w: more than %d bytes without an end", errMalformed, c.limit)
	case isJSONError(err):
		return nil, 0, fmt.Errorf("%w: byte %d of the input: %w", errMalformed, start, err)
	case err != nil:
		return nil, 0, err
	case req == nil:
		return nil, 0, fmt.Errorf("%w: byte %d of the input: not an object", errMalformed, start)
	}
	if size > keptBuffer {
		if err := c.shrink(); err != nil {
			return nil, 0, err
		}
	}
	return req.message(), size, nil
}

// isJSONError tells errors of the JSON text from those of reading it.
func isJSONError(err error) bool {
	return errors.As(err, new(*json.SyntaxError)) || errors.As(err, new(*json.UnmarshalTypeError)) || errors.As(err, new(*numberError))
}

// shrink gives up the buffer of the decoder, which never does so itself. Bytes
// of the next request that are in it are read again.
func (c *jsonCodec) shrink() error {
	rest, err := io.ReadAll(c.dec.Buffered())
	if err != nil {
		return err
	}
	c.fence = &fence{r: io.MultiReader(bytes.NewReader(rest), c.in)}
	c.dec = json.NewDecoder(c.fence)
	return nil
}

func (r *jsonRequest) message() *workerpb.WorkRequest {
	req := &workerpb.WorkRequest{
		Arguments:  r.Arguments,
		RequestId:  int32(r.RequestID | r.RequestIDAlias),
		Cancel:     r.Cancel,
		Verbosity:  int32(r.Verbosity),
		SandboxDir: r.Sandbox + r.SandboxAlias,
	}
	inputs := make([]workerpb.Input, len(r.Inputs))
	for i, in := range r.Inputs {
		inputs[i].Path, inputs[i].Digest = in.Path, digest(in.Digest)
		req.Inputs = append(req.Inputs, &inputs[i])
	}
	return req
}

// digest returns the bytes of a digest. Senders that do not encode them in
// base64 have their text taken as it is: what counts is whether two are equal.
func digest(s string) []byte {
	if b, err := base64.StdEncoding.DecodeString(s); err == nil {
		return b
	}
	return []byte(s)
}

func (c *jsonCodec) encode(resp *workerpb.WorkResponse) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b) // ends each value with a newline
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		ExitCode     int32  `json:"exitCode"`
		Output       string `json:"output"`
		RequestID    int32  `json:"requestId"`
		WasCancelled bool   `json:"wasCancelled,omitempty"`
	}{resp.GetExitCode(), resp.GetOutput(), resp.GetRequestId(), resp.GetWasCancelled()})
	if err != nil {
		return nil, fmt.Errorf("encoding response: %w", err)
	}
	return b.Bytes(), nil
}

// A jsonInt is a 32-bit integer, which JSON may spell as a number, with or
// without fraction and exponent, or as a string of one.
type jsonInt int32

// A numberError is about a number that is no 32-bit integer.
type numberError struct{ text string }

func (e *numberError) Error() string { return e.text + " is not a 32-bit integer" }

// UnmarshalJSON implements json.Unmarshaler.
func (n *jsonInt) UnmarshalJSON(b []byte) error {
	text := string(b)
	if text == "null" {
		return nil
	}
	text = strings.Trim(text, `"`)
	v, err := strconv.ParseInt(text, 10, 32)
	if err == nil {
		*n = jsonInt(v)
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || f < math.MinInt32 || f > math.MaxInt32 {
		return &numberError{string(b)}
	}
	*n = jsonInt(f)
	return nil
}

// errFence is what a fence returns at its end.
var errFence = errors.New("end of fence")

// A fence is a reader that stops at an offset, however much follows.
type fence struct {
	r   io.Reader
	n   int64 // bytes read
	end int64 // offset at which reading fails
}

// Read implements io.Reader.
func (f *fence) Read(p []byte) (int, error) {
	if f.n >= f.end {
		return 0, errFence
	}
	if left := f.end - f.n; int64(len(p)) > left {
		p = p[:left]
	}
	n, err := f.r.Read(p)
	f.n += int64(n)
	return n, err
}
