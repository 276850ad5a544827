package worker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	// maxParamFile is the size in bytes above which a param file is refused.
	maxParamFile = 256 << 20
	// maxParamNesting is how deep param files may name others.
	maxParamNesting = 10
)

// expand replaces each argument "@FILE" by the lines of FILE, each an argument
// in turn, wherever it stands. That is Python's argparse as rules_python's
// precompiler sets it up, and what Bazel does before it sends a request; and
// as Bazel does, expand leaves labels of other repositories (@repo//...) alone
// and takes "@@" for an argument that starts with one "@". Files are relative
// to dir, even those that files name.
//
// Lines end in a line feed, with or without a carriage return.
func expand(args []string, dir string) ([]string, error) {
	return expandInto(nil, args, dir, 0)
}

func expandInto(expanded, args []string, dir string, depth int) ([]string, error) {
	for _, arg := range args {
		name, ok := strings.CutPrefix(arg, "@")
		switch {
		case ok && strings.HasPrefix(name, "@"):
			expanded = append(expanded, name)
			continue
		case !ok, strings.Contains(name, "//"):
			expanded = append(expanded, arg)
			continue
		case depth == maxParamNesting:
			return nil, fmt.Errorf("reading %s: param files are nested more than %d deep", arg, maxParamNesting)
		}
		lines, err := paramLines(within(dir, name))
		if err == nil {
			expanded, err = expandInto(expanded, lines, dir, depth+1)
		} else {
			err = fmt.Errorf("reading %s: %w", arg, err)
		}
		if err != nil {
			return nil, err
		}
	}
	return expanded, nil
}

// within returns a path of a request as this process can open it. Paths are
// joined as Python's os.path.join joins them: an absolute one stays.
func within(dir, path string) string {
	if dir == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func paramLines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxParamFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(b) > maxParamFile {
		return nil, fmt.Errorf("it has more than %d bytes", maxParamFile)
	}
	if len(b) == 0 {
		return nil, nil
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(line, "\r")
	}
	return lines, nil
}
