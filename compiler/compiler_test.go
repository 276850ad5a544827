package compiler_test

import (
	"testing"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

func TestOptionsCheck(t *testing.T) {
	for _, test := range []struct {
		options compiler.Options
		want    string
	}{
		{compiler.Options{Version: pyver.V311}, ""},
		{compiler.Options{Version: pyver.V315, Optimize: 2}, ""},
		{compiler.Options{}, "unsupported Python version 3.0"},
		{compiler.Options{Version: pyver.V315 + 1}, "unsupported Python version 3.16"},
		{compiler.Options{Version: pyver.V314, Optimize: 3}, "optimisation level 3 is not 0, 1 or 2"},
		{compiler.Options{Version: pyver.V314, Optimize: -1}, "optimisation level -1 is not 0, 1 or 2"},
	} {
		var got string
		if err := test.options.Check(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%+v: error %q, want %q", test.options, got, test.want)
		}
	}
}

func TestSyntaxErrorText(t *testing.T) {
	e := compiler.SyntaxError{Class: "TabError", Message: "odd", Filename: "a.py", Line: 3}
	for _, test := range []struct {
		name string
		edit func()
		want string
	}{
		{"without text", func() {}, "  File \"a.py\", line 3\nTabError: odd"},
		{"without position", func() { e.Line = 0 }, "TabError: odd (a.py)"},
		{"as the interpreter printed it", func() { e.Rendered = "TabError: whole\n" }, "TabError: whole"},
	} {
		test.edit()
		if got := e.Error(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestSyntaxErrorAt(t *testing.T) {
	for _, test := range []struct{ rendered, want string }{
		{"  File \"a.py\", line 1\n    a.py\nSyntaxError: a.py\n", "  File \"src/a.py\", line 1\n    a.py\nSyntaxError: a.py"},
		{"SyntaxError: odd (a.py)\n", "SyntaxError: odd (src/a.py)"},
		{"ValueError: odd\n", "src/a.py: ValueError: odd"},
		{"", "  File \"src/a.py\", line 1\nSyntaxError: odd"},
	} {
		e := &compiler.SyntaxError{Class: "SyntaxError", Message: "odd", Filename: "a.py", Line: 1, Rendered: test.rendered}
		at := e.At("src/a.py")
		if at.Error() != test.want || at.Filename != "src/a.py" {
			t.Errorf("%q becomes %q of %s, want %q", test.rendered, at, at.Filename, test.want)
		}
		if e.Filename != "a.py" || e.Rendered != test.rendered {
			t.Errorf("At changed its receiver to %+v", e)
		}
	}
}

func TestWarningText(t *testing.T) {
	w := compiler.Warning{Category: "SyntaxWarning", Message: "odd", Filename: "a.py", Line: 2, Text: "x is 1"}
	if got, want := w.String(), "a.py:2: SyntaxWarning: odd\n  x is 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w.Text = ""
	if got, want := w.String(), "a.py:2: SyntaxWarning: odd"; got != want {
		t.Errorf("without text: got %q, want %q", got, want)
	}
}
