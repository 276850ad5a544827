package pyc

import "fmt"

// A FormatError says where bytes stop being a .pyc file, or a marshal stream,
// that CPython could have written.
type FormatError struct {
	Offset int64  // of the first byte that is wrong, from the start of the input
	Path   string // the slot that was being read, such as "consts[3].names"; "" for the root
	Msg    string // what is there and what was expected
}

func (e *FormatError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("offset %d: %s", e.Offset, e.Msg)
	}
	return fmt.Sprintf("offset %d (%s): %s", e.Offset, e.Path, e.Msg)
}

func formatErrorf(offset int, format string, args ...any) *FormatError {
	return &FormatError{Offset: int64(offset), Msg: fmt.Sprintf(format, args...)}
}
