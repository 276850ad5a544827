package pyc

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// cacheFolder is the folder of the cached files of the sources beside it.
// Source: PEP 3147.
const cacheFolder = "__pycache__"

const (
	sourceSuffix   = ".py"
	bytecodeSuffix = ".pyc"
	optPrefix      = "opt-"
)

// CachePath returns where version v looks for the cached .pyc file of a source:
// dir/__pycache__/name.cpython-314.opt-1.pyc for dir/name.py at level 1, without
// the level at level 0. Paths have forward slashes. The source's extension,
// whatever it is, is left out.
//
// Faithful: the cached file of /name.py, in the root folder, gets a relative
// path.
//
// CPython: importlib/_bootstrap_external.py, cache_from_source.
func CachePath(source string, v pyver.Version, optimize int) string {
	head, tail := splitPath(source)
	name := cutExtension(tail) + v.CacheTag()
	if optimize != 0 {
		name += fmt.Sprintf(".%s%d", optPrefix, optimize)
	}
	return joinPath(head, cacheFolder, name+bytecodeSuffix)
}

// cutExtension returns the file name up to the last dot, with that dot when
// there is one. A name that starts with its only dot keeps what follows.
func cutExtension(name string) string {
	i := strings.LastIndexByte(name, '.')
	switch {
	case i < 0:
		return name
	case i == 0:
		return name[1:] + "."
	}
	return name[:i+1]
}

// SourcelessPath returns where versions look for a .pyc file that stands in for
// its source: dir/name.pyc for dir/name.py, whatever the version. Only sources
// that end in .py can be left out.
//
// CPython: importlib/_bootstrap_external.py, SourcelessFileLoader.
func SourcelessPath(source string) (string, error) {
	_, name := splitPath(source)
	if !strings.HasSuffix(name, sourceSuffix) || name == sourceSuffix {
		return "", fmt.Errorf("a .pyc file cannot stand in for %q, which is not named NAME.py", source)
	}
	return source + "c", nil
}

// A CacheName is what the path of a cached .pyc file says about it.
type CacheName struct {
	Source  string // path of the source, which is taken to end in .py
	Version pyver.Version
	// Optimization is the tag after "opt-", or "" at level 0. CPython writes
	// "1" and "2"; PEP 488 leaves other tags of letters and digits to other
	// tools.
	Optimization string
}

// Level returns the optimisation level, 0, 1 or 2. It is false for any other
// tag.
func (n CacheName) Level() (int, bool) {
	switch n.Optimization {
	case "":
		return 0, true
	case "1":
		return 1, true
	case "2":
		return 2, true
	}
	return 0, false
}

// ParseCachePath is the inverse of CachePath for sources that end in .py. It
// accepts the paths of supported versions only. It also accepts names with
// dots, as in __pycache__/a.b.cpython-314.pyc, which are ambiguous for CPython:
// it writes them, but finds no source for them.
//
// CPython: importlib/_bootstrap_external.py, source_from_cache.
func ParseCachePath(path string) (CacheName, error) {
	head, name := splitPath(path)
	head, folder := splitPath(head)
	if folder != cacheFolder {
		return CacheName{}, fmt.Errorf("%q is not in a folder %s", path, cacheFolder)
	}
	stem, ok := strings.CutSuffix(name, bytecodeSuffix)
	if !ok {
		return CacheName{}, fmt.Errorf("%q does not end in %s", path, bytecodeSuffix)
	}
	stem, opt, err := cutOptimization(stem)
	if err != nil {
		return CacheName{}, fmt.Errorf("%q: %w", path, err)
	}
	i := strings.LastIndexByte(stem, '.')
	if i < 0 {
		return CacheName{}, fmt.Errorf("%q is not named NAME.TAG.pyc, such as NAME.%s.pyc", path, pyver.Default.CacheTag())
	}
	v, ok := pyver.FromCacheTag(stem[i+1:])
	if !ok {
		return CacheName{}, fmt.Errorf("%q is of %q, which is no supported version; those are %s to %s",
			path, stem[i+1:], pyver.First.CacheTag(), pyver.Last.CacheTag())
	}
	return CacheName{Source: joinPath(head, stem[:i]+sourceSuffix), Version: v, Optimization: opt}, nil
}

// cutOptimization splits "name.tag.opt-1" into "name.tag" and "1", and leaves
// "name.tag" as it is.
func cutOptimization(stem string) (rest, opt string, err error) {
	i := strings.LastIndexByte(stem, '.')
	if i < 0 {
		return stem, "", nil
	}
	opt, ok := strings.CutPrefix(stem[i+1:], optPrefix)
	if !ok {
		return stem, "", nil
	}
	if !isAlphanumeric(opt) {
		return "", "", fmt.Errorf("optimisation level %q is not made of letters and digits", opt)
	}
	return stem[:i], opt, nil
}

// isAlphanumeric is Python's str.isalnum, which counts the characters of all
// number categories that have a numeric value.
func isAlphanumeric(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return false
		}
	}
	return s != ""
}

// splitPath splits at the last slash, which neither part keeps.
//
// CPython: importlib/_bootstrap_external.py, _path_split.
func splitPath(path string) (head, tail string) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}

// joinPath joins the parts that are not empty, each without the slashes at its
// end.
//
// CPython: importlib/_bootstrap_external.py, _path_join.
func joinPath(parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, strings.TrimRight(part, "/"))
		}
	}
	return strings.Join(kept, "/")
}
