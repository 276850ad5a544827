package compileall

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// separator is os.path.sep.
const separator = string(filepath.Separator)

// joinPath is os.path.join of two paths: a second one that is absolute takes
// the place of the first.
//
// CPython: Lib/posixpath.py, join.
func joinPath(a, b string) string {
	switch {
	case a == "" || filepath.IsAbs(b) || strings.HasPrefix(b, separator):
		return b
	case os.IsPathSeparator(a[len(a)-1]):
		return a + b
	}
	return a + separator + b
}

// joinParts is joinPath of all of them.
func joinParts(parts []string) string {
	path := parts[0]
	for _, part := range parts[1:] {
		path = joinPath(path, part)
	}
	return path
}

// cachePath is importlib.util.cache_from_source: where the .pyc of a source
// goes, below the folder prefix if it is not empty (sys.pycache_prefix).
//
// CPython: Lib/importlib/_bootstrap_external.py, cache_from_source.
func cachePath(source string, v pyver.Version, level int, prefix string) (string, error) {
	cached := filepath.FromSlash(pyc.CachePath(filepath.ToSlash(source), v, level))
	if prefix == "" {
		return cached, nil
	}
	dir, name := filepath.Split(cached)
	dir = filepath.Dir(filepath.Clean(dir)) // without __pycache__
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	dir = strings.TrimPrefix(dir, filepath.VolumeName(dir))
	return filepath.Join(prefix, dir, name), nil
}
