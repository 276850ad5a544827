package cpython

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// errGarbage is wrapped by the errors about replies that no driver sends.
var errGarbage = errors.New("the reply makes no sense")

// A failure is an exception that an interpreter reports and that is not the
// source's fault: the text of its traceback.
type failure string

func (f failure) Error() string {
	return "the interpreter raised an exception:\n" + strings.TrimSuffix(string(f), "\n")
}

// The numbers of fields that the driver sends for a warning and for an error.
const (
	warningFields = 5
	errorFields   = 8
)

// result turns a reply into what Compile returns: a *compiler.SyntaxError if
// the source is at fault, a failure if it is not, errGarbage if the reply is
// not one to a request.
func (r reply) result(filename string) (*compiler.Result, error) {
	if r.kind == replyCode {
		return &compiler.Result{Code: r.body}, nil
	}
	fields, err := splitFields(r.body)
	if err != nil {
		return nil, err
	}
	switch {
	case r.kind == replyWarnings && len(fields)%warningFields == 1:
		return warned(fields)
	case r.kind == replyError && len(fields) == errorFields:
		return nil, blamed(fields, filename)
	case r.kind == replyFailure && len(fields) == 1:
		return nil, failure(fields[0])
	}
	return nil, fmt.Errorf("%w: kind %d with %d fields", errGarbage, r.kind, len(fields))
}

// warned is the result with warnings: the code, then the fields of each.
func warned(fields [][]byte) (*compiler.Result, error) {
	res := &compiler.Result{Code: fields[0]}
	for w := fields[1:]; len(w) > 0; w = w[warningFields:] {
		line, err := strconv.Atoi(string(w[3]))
		if err != nil {
			return nil, fmt.Errorf("%w: the line of a warning: %w", errGarbage, err)
		}
		res.Warnings = append(res.Warnings, compiler.Warning{
			Category: string(w[0]),
			Message:  string(w[1]),
			Filename: string(w[2]),
			Line:     line,
			Text:     string(w[4]),
		})
	}
	return res, nil
}

// blamed is the error that the fields describe.
func blamed(fields [][]byte, filename string) error {
	var position [4]int
	for i := range position {
		n, err := strconv.Atoi(string(fields[2+i]))
		if err != nil {
			return fmt.Errorf("%w: the position of an error: %w", errGarbage, err)
		}
		position[i] = n
	}
	return &compiler.SyntaxError{
		Class:     string(fields[0]),
		Message:   string(fields[1]),
		Filename:  filename,
		Line:      position[0],
		Offset:    position[1],
		EndLine:   position[2],
		EndOffset: position[3],
		Text:      string(fields[6]),
		Rendered:  string(fields[7]),
	}
}
