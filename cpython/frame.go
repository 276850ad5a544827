package cpython

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// maxSource and maxReply are the sizes in bytes of the largest source that is
// sent to an interpreter and of the largest reply that is taken from one.
const (
	maxSource = 256 << 20
	maxReply  = 1 << 30
)

// maxTrusted is the size in bytes up to which memory for a reply is set aside
// at once. Beyond it grows with what arrives: a size alone proves nothing.
const maxTrusted = 1 << 20

// maxFilename is the size in bytes of the longest file name.
const maxFilename = 1 << 16

// headerSize is the size in bytes of the header of requests and of replies.
const headerSize = 16

// A replyKind says what the body of a reply is. The driver has the same
// numbers.
type replyKind uint32

const (
	replyHello    replyKind = iota // the interpreter introduces itself
	replyCode                      // the marshalled code
	replyWarnings                  // fields: the marshalled code, then five for each warning
	replyError                     // fields: what is wrong with the source
	replyFailure                   // fields: a traceback; the source is not to blame
	replyDone                      // the child has ended well; no body
)

// appendRequest appends the header of a request and the file name. The source
// follows as it is.
//
//	number  optimize  len(filename)  len(source)  filename  source
//	   u32       u32            u32          u32
func appendRequest(b []byte, number uint32, source []byte, opts compiler.Options) []byte {
	b = binary.LittleEndian.AppendUint32(b, number)
	b = binary.LittleEndian.AppendUint32(b, uint32(opts.Optimize))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(opts.Filename)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(source)))
	return append(b, opts.Filename...)
}

// checkRequest returns an error that says why a request cannot be sent.
func checkRequest(source []byte, opts compiler.Options) error {
	switch {
	case len(source) > maxSource:
		return fmt.Errorf("the source has %d bytes; at most %d can be compiled", len(source), maxSource)
	case len(opts.Filename) > maxFilename:
		return fmt.Errorf("the file name has %d bytes; at most %d are possible", len(opts.Filename), maxFilename)
	case strings.IndexByte(opts.Filename, 0) >= 0:
		return fmt.Errorf("the file name %q contains a NUL byte", opts.Filename)
	}
	return nil
}

// A reply is a frame that an interpreter sends.
type reply struct {
	kind replyKind
	body []byte
}

// readReply reads a reply to the request of that number.
//
//	number  kind  len(body)  body
//	   u32   u32        u64
//
// The error wraps io.EOF or io.ErrUnexpectedEOF when the interpreter is gone.
func readReply(r io.Reader, number uint32) (reply, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return reply{}, err
	}
	kind := replyKind(binary.LittleEndian.Uint32(header[4:]))
	size := binary.LittleEndian.Uint64(header[8:])
	if got := binary.LittleEndian.Uint32(header[:]); got != number || kind > replyDone {
		return reply{}, fmt.Errorf("%w: the header of a reply is % x", errGarbage, header)
	}
	if size > maxReply {
		return reply{}, fmt.Errorf("%w: the reply has %d bytes; at most %d are taken", errGarbage, size, uint64(maxReply))
	}
	if size <= maxTrusted {
		body := make([]byte, size)
		_, err := io.ReadFull(r, body)
		return reply{kind, body}, err
	}
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r, int64(size)); err != nil {
		return reply{}, err
	}
	return reply{kind, body.Bytes()}, nil
}

// splitFields takes a body of fields apart: each is its length as a u64 and
// its bytes.
func splitFields(body []byte) ([][]byte, error) {
	var fields [][]byte
	for len(body) > 0 {
		if len(body) < 8 {
			return nil, fmt.Errorf("%w: %d bytes are left where a field begins", errGarbage, len(body))
		}
		size := binary.LittleEndian.Uint64(body)
		body = body[8:]
		if size > uint64(len(body)) {
			return nil, fmt.Errorf("%w: a field of %d bytes in %d", errGarbage, size, len(body))
		}
		fields = append(fields, body[:size:size])
		body = body[size:]
	}
	return fields, nil
}
