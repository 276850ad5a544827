package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// A console is what the reports about many sources have in common: lines for
// people or for programs, and a line of progress on a terminal.
type console struct {
	stdout, stderr io.Writer
	json           bool
	progress       bool // a line on the terminal is kept up to date
	total, done    int  // sources to work on, sources reported
	failed         int  // what could not be done, listings included
	writeErr       error
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// unlisted reports sources that could not be found or listed.
func (c *console) unlisted(err error) {
	if err == nil {
		return
	}
	for _, e := range flatten(err) {
		c.failed++
		if c.json {
			c.encode(unlistedReport{Status: statusError, Error: newErrorReport(e)})
		} else {
			c.line("pyc: %v", e)
		}
	}
}

// An unlistedReport is a line of a JSON report about no source in particular.
type unlistedReport struct {
	Status string       `json:"status"`
	Error  *errorReport `json:"error"`
}

// flatten takes apart what errors.Join has joined.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flatten(e)...)
	}
	return all
}

// showProgress brings the line of progress up to date.
func (c *console) showProgress() {
	if c.progress {
		fmt.Fprint(c.stderr, "\r\x1b[K", progressBar(c.done, c.total))
	}
}

// progressBar returns a line that shows how much of the work is done.
func progressBar(done, total int) string {
	const width = 30
	full := done * width / total
	return fmt.Sprintf("[%s%s] %d/%d sources", strings.Repeat("#", full), strings.Repeat(".", width-full), done, total)
}

// line prints a line on stderr, in place of the progress line if there is one.
func (c *console) line(format string, args ...any) {
	c.clear()
	fmt.Fprintf(c.stderr, format+"\n", args...)
}

// result prints a line on stdout, in place of the progress line if there is
// one.
func (c *console) result(format string, args ...any) {
	c.clear()
	c.wrote(fmt.Fprintf(c.stdout, format+"\n", args...))
}

func (c *console) clear() {
	if c.progress {
		fmt.Fprint(c.stderr, "\r\x1b[K")
	}
}

func (c *console) encode(v any) {
	e := json.NewEncoder(c.stdout)
	e.SetEscapeHTML(false)
	c.wrote(0, e.Encode(v))
}

// wrote keeps the first error of writing the report.
func (c *console) wrote(_ int, err error) {
	if c.writeErr == nil {
		c.writeErr = err
	}
}

// end returns the error that the verb ends with.
func (c *console) end(ctx context.Context) error {
	if c.writeErr != nil {
		return fail(fmt.Errorf("writing the report: %w", c.writeErr))
	}
	if ctx.Err() != nil {
		return fail(errors.New("interrupted"))
	}
	if c.failed > 0 {
		return errReported
	}
	return nil
}
