// Command archive packs files at given places into a zip or tar archive, or
// into a folder, so that equal contents give equal bytes.
//
//	archive --format zip --out OUT [--prefix P] [--root R]... -- [DEST PATH]...
//
// PATH is a file, or a folder of which every file is taken. DEST is its place,
// less the longest root that it lies below, and below the prefix. An argument
// @FILE stands for the lines of FILE.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "archive: %v\n", err)
		os.Exit(1)
	}
}

// A rootList is the values of a repeated flag.
type rootList []string

func (r *rootList) String() string { return strings.Join(*r, ",") }

func (r *rootList) Set(s string) error {
	*r = append(*r, s)
	return nil
}

func run(args []string) error {
	args, err := expand(args)
	if err != nil {
		return err
	}
	flags := flag.NewFlagSet("archive", flag.ContinueOnError)
	format := flags.String("format", "zip", "zip, tar or folder")
	out := flags.String("out", "", "the archive to write")
	prefix := flags.String("prefix", "", "a folder that everything is put under")
	var roots rootList
	flags.Var(&roots, "root", "a folder whose contents lie at the top; repeatable")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *out == "" || flags.NArg()%2 != 0 {
		return errors.New("wants --out and pairs of a destination and a path")
	}
	entries, err := collect(flags.Args(), placement{prefix: *prefix, roots: roots})
	if err != nil {
		return err
	}
	return write(*format, *out, entries)
}

// expand replaces each argument @FILE by the lines of FILE.
func expand(args []string) ([]string, error) {
	var all []string
	for _, arg := range args {
		name, ok := strings.CutPrefix(arg, "@")
		if !ok {
			all = append(all, arg)
			continue
		}
		lines, err := readLines(name)
		if err != nil {
			return nil, fmt.Errorf("reading arguments: %w", err)
		}
		all = append(all, lines...)
	}
	return all, nil
}

func readLines(name string) ([]string, error) {
	b, err := os.ReadFile(name)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n"), nil
}
