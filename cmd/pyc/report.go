package main

import (
	"context"
	"errors"
	"io"

	"github.com/rules-pyc/rules_pyc/compiler"
)

// A report tells the user, or a program, what became of each module.
type report struct {
	console
	quiet    bool
	compiled int // modules written
}

func newReport(stdout, stderr io.Writer, f *compileFlags, total int) *report {
	return &report{
		console: console{
			stdout: stdout, stderr: stderr, json: f.json, total: total,
			progress: !f.quiet && !f.json && isTerminal(stderr),
		},
		quiet: f.quiet,
	}
}

// job reports the outcomes of one source.
func (r *report) job(outcomes []outcome) {
	r.done++
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
	r.showProgress()
}

func (r *report) once(said map[string]bool, text string) {
	if !said[text] {
		said[text] = true
		r.line("%s", text)
	}
}

// finish prints the summary and returns the error that the verb ends with.
func (r *report) finish(ctx context.Context) error {
	switch {
	case r.json:
		r.encode(summary{Summary: totals{Sources: r.done, Compiled: r.compiled, Failed: r.failed}})
	case r.progress:
		r.line("compiled %d sources to %d files, %d failed", r.done, r.compiled, r.failed)
	case r.failed > 0 && !r.quiet:
		r.line("pyc: %d of %d files failed", r.failed, r.failed+r.compiled)
	}
	return r.end(ctx)
}

// The values of status in JSON reports that the verbs have in common.
const statusError = "error"

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
		r.Status, r.Error = statusError, newErrorReport(o.err)
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
