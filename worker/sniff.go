package worker

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"google.golang.org/protobuf/proto"

	workerpb "github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// looksLikeJSON reports whether the input begins with a JSON request rather
// than with a length and a message. It takes nothing from r.
//
// JSON begins with '{', perhaps after white space. Those bytes are also the
// lengths 123, 32, 13, 10 and 9, so they leave it open. The byte after the
// length is the tag of a field, though, and of the tags that exist only 0x0a
// (arguments; a line feed) and 0x20 (cancel; a space) can come after the '{'
// of an object. Compact JSON is therefore told by its second byte. JSON with
// white space is told by what follows: a message soon has a byte that JSON
// cannot have there. If it has none to its end, the message is checked whole.
//
// What stays ambiguous, and is taken for JSON, is a message of exactly one of
// those lengths whose first argument looks like the first line of an object up
// to the colon after a key.
func looksLikeJSON(r *bufio.Reader) (bool, error) {
	first, err := r.Peek(1)
	if err != nil {
		return false, err
	}
	length := int(first[0])
	for n := 1; ; n++ {
		start, err := r.Peek(n)
		if errors.Is(err, io.EOF) {
			// Nothing but the start of an object: no message, and for JSON an
			// end amid a request or, with white space only, a clean one.
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if json, known := objectPrefix(start); known {
			return json, nil
		}
		if n == 1+length {
			return !isRequest(start[1:]), nil
		}
	}
}

// objectPrefix reports whether b is the start of a JSON object, as soon as it
// reaches the end of the object or of the first key. Before that, while it can
// still become one, known is false.
func objectPrefix(b []byte) (json, known bool) {
	i := skipSpace(b, 0)
	if i == len(b) {
		return false, false
	}
	if b[i] != '{' {
		return false, true
	}
	i = skipSpace(b, i+1)
	if i == len(b) {
		return false, false
	}
	switch b[i] {
	case '}':
		return true, true
	case '"':
		if b[1] == '"' {
			return true, true // compact: as a tag, a quote belongs to no field
		}
	default:
		return false, true
	}
	for i++; i < len(b) && b[i] != '"'; i++ {
		if b[i] < ' ' {
			return false, true
		}
		if b[i] == '\\' {
			i++
		}
	}
	if i >= len(b) {
		return false, false
	}
	i = skipSpace(b, i+1)
	if i == len(b) {
		return false, false
	}
	return b[i] == ':', true
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

// isRequest reports whether b is a whole request as every library writes it:
// nothing unknown, and each number and boolean in its shortest form.
func isRequest(b []byte) bool {
	var req workerpb.WorkRequest
	if proto.Unmarshal(b, &req) != nil || len(req.ProtoReflect().GetUnknown()) > 0 {
		return false
	}
	again, err := proto.MarshalOptions{Deterministic: true}.Marshal(&req)
	return err == nil && bytes.Equal(again, b)
}
