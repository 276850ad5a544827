package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/verify"
)

// The values of status in the JSON report of pyc verify, beside statusError.
const (
	statusEqual     = "equal"
	statusDifferent = "different"
	statusRefused   = "refused" // by both compilers, with the same error
)

// A verifyReport tells the user, or a program, in what the compilers differ.
type verifyReport struct {
	console
	targets     []compiler.Options
	interpreter string // its release
	equal       int    // modules
	different   int    // modules whose code objects or errors differ
	refused     int    // modules that both compilers refuse alike
	warned      int    // modules, of those above, with other warnings
}

func newVerifyReport(c *cobra.Command, json bool, targets []compiler.Options, total int) *verifyReport {
	stderr := c.ErrOrStderr()
	return &verifyReport{
		console: console{
			stdout: c.OutOrStdout(), stderr: stderr, json: json, total: total,
			progress: !json && isTerminal(stderr),
		},
		targets: targets,
	}
}

// file reports what the comparisons of one source gave.
func (r *verifyReport) file(all []verified) {
	r.done++
	differences, failures := newFindings(), newFindings()
	for i := range all {
		one := &all[i]
		status := r.count(one)
		if r.json {
			r.encode(newVerifiedReport(one, status))
			continue
		}
		level := one.options.Optimize
		if errors.Is(one.err, context.Canceled) {
			continue // of each source that is left; the end says it once
		}
		if one.err != nil {
			failures.add(describe(one.err, one.path), level)
			continue
		}
		for _, d := range []*verify.Difference{one.comparison.Difference, one.comparison.Warnings} {
			if d != nil {
				differences.add(d.String(), level)
			}
		}
	}
	for _, text := range differences.texts {
		r.result("%s: %s: %s", printable(all[0].path), differences.levels[text], text)
	}
	for _, text := range failures.texts {
		r.line("%s", text)
	}
	r.showProgress()
}

// count counts a comparison and returns its status.
func (r *verifyReport) count(one *verified) string {
	if one.err != nil {
		r.failed++
		return statusError
	}
	if one.comparison.Warnings != nil {
		r.warned++
	}
	switch c := one.comparison; {
	case c.Difference != nil:
		r.different++
		return statusDifferent
	case c.Refused:
		r.refused++
		return statusRefused
	}
	r.equal++
	return statusEqual
}

// findings are what there is to say of a source: texts, in their order, and the
// levels that each is about. Levels often differ alike.
type findings struct {
	texts  []string
	levels map[string]levels
}

func newFindings() *findings { return &findings{levels: map[string]levels{}} }

func (f *findings) add(text string, level int) {
	if _, ok := f.levels[text]; !ok {
		f.texts = append(f.texts, text)
	}
	f.levels[text] = append(f.levels[text], level)
}

type levels []int

// String returns the levels as a user reads them, such as "levels 0, 2".
func (l levels) String() string {
	text := strings.Trim(strings.ReplaceAll(fmt.Sprint([]int(l)), " ", ", "), "[]")
	if len(l) == 1 {
		return "level " + text
	}
	return "levels " + text
}

// finish prints the summary and returns the error that the verb ends with.
func (r *verifyReport) finish(ctx context.Context) error {
	if r.json {
		r.encode(verifySummary{Summary: verifyTotals{
			Sources: r.done, Levels: len(r.targets), Equal: r.equal, Different: r.different, Refused: r.refused,
			OtherWarnings: r.warned, Failed: r.failed, Python: r.interpreter,
		}})
	} else {
		text := fmt.Sprintf("verified %s at %s: %d equal, %d different, %d refused by both",
			plural(r.done, "file"), plural(len(r.targets), "level"), r.equal, r.different, r.refused)
		if r.warned > 0 {
			text += fmt.Sprintf(", %d with other warnings", r.warned)
		}
		if r.failed > 0 {
			text += fmt.Sprintf(", %d failed", r.failed)
		}
		r.result("%s", text)
	}
	if err := r.end(ctx); err != nil {
		return err
	}
	if r.different > 0 || r.warned > 0 {
		return errReported
	}
	return nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// A verifiedReport is one line of the JSON report: a source at a level.
type verifiedReport struct {
	Status     string             `json:"status"` // equal, different, refused or error
	Source     string             `json:"source"`
	Name       string             `json:"name"` // the file name stored
	Python     string             `json:"python"`
	Optimize   int                `json:"optimize"`
	Difference *verify.Difference `json:"difference,omitempty"`
	Warnings   *verify.Difference `json:"warnings,omitempty"`
	Error      *errorReport       `json:"error,omitempty"` // why nothing was compared
}

func newVerifiedReport(one *verified, status string) verifiedReport {
	r := verifiedReport{
		Status: status, Source: one.path, Name: one.options.Filename,
		Python: one.options.Version.String(), Optimize: one.options.Optimize,
		Difference: one.comparison.Difference, Warnings: one.comparison.Warnings,
	}
	if one.err != nil {
		r.Error = newErrorReport(one.err)
	}
	return r
}

// A verifySummary is the last line of the JSON report.
type verifySummary struct {
	Summary verifyTotals `json:"summary"`
}

// verifyTotals count sources and, from Equal on, sources at a level each.
type verifyTotals struct {
	Sources       int    `json:"sources"`
	Levels        int    `json:"levels"`
	Equal         int    `json:"equal"`
	Different     int    `json:"different"`
	Refused       int    `json:"refused"`        // by both, with the same error
	OtherWarnings int    `json:"other_warnings"` // of all these
	Failed        int    `json:"failed"`         // not compared
	Python        string `json:"interpreter"`    // the release compared with
}
