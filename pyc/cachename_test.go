package pyc_test

import (
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

type cacheNames struct {
	Forward []struct {
		Source, Cached string
		Level          int
	}
	Back []struct {
		Cached string
		Source *string // nil when the interpreter raises ValueError
	}
}

func TestCachePath(t *testing.T) {
	eachVersion(t, func(t *testing.T, v pyver.Version) {
		var golden cacheNames
		readGolden(t, v, "cachename.json", &golden)
		for _, g := range golden.Forward {
			source, want := string(unhex(t, g.Source)), string(unhex(t, g.Cached))
			if got := pyc.CachePath(source, v, g.Level); got != want {
				t.Errorf("CachePath(%q, %v, %d) = %q, want %q", source, v, g.Level, got, want)
			}
		}
	})
}

func TestParseCachePath(t *testing.T) {
	eachVersion(t, func(t *testing.T, v pyver.Version) {
		var golden cacheNames
		readGolden(t, v, "cachename.json", &golden)
		for _, g := range golden.Back {
			path := string(unhex(t, g.Cached))
			name, err := pyc.ParseCachePath(path)
			switch {
			case g.Source == nil && err == nil && !strings.Contains(path, "/a.b."):
				t.Errorf("ParseCachePath(%q) = %+v, want an error", path, name)
			case g.Source != nil && err != nil:
				t.Errorf("ParseCachePath(%q): %v; want %q", path, err, unhex(t, *g.Source))
			case g.Source != nil && (name.Source != string(unhex(t, *g.Source)) || name.Version != v):
				t.Errorf("ParseCachePath(%q) = %+v, want %q", path, name, unhex(t, *g.Source))
			}
		}
	})
}

// TestCachePathInverse checks names that CPython's own inverse refuses too.
func TestCachePathInverse(t *testing.T) {
	for _, source := range []string{"a.py", "dir/a.py", "/abs/dir/a.py", "a.b.c.py", "é.py", "a.cpython-314.py", "a b.py"} {
		for _, v := range pyver.All() {
			for level := range 3 {
				path := pyc.CachePath(source, v, level)
				name, err := pyc.ParseCachePath(path)
				if err != nil {
					t.Errorf("ParseCachePath(%q): %v", path, err)
					continue
				}
				if got, ok := name.Level(); name.Source != source || name.Version != v || got != level || !ok {
					t.Errorf("ParseCachePath(%q) = %+v, level %d; want %q, %v, %d", path, name, got, source, v, level)
				}
			}
		}
	}
}

func TestParseCachePathErrors(t *testing.T) {
	for path, want := range map[string]string{
		"a.cpython-314.pyc":                         "not in a folder",
		"__pycache__/a.cpython-314.pyo":             "does not end in .pyc",
		"__pycache__/a.pyc":                         "not named NAME.TAG.pyc",
		"__pycache__/a.cpython-310.pyc":             "no supported version",
		"__pycache__/a.pypy311.pyc":                 "no supported version",
		"__pycache__/a.cpython-314.opt-.pyc":        "letters and digits",
		"__pycache__/a.cpython-314.opt--1.pyc":      "letters and digits",
		"__pycache__/a.cpython-314.pyc.12345.pyc":   "no supported version",
		"__pycache__/a.cpython-314.opt-1.opt-2.pyc": "no supported version",
	} {
		if name, err := pyc.ParseCachePath(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseCachePath(%q) = %+v, %v; want an error with %q", path, name, err, want)
		}
	}
	name, err := pyc.ParseCachePath("__pycache__/a.cpython-314.opt-custom.pyc")
	if _, ok := name.Level(); err != nil || name.Optimization != "custom" || ok {
		t.Errorf("tag of another tool: %+v, %v", name, err)
	}
}

func TestSourcelessPath(t *testing.T) {
	for source, want := range map[string]string{"a.py": "a.pyc", "dir/a.b.py": "dir/a.b.pyc", "/a.py": "/a.pyc"} {
		if got, err := pyc.SourcelessPath(source); err != nil || got != want {
			t.Errorf("SourcelessPath(%q) = %q, %v; want %q", source, got, err, want)
		}
	}
	for _, source := range []string{"", "a", "a.pyw", ".py", "dir/.py", "a.py/"} {
		if got, err := pyc.SourcelessPath(source); err == nil {
			t.Errorf("SourcelessPath(%q) = %q, want an error", source, got)
		}
	}
}

func FuzzCacheName(f *testing.F) {
	f.Add("dir/a.py")
	f.Add("__pycache__/a.cpython-314.opt-1.pyc")
	f.Add("__pycache__/a.b.cpython-311.opt-½.pyc")
	f.Add("/__pycache__/.cpython-315.pyc")
	f.Fuzz(func(t *testing.T, path string) {
		cached := pyc.CachePath(path, pyver.V314, 2)
		if !strings.HasSuffix(cached, "cpython-314.opt-2.pyc") {
			t.Errorf("CachePath(%q) = %q", path, cached)
		}
		name, err := pyc.ParseCachePath(path)
		if err != nil {
			return
		}
		level, ok := name.Level()
		if !ok {
			return
		}
		if name.Source == ".py" || strings.HasSuffix(name.Source, "/.py") {
			return // no name, so that "py" is taken for it
		}
		if strings.HasPrefix(name.Source, "/") && strings.Count(name.Source, "/") == 1 {
			return // a source in the root folder
		}
		cached = pyc.CachePath(name.Source, name.Version, level)
		again, err := pyc.ParseCachePath(cached)
		if err != nil || again != name {
			t.Errorf("ParseCachePath(%q) = %+v, but its path %q gives %+v, %v", path, name, cached, again, err)
		}
	})
}
