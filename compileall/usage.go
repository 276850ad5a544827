package compileall

import (
	"fmt"
	"strings"
)

// usageWidth is the width in columns that argparse gives a usage on a terminal
// of 80 columns.
const usageWidth = 78

// Usage returns the usage line, in several lines, for a command of this name.
//
// CPython: Lib/argparse.py, HelpFormatter._format_usage.
func Usage(prog string) string {
	const prefix = "usage: "
	parts := []string{}
	for _, o := range optionTable() {
		part := o.names[0]
		if o.metavar != "" {
			part += " " + o.metavar
		}
		parts = append(parts, "["+part+"]")
	}
	indent := strings.Repeat(" ", len(prefix)+len(prog)+1)
	var b strings.Builder
	line := prefix + prog
	for _, part := range parts {
		if len(line)+1+len(part) > usageWidth {
			b.WriteString(line + "\n")
			line = indent[:len(indent)-1]
		}
		line += " " + part
	}
	b.WriteString(line + "\n" + indent + "[FILE|DIR ...]\n")
	return b.String()
}

// Help returns the list of options with what they do, one for each line or two.
func Help() string {
	const column = 22
	var b strings.Builder
	for _, o := range optionTable() {
		left := "  " + strings.Join(o.names, ", ")
		if o.metavar != "" {
			left += " " + o.metavar
		}
		if len(left) > column-2 {
			left += "\n" + strings.Repeat(" ", column)
		}
		fmt.Fprintf(&b, "%-*s%s\n", column, left, o.help)
	}
	return b.String()
}

// OptionNames returns the names of the options, for the completions of shells:
// each with its help after a tab.
func OptionNames() []string {
	var names []string
	for _, o := range optionTable() {
		for _, name := range o.names {
			names = append(names, name+"\t"+o.help)
		}
	}
	return names
}
