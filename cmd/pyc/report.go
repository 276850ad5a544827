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

	"github.com/rules-pyc/rules_pyc/compiler"
)

// A report tells the user, or a program, what became of each module.
type report struct {
	stdout, stderr io.Writer
	quiet, json    bool
	progress       bool // a line on the terminal is kept up to date
	total, jobs    int  // sources to compile, sources reported
	compiled       int  // modules written
	failed         int  // modules and listings that failed
	writeErr       error
}

func newReport(stdout, stderr io.Writer, f *compileFlags, total int) *report {
	return &report{
		stdout: stdout, stderr: stderr, quiet: f.quiet, json: f.json, total: total,
		progress: !f.quiet && !f.json && isTerminal(stderr),
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// unlisted reports sources that could not be found or listed.
func (r *report) unlisted(err error) {
	if err == nil {
		return
	}
	for _, e := range flatten(err) {
		r.failed++
		if r.json {
			r.encode(moduleReport{Status: "error", Error: newErrorReport(e)})
		} else {
			r.line("pyc: %v", e)
		}
	}
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

// job reports the outcomes of one source.
func (r *report) job(outcomes []outcome) {
	r.jobs++
	said := map[string]bool{} // versions and levels often fail or warn alike
	for _, o := range outcomes {
		if o.err != nil {
			r.failed++
		} else {
			r.compiled++
		}
		if r.json {
			r.encode(newModuleReport(o))
			continue
		}
		if !r.quiet {
			for _, w := range o.warnings {
				r.once(said, w.At(o.module.Source).String())
			}
		}
		if o.err != nil {
			r.once(said, describe(o.err, o.module.Source))
		}
	}
	if r.progress {
		fmt.Fprint(r.stderr, "\r\x1b[K", progressBar(r.jobs, r.total))
	}
}

// progressBar returns a line that shows how much of the work is done.
func progressBar(done, total int) string {
	const width = 30
	full := done * width / total
	return fmt.Sprintf("[%s%s] %d/%d sources", strings.Repeat("#", full), strings.Repeat(".", width-full), done, total)
}

func (r *report) once(said map[string]bool, text string) {
	if !said[text] {
		said[text] = true
		r.line("%s", text)
	}
}

// line prints a line on stderr, in place of the progress line if there is one.
func (r *report) line(format string, args ...any) {
	if r.progress {
		fmt.Fprint(r.stderr, "\r\x1b[K")
	}
	fmt.Fprintf(r.stderr, format+"\n", args...)
}

// finish prints the summary and returns the error that the verb ends with.
func (r *report) finish(ctx context.Context) error {
	switch {
	case r.json:
		r.encode(summary{Summary: totals{Sources: r.jobs, Compiled: r.compiled, Failed: r.failed}})
	case r.progress:
		r.line("compiled %d sources to %d files, %d failed", r.jobs, r.compiled, r.failed)
	case r.failed > 0 && !r.quiet:
		r.line("pyc: %d of %d files failed", r.failed, r.failed+r.compiled)
	}
	if r.writeErr != nil {
		return fail(fmt.Errorf("writing the report: %w", r.writeErr))
	}
	if ctx.Err() != nil {
		return fail(errors.New("interrupted"))
	}
	if r.failed > 0 {
		return errReported
	}
	return nil
}

func (r *report) encode(v any) {
	e := json.NewEncoder(r.stdout)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil && r.writeErr == nil {
		r.writeErr = err
	}
}

// A moduleReport is one line of the JSON report.
type moduleReport struct {
	Status   string          `json:"status"` // "ok" or "error"
	Source   string          `json:"source,omitempty"`
	Output   string          `json:"output,omitempty"`
	Name     string          `json:"name,omitempty"`   // the file name stored
	Python   string          `json:"python,omitempty"` // the version
	Optimize *int            `json:"optimize,omitempty"`
	Error    *errorReport    `json:"error,omitempty"`
	Warnings []warningReport `json:"warnings,omitempty"`
}

// An errorReport says why a module was not compiled. The fields after Message
// are there for errors in the source, those that Python knows.
type errorReport struct {
	Class     string `json:"class"` // Python's exception, or "Error"
	Message   string `json:"message"`
	Line      int    `json:"line,omitempty"`   // 1-based
	Offset    int    `json:"offset,omitempty"` // 1-based, in characters
	EndLine   int    `json:"end_line,omitempty"`
	EndOffset int    `json:"end_offset,omitempty"`
	Text      string `json:"text,omitempty"` // the source line
}

type warningReport struct {
	Category string `json:"category"`
	Message  string `json:"message"`
	Line     int    `json:"line"` // 1-based
}

// A summary is the last line of the JSON report.
type summary struct {
	Summary totals `json:"summary"`
}

type totals struct {
	Sources  int `json:"sources"`
	Compiled int `json:"compiled"` // .pyc files written
	Failed   int `json:"failed"`
}

func newModuleReport(o outcome) moduleReport {
	m := o.module
	r := moduleReport{
		Status: "ok", Source: m.Source, Output: m.Output, Name: m.Name,
		Python: m.Version.String(), Optimize: &m.Optimize,
	}
	for _, w := range o.warnings {
		r.Warnings = append(r.Warnings, warningReport{Category: w.Category, Message: w.Message, Line: w.Line})
	}
	if o.err != nil {
		r.Status, r.Error = "error", newErrorReport(o.err)
	}
	return r
}

func newErrorReport(err error) *errorReport {
	var s *compiler.SyntaxError
	if !errors.As(err, &s) {
		return &errorReport{Class: "Error", Message: err.Error()}
	}
	return &errorReport{
		Class: s.Class, Message: s.Message, Line: max(s.Line, 0), Offset: max(s.Offset, 0),
		EndLine: max(s.EndLine, 0), EndOffset: max(s.EndOffset, 0), Text: s.Text,
	}
}
