package pyver_test

import (
	"testing"

	"github.com/rules-pyc/rules_pyc/pyver"
)

func TestParse(t *testing.T) {
	for _, v := range pyver.All() {
		for _, s := range []string{v.String(), v.String() + ".7"} {
			if got, err := pyver.Parse(s); err != nil || got != v {
				t.Errorf("Parse(%q) = %v, %v; want %v", s, got, err, v)
			}
		}
	}
	for _, s := range []string{"", "3", "3.1", "3.10", "3.16", "3.140", "2.7", "314", " 3.14", "3.14t"} {
		if got, err := pyver.Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v; want an error", s, got)
		}
	}
}

func TestMagicAndCacheTag(t *testing.T) {
	seen := map[uint16]bool{}
	for _, v := range pyver.All() {
		if seen[v.Magic()] {
			t.Errorf("%v: magic number %d is that of another version", v, v.Magic())
		}
		seen[v.Magic()] = true
		if got, ok := pyver.FromMagic(v.Magic()); !ok || got != v {
			t.Errorf("FromMagic(%d) = %v, %v; want %v", v.Magic(), got, ok, v)
		}
		if got, ok := pyver.FromCacheTag(v.CacheTag()); !ok || got != v {
			t.Errorf("FromCacheTag(%q) = %v, %v; want %v", v.CacheTag(), got, ok, v)
		}
	}
	if _, ok := pyver.FromMagic(3413); ok { // 3.8
		t.Error("FromMagic(3413) is a supported version")
	}
}
