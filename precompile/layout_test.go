package precompile_test

import (
	"testing"

	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func TestLayoutOutput(t *testing.T) {
	for _, test := range []struct {
		layout   precompile.Layout
		source   string
		optimize int
		want     string
	}{
		{precompile.PyCache, "a.py", 0, "__pycache__/a.cpython-314.pyc"},
		{precompile.PyCache, "pkg/a.b.py", 2, "pkg/__pycache__/a.b.cpython-314.opt-2.pyc"},
		{precompile.PyCache, "/a.py", 1, "/__pycache__/a.cpython-314.opt-1.pyc"},
		{precompile.PyCache, "bin/script", 0, "bin/__pycache__/scriptcpython-314.pyc"},
		{precompile.Sourceless, "pkg/a.py", 0, "pkg/a.pyc"},
		{precompile.Sourceless, "pkg/a.py", 2, "pkg/a.pyc"},
		{precompile.Sourceless, "/a.py", 0, "/a.pyc"},
	} {
		got, err := test.layout.Output(test.source, pyver.V314, test.optimize)
		if err != nil || got != test.want {
			t.Errorf("%v, %s at level %d: got %s, %v; want %s", test.layout, test.source, test.optimize, got, err, test.want)
		}
	}
	if got, err := precompile.Sourceless.Output("bin/script", pyver.V314, 0); err == nil {
		t.Errorf("sourceless bin/script: got %s, want an error", got)
	}
}

func TestParseLayout(t *testing.T) {
	for _, l := range []precompile.Layout{precompile.PyCache, precompile.Sourceless} {
		if got, err := precompile.ParseLayout(l.String()); err != nil || got != l {
			t.Errorf("ParseLayout(%v) = %v, %v", l, got, err)
		}
	}
	if got, err := precompile.ParseLayout("legacy"); err == nil {
		t.Errorf("ParseLayout(legacy) = %v, want an error", got)
	}
}
