package compileall

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// options are a command line that has been understood.
type options struct {
	help          bool
	maxLevels     int // of folders below a folder
	force         bool
	quiet         int
	legacy        bool
	dest          *string // -d, -s, -p; nil if not given, which differs from ""
	strip         *string
	prepend       *string
	exclude       string
	list          string
	workers       int
	mode          *pyc.Invalidation
	levels        []int
	linkDest      string
	hardlinkDupes bool
	operands      []string
}

// interpreterLevel is the optimisation level that stands for the interpreter's
// own.
const interpreterLevel = -1

// recursionLimit is sys.getrecursionlimit() of an interpreter that nobody has
// told another one. It bounds the depth of trees unless -r is given.
const recursionLimit = 1000

// usesAllCores is what -j 0 means, and what is done without -j.
const usesAllCores = 0

// optionTable returns the command line's options, in the order in which the usage
// lists them.
//
// CPython: Lib/compileall.py, main.
func optionTable() []*option {
	recursion, shallow := -1, false
	levels := func(o *options) {
		switch {
		case recursion >= 0:
			o.maxLevels = recursion
		case shallow:
			o.maxLevels = 0
		}
	}
	flag := func(help string, set func(o *options), names ...string) *option {
		return &option{names: names, help: help, set: func(o *options, _ string) error { set(o); return nil }}
	}
	value := func(metavar, help string, set func(o *options, s string) error, names ...string) *option {
		return &option{names: names, metavar: metavar, help: help, set: set}
	}
	text := func(to func(o *options) *string) func(*options, string) error {
		return func(o *options, s string) error { *to(o) = s; return nil }
	}
	path := func(to func(o *options) **string) func(*options, string) error {
		return func(o *options, s string) error { *to(o) = &s; return nil }
	}
	number := func(set func(o *options, n int)) func(*options, string) error {
		return func(o *options, s string) error {
			n, err := parseInt(s)
			if err == nil {
				set(o, n)
			}
			return err
		}
	}
	return []*option{
		flag("print this text and exit", func(o *options) { o.help = true }, "-h", "--help"),
		flag("do not go into folders below the ones given", func(o *options) { shallow = true; levels(o) }, "-l"),
		value("RECURSION", "go into folders at most that many levels deep; wins over -l",
			number(func(o *options, n int) { recursion = max(n, 0); levels(o) }), "-r"),
		flag("compile what is up to date, too", func(o *options) { o.force = true }, "-f"),
		flag("print errors only; -qq prints nothing", func(o *options) { o.quiet++ }, "-q"),
		flag("write NAME.pyc beside NAME.py instead of below __pycache__", func(o *options) { o.legacy = true }, "-b"),
		value("DESTDIR", "store file names as if the tree lay in DESTDIR",
			path(func(o *options) **string { return &o.dest }), "-d"),
		value("STRIPDIR", "remove STRIPDIR from the beginning of stored file names",
			path(func(o *options) **string { return &o.strip }), "-s"),
		value("PREPENDDIR", "put PREPENDDIR before stored file names",
			path(func(o *options) **string { return &o.prepend }), "-p"),
		value("REGEXP", "leave out files in whose path this regular expression of Python's matches",
			text(func(o *options) *string { return &o.exclude }), "-x"),
		value("FILE", "compile also what the lines of FILE name; - is standard input",
			text(func(o *options) *string { return &o.list }), "-i"),
		value("WORKERS", "files compiled at once; 0, and the default, is one per core",
			number(func(o *options, n int) { o.workers = n }), "-j", "--workers"),
		value("{checked-hash,timestamp,unchecked-hash}",
			"header of the files; default: checked-hash if SOURCE_DATE_EPOCH is set, else timestamp",
			setMode, "--invalidation-mode"),
		value("OPT_LEVELS", "optimisation level: 0, 1, 2, or -1 for the interpreter's (-O); repeatable",
			number(func(o *options, n int) { o.levels = append(o.levels, n) }), "-o"),
		value("DIR", "leave out links to files that are not in DIR",
			text(func(o *options) *string { return &o.linkDest }), "-e"),
		flag("make equal files of several levels one file with several names",
			func(o *options) { o.hardlinkDupes = true }, "--hardlink-dupes"),
	}
}

func setMode(o *options, s string) error {
	modes := []pyc.Invalidation{pyc.CheckedHash, pyc.Timestamp, pyc.UncheckedHash}
	var names []string
	for _, m := range modes {
		if s == m.String() {
			o.mode = &m
			return nil
		}
		names = append(names, quote(m.String()))
	}
	return fmt.Errorf("invalid choice: %s (choose from %s)", quote(s), strings.Join(names, ", "))
}

// parseInt reads a number as Python's int() reads decimal ASCII digits. One
// that is too large counts as the largest that there is.
func parseInt(s string) (int, error) {
	digits := strings.TrimSpace(s)
	sign, rest := "", digits
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		sign, rest = rest[:1], rest[1:]
	}
	for part := range strings.SplitSeq(rest, "_") {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return 0, fmt.Errorf("invalid int value: %s", quote(s))
		}
	}
	n, ok := new(big.Int).SetString(sign+strings.ReplaceAll(rest, "_", ""), 10)
	switch {
	case !ok:
		return 0, fmt.Errorf("invalid int value: %s", quote(s))
	case n.IsInt64():
		return int(n.Int64()), nil
	case n.Sign() < 0:
		return math.MinInt, nil
	}
	return math.MaxInt, nil
}

// parseOptions understands a command line. Its error is a usageError.
func parseOptions(args []string) (*options, error) {
	o := &options{maxLevels: recursionLimit, workers: usesAllCores}
	operands, err := parse(optionTable(), args, o)
	if err != nil || o.help {
		return o, err
	}
	o.operands = operands
	if o.levels == nil {
		o.levels = []int{interpreterLevel}
	}
	if len(o.levels) == 1 && o.hardlinkDupes {
		return nil, usageError(onlyOneLevel + ".")
	}
	if o.dest != nil && (o.strip != nil || o.prepend != nil) {
		return nil, usageError("-d cannot be used in combination with -s or -p")
	}
	slices.Sort(o.levels)
	o.levels = slices.Compact(o.levels)
	return o, nil
}

// onlyOneLevel is what is wrong with --hardlink-dupes at one level.
const onlyOneLevel = "Hardlinking of duplicated bytecode makes sense only for more than one optimization level"

// check returns what CPython finds wrong with the options once it has a file to
// compile.
func (o *options) check() error {
	if o.hardlinkDupes && len(o.levels) < 2 {
		return usageError(onlyOneLevel)
	}
	return nil
}
