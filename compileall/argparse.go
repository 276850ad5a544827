package compileall

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyc/pyrepr"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// An option is an optional argument of the command line.
type option struct {
	names   []string // -j, --workers
	metavar string   // of its value; empty if it takes none
	help    string
	// set stores the value, which is empty if the option takes none. Its
	// error is what argparse says of the value.
	set func(o *options, value string) error
}

// label is how messages name the option.
func (o *option) label() string { return strings.Join(o.names, "/") }

// A usageError is a command line that cannot be understood.
type usageError string

func (e usageError) Error() string { return string(e) }

// badOption is a usageError about one option.
func badOption(o *option, format string, args ...any) error {
	return usageError("argument " + o.label() + ": " + fmt.Sprintf(format, args...))
}

// A reading is one way to understand an argument that begins with a dash.
type reading struct {
	option   *option // nil if there is no such option
	name     string  // the option's name, in full
	value    string
	hasValue bool // the argument has the value in it
	equals   bool // with an equals sign before it
}

// A scan is the state of going through a command line: the options are applied
// as they come, the operands are the first run of arguments that are none, and
// everything else is left over.
//
// CPython: Lib/argparse.py, ArgumentParser._parse_known_args.
type scan struct {
	table    []*option
	into     *options
	args     []string
	readings map[int][]reading // of those arguments that are options
	ended    int               // where the first "--" is; len(args) if there is none
	operands []string
	hasRun   bool // the operands have been found
	left     []string
}

// parse applies the options of a command line and returns its operands.
func parse(table []*option, args []string, into *options) (operands []string, err error) {
	s := &scan{table: table, into: into, args: args, readings: map[int][]reading{}, ended: slices.Index(args, "--")}
	if s.ended < 0 {
		s.ended = len(args)
	}
	for i, arg := range args[:s.ended] {
		if all, isOption := read(table, arg); isOption {
			s.readings[i] = all
		}
	}
	for i := 0; i < len(args); {
		if _, isOption := s.readings[i]; !isOption {
			i = s.run(i)
		} else if i, err = s.option(i); err != nil || into.help {
			return nil, err
		}
	}
	if len(s.left) > 0 {
		return nil, usageError("unrecognized arguments: " + strings.Join(s.left, " "))
	}
	return s.operands, nil
}

// run takes the arguments from i on that are no options.
func (s *scan) run(i int) int {
	start := i
	for i < len(s.args) && s.readings[i] == nil {
		i++
	}
	args := s.args[start:i]
	if s.hasRun {
		s.left = append(s.left, args...)
		return i
	}
	s.hasRun = true
	for n, arg := range args {
		if start+n != s.ended {
			s.operands = append(s.operands, arg)
		}
	}
	return i
}

// option takes the argument i, which is one option, or several behind one dash,
// and the value after it.
func (s *scan) option(i int) (int, error) {
	arg, all := s.args[i], s.readings[i]
	if len(all) > 1 {
		names := make([]string, len(all))
		for n, r := range all {
			names[n] = r.name
		}
		return 0, usageError(fmt.Sprintf("ambiguous option: %s could match %s", arg, strings.Join(names, ", ")))
	}
	var flags []*option // that come before the last one, and take no value
	r := all[0]
	for r.option != nil && r.hasValue && r.option.metavar == "" {
		if strings.HasPrefix(r.name, "--") || r.value == "" || r.equals || r.value[0] == '-' {
			return 0, badOption(r.option, "ignored explicit argument %s", quote(r.value))
		}
		flags = append(flags, r.option)
		r = behind(s.table, r.value)
		arg = r.name
	}
	if r.option == nil {
		s.left = append(s.left, arg)
		return i + 1, s.apply(flags)
	}
	if r.option.metavar == "" {
		return i + 1, s.apply(append(flags, r.option))
	}
	next := i + 1
	if !r.hasValue {
		if next >= s.ended || s.readings[next] != nil {
			return 0, badOption(r.option, "expected one argument")
		}
		r.value = s.args[next]
		next++
	}
	if err := s.apply(flags); err != nil {
		return 0, err
	}
	if err := r.option.set(s.into, r.value); err != nil {
		return 0, badOption(r.option, "%v", err)
	}
	return next, nil
}

func (s *scan) apply(flags []*option) error {
	for _, f := range flags {
		if err := f.set(s.into, ""); err != nil || s.into.help {
			return err
		}
	}
	return nil
}

// behind reads the rest of several options behind one dash. An option that is
// not there has the rest for a name.
func behind(table []*option, rest string) reading {
	name := "-" + rest[:1]
	o := lookup(table, name)
	switch value := rest[1:]; {
	case o == nil:
		return reading{name: "-" + rest}
	case value == "":
		return reading{option: o, name: name}
	case value[0] == '=':
		return reading{option: o, name: name, value: value[1:], hasValue: true, equals: true}
	default:
		return reading{option: o, name: name, value: value, hasValue: true}
	}
}

// read returns the ways to understand an argument as an option, and false if it
// is none. An unknown option has one reading, without an option.
//
// CPython: Lib/argparse.py, ArgumentParser._parse_optional.
func read(table []*option, arg string) ([]reading, bool) {
	if !strings.HasPrefix(arg, "-") {
		return nil, false
	}
	if o := lookup(table, arg); o != nil {
		return []reading{{option: o, name: arg}}, true
	}
	if arg == "-" {
		return nil, false
	}
	name, value, equals := strings.Cut(arg, "=")
	if o := lookup(table, name); equals && o != nil {
		return []reading{{option: o, name: name, value: value, hasValue: true, equals: true}}, true
	}
	if all := abbreviated(table, arg); len(all) > 0 {
		return all, true
	}
	if looksNegative(arg) || strings.Contains(arg, " ") {
		return nil, false
	}
	return []reading{{name: arg}}, true
}

// abbreviated returns the options that an argument can be an abbreviation of,
// or that it begins with.
//
// CPython: Lib/argparse.py, ArgumentParser._get_option_tuples.
func abbreviated(table []*option, arg string) (all []reading) {
	prefix, value, equals := strings.Cut(arg, "=")
	for _, o := range table {
		for _, name := range o.names {
			switch {
			case arg[1] != '-' && name == arg[:2]:
				all = append(all, reading{option: o, name: name, value: arg[2:], hasValue: true})
			case strings.HasPrefix(name, prefix):
				all = append(all, reading{option: o, name: name, value: value, hasValue: equals, equals: equals})
			}
		}
	}
	return all
}

func lookup(table []*option, name string) *option {
	for _, o := range table {
		if slices.Contains(o.names, name) {
			return o
		}
	}
	return nil
}

// looksNegative reports whether an argument begins like a negative number,
// which is an operand.
func looksNegative(arg string) bool {
	digits := strings.TrimPrefix(arg[1:], ".")
	return digits != "" && digits[0] >= '0' && digits[0] <= '9'
}

// quote is Python's repr of a text on the command line.
func quote(s string) string { return repr(s, pyver.Default) }

// repr is Python's repr of a text.
func repr(s string, v pyver.Version) string { return string(pyrepr.AppendStr(nil, s, v)) }
