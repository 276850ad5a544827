package worker

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

const (
	// readBuffer is the size in bytes of the buffer in front of the input.
	readBuffer = 64 << 10
	// keptBuffer is the size in bytes above which a buffer is not kept for the
	// next request.
	keptBuffer = 1 << 20
	// maxOutput is the length in bytes at which the output of a response is
	// cut.
	maxOutput = 4 << 20
)

// A codec reads requests and encodes responses in one of the two forms of the
// protocol.
type codec interface {
	// read returns the next request and the number of bytes it took. The error
	// is io.EOF at the end of the input, if that is not amid a request; after
	// any other error the input cannot be read on.
	read() (*workerpb.WorkRequest, int, error)
	// encode returns all bytes of the response.
	encode(*workerpb.WorkResponse) ([]byte, error)
}

// newCodec returns the codec of the form in which the input begins. It waits
// for the first bytes of the input, but for none beyond the first request.
// Requests longer than limit bytes are refused.
func newCodec(in io.Reader, limit int) (codec, error) {
	r := bufio.NewReaderSize(in, readBuffer)
	json, err := looksLikeJSON(r)
	if err != nil {
		return nil, err
	}
	if json {
		return newJSONCodec(r, limit), nil
	}
	return &protoCodec{r: r, limit: limit}, nil
}

// errMalformed is wrapped by the errors about input that is no request. The
// sender and the worker then disagree on where requests begin, and the input
// cannot be read on.
var errMalformed = errors.New("malformed request")

func tooLong(size uint64, limit int) error {
	return fmt.Errorf("%w: %d bytes announced, at most %d are accepted", errMalformed, size, limit)
}

// unexpected turns the end of the input amid a request into the error that
// says so.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// printable makes a text fit for the output of a response: valid UTF-8, which
// the protocol wants, and not longer than maxOutput.
func printable(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= maxOutput {
		return s
	}
	cut := strings.ToValidUTF8(s[:maxOutput], "") // drops half a character at the end
	return fmt.Sprintf("%s\n[%d more bytes of output]\n", cut, len(s)-len(cut))
}
