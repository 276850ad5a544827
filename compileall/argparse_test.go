package compileall

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// askArgparse prints what compileall's parser makes of command lines.
const askArgparse = `
import argparse, compileall, contextlib, io, json, sys

class Parsed(Exception):
    pass

def capture(self, parse=argparse.ArgumentParser.parse_args):
    raise Parsed(vars(parse(self)))

argparse.ArgumentParser.parse_args = capture
for line in sys.stdin:
    sys.argv = ["compileall", *json.loads(line)]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            compileall.main()
        except Parsed as parsed:
            answer = {"Values": parsed.args[0]}
        except SystemExit:
            answer = {"Help": bool(out.getvalue()), "Error": err.getvalue().rpartition(": error: ")[2].strip("\n")}
    answer = json.dumps(answer)
    print(len(answer), answer, sep="\n", end="", flush=True)
`

// An answer is what argparse makes of a command line.
type answer struct {
	Help   bool
	Error  string
	Values *values
}

// values are the attributes of argparse's namespace.
type values struct {
	Dest             []string `json:"compile_dest"`
	MaxLevels        *int     `json:"maxlevels"`
	Recursion        *int
	Force, Legacy    bool
	Quiet, Workers   int
	Ddir             *string
	Stripdir         *string
	Prependdir       *string
	Rx               *string
	Flist            *string
	InvalidationMode *string `json:"invalidation_mode"`
	OptLevels        []int   `json:"opt_levels"`
	LimitSlDest      *string `json:"limit_sl_dest"`
	HardlinkDupes    bool    `json:"hardlink_dupes"`
}

// understood is what our parser makes of a command line, in the same terms. The
// two options that are about depth have been made one there.
func understood(args []string) answer {
	o := &options{maxLevels: recursionLimit, workers: usesAllCores}
	operands, err := parse(optionTable(), args, o)
	switch {
	case err != nil:
		return answer{Error: err.Error()}
	case o.help:
		return answer{Help: true}
	}
	optional := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	v := &values{
		Dest: operands, MaxLevels: &o.maxLevels, Force: o.force, Legacy: o.legacy, Quiet: o.quiet,
		Workers: max(o.workers, 1), Ddir: o.dest, Stripdir: o.strip, Prependdir: o.prepend, Rx: optional(o.exclude),
		Flist: optional(o.list), OptLevels: o.levels, LimitSlDest: optional(o.linkDest), HardlinkDupes: o.hardlinkDupes,
	}
	if o.mode != nil {
		v.InvalidationMode = optional(o.mode.String())
	}
	return answer{Values: v}
}

// normalise makes argparse's answer one in our terms.
func (a *answer) normalise() {
	v := a.Values
	if v == nil {
		return
	}
	depth := recursionLimit
	switch {
	case v.Recursion != nil:
		depth = max(*v.Recursion, 0)
	case v.MaxLevels != nil:
		depth = *v.MaxLevels
	}
	v.MaxLevels, v.Recursion, v.Workers = &depth, nil, max(v.Workers, 1)
	if len(v.Dest) == 0 {
		v.Dest = nil
	}
	for _, s := range []**string{&v.Rx, &v.Flist, &v.LimitSlDest} {
		if *s != nil && **s == "" {
			*s = nil // which has the same effect
		}
	}
}

// words are what the command lines of the test are made of.
var words = strings.Split(`a|b.py|-|--||-l|-r|-f|-q|-qq|-b|-d|-s|-p|-x|-i|-j|-o|-e|-h|--help|--workers|--invalidation-mode|--hardlink-dupes`+
	`|-lf|-qlb|-lr1|-lr|-r2|-o1|-o=1|-lo=1|-l=|-l=x|-lfx|-lZ|-Z|-Zl|-j4|-j=2|-d=x|-dx|-xa.*|-e.|-q-l|-hl|-lh`+
	`|--w|--work=3|--workers=x|--workers=|--inv|--inv=timestamp|--invalidation-mode=checked-hash|--hard|--hard=1|--h|--he|--no|--=|-=|-=x`+
	`|timestamp|unchecked-hash|never|1|-1|-1x|-.5|0|+2|1_0|_1| 3 |0x1|99999999999|-a b|--a b|-l x|é|-é`, "|")

// TestParse compares the parser with argparse on command lines of one word and
// on random ones.
func TestParse(t *testing.T) {
	process := testpython.Start(t, testpython.Get(t, pyver.Default), askArgparse)
	lines := [][]string{{}}
	for _, a := range words {
		lines = append(lines, []string{a})
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 1200 {
		line := make([]string, 2+random.IntN(5))
		for i := range line {
			line[i] = words[random.IntN(len(words))]
		}
		lines = append(lines, line)
	}
	for _, line := range lines {
		request, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		var want answer
		if err := json.Unmarshal([]byte(process.Ask(t, string(request))), &want); err != nil {
			t.Fatal(err)
		}
		want.normalise()
		if diff := cmp.Diff(want, understood(line)); diff != "" {
			t.Errorf("%q: (-argparse +ours)\n%s", line, diff)
		}
	}
}
